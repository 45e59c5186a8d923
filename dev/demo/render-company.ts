import type { BatchView, CompanyView, RunView } from "./view.ts";
import { number, seconds, timeOfDay, wrap } from "./words.ts";

const BAR_WIDTH_MAX = 40;

/** A company's part of the screen; its bar until there are payments to tell of. */
export function renderCompany(company: CompanyView, width: number): string[] {
  const { name, wait, books, batch, workableAfter, ending, payments } = company;
  return [
    "",
    `  ${name}${books === undefined ? "" : `: ${books}`}`,
    ...(wait === null ? [] : wrap(`… ${wait}`, width)),
    ...(batch === undefined || payments !== undefined ? [] : renderBatch(batch, width)),
    ...(workableAfter === undefined || ending !== undefined
      ? []
      : [`  ✓ ${workable(workableAfter)}`]),
    ...(ending === undefined ? [] : wrap(`${ending.isGood ? "✓" : "✗"} ${ending.sentence}`, width)),
  ];
}

/** How far a first sync is, in one line for where nothing can be redrawn. */
export const batchLine = (batch: BatchView): string =>
  [`${percent(batch)} %`, amount(batch), ...pace(batch), ...doing(batch)].join(" · ");

export const workable = (after: number): string => `People can work now (after ${seconds(after)})`;

/** A run in one line: `11:02:13 Demo Online, by Intuit's webhook: 3 records, 0.4 s` */
export const runLine = (name: string, { at, by, outcome }: RunView): string =>
  `${timeOfDay(at)} ${name}, ${by}: ${outcome}`;

function renderBatch(batch: BatchView, width: number): string[] {
  const barWidth = Math.max(10, Math.min(BAR_WIDTH_MAX, width - 67));
  const filled = Math.floor((barWidth * percent(batch)) / 100);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const numbers = [`${percent(batch)} %`.padStart(5), amount(batch), ...pace(batch)].join("  ");
  const line = doing(batch).join(" · ");
  return [`  ${bar} ${numbers}`, ...(line === "" ? [] : [`  ${line}`])];
}

function percent({ done, total, status }: BatchView): number {
  if (status === "SUCCEEDED") return 100;
  if (total === null || total === 0) return 0;
  return Math.min(99, Math.floor((100 * done) / total));
}

const amount = ({ done, total }: BatchView): string =>
  total === null ? `${number(done)} read` : `${number(done)} of ${number(total)} read`;

const pace = ({ recordsPerSecond, etaSeconds, status }: BatchView): string[] => [
  ...(recordsPerSecond === null ? [] : [`${number(Math.round(recordsPerSecond))}/s`]),
  ...(etaSeconds === null || status === "SUCCEEDED" ? [] : [`${seconds(etaSeconds)} left`]),
];

/** What it is at, unless it is done; and on Desktop how much of its time QuickBooks takes. */
function doing(batch: BatchView): string[] {
  const share = batch.insideQuickBooksShare;
  return [
    ...(batch.status === "SUCCEEDED" ? [] : [stage(batch)]),
    ...(share === null ? [] : [`${Math.round(100 * share)} % of the time inside QuickBooks`]),
  ];
}

function stage({ status, phase, waitingFor }: BatchView): string {
  if (waitingFor !== null) return `waits: ${waitingFor}`;
  return status === "RUNNING" && phase !== null ? phase.replaceAll("-", " ") : status.toLowerCase();
}

import type { BatchView, CountView, View } from "./view.ts";

const BAR_WIDTH_MAX = 40;

/** The whole screen as lines, none wider than `width`. */
export function render(view: View, width: number): string[] {
  const { company, batch, ending, workableAfter } = view;
  const lines = [
    `  Evenbooks demo. ${view.hint}`,
    "",
    ...view.addresses.map(([name, address]) => `  ${name.padEnd(14)} ${address}`),
    "",
    ...(view.wait === undefined ? [] : wrap(`… ${view.wait}`, width)),
    ...(company === undefined ? [] : [`  ${company.name}: ${company.books}`]),
    ...(batch === undefined ? [] : renderBatch(batch, width)),
    ...(workableAfter === undefined
      ? []
      : [`  ✓ People can work now (after ${seconds(workableAfter)})`]),
    ...(ending === undefined ? [] : wrap(`${ending.isGood ? "✓" : "✗"} ${ending.sentence}`, width)),
    ...renderCounts(view.counts, width),
  ];
  return lines.map((line) => clip(line, width));
}

/** One line for where nothing can be redrawn. */
export function renderLine(batch: BatchView): string {
  return [`${percent(batch)} %`, amount(batch), ...pace(batch), doing(batch)].join(" · ");
}

function renderBatch(batch: BatchView, width: number): string[] {
  const barWidth = Math.max(10, Math.min(BAR_WIDTH_MAX, width - 67));
  const filled = Math.floor((barWidth * percent(batch)) / 100);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const numbers = [`${percent(batch)} %`.padStart(5), amount(batch), ...pace(batch)].join("  ");
  return [`  ${bar} ${numbers}`, ...(batch.status === "SUCCEEDED" ? [] : [`  ${doing(batch)}`])];
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

function doing({ status, phase, waitingFor }: BatchView): string {
  const word = status.toLowerCase();
  if (waitingFor !== null) return `waits: ${waitingFor}`;
  return status === "RUNNING" && phase !== null ? phase.replaceAll("-", " ") : word;
}

/** As many columns as fit, read downwards. A difference shows both numbers. */
function renderCounts(counts: CountView[], width: number): string[] {
  if (counts.length === 0) return [];
  const rows = Array.from({ length: counts.length }, (_, index) => index + 1).find((height) =>
    inColumns(counts, height).every((line) => line.length <= width),
  );
  return [
    "",
    "  Records of each kind, here and in QuickBooks:",
    ...inColumns(counts, rows ?? counts.length),
  ];
}

function inColumns(counts: CountView[], rows: number): string[] {
  const lines = Array.from({ length: rows }, () => "");
  for (let first = 0; first < counts.length; first += rows) {
    const column = counts.slice(first, first + rows);
    const kindWidth = Math.max(...column.map(({ kind }) => kind.length));
    const figuresWidth = Math.max(...column.map((count) => figures(count).length));
    column.forEach((count, row) => {
      lines[row] += `  ${count.kind.padEnd(kindWidth)} ${figures(count).padStart(figuresWidth)}`;
    });
  }
  return lines;
}

const figures = ({ ours, theirs }: CountView): string =>
  ours === theirs ? `${number(ours)} ✓` : `${number(ours)} ✗ ${number(theirs)}`;

/** 75 is `1 min 15 s`. */
export function seconds(count: number): string {
  const whole = Math.round(count);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export const number = (value: number): string => value.toLocaleString("en-US");

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "  ";
    for (const word of paragraph.split(" ")) {
      if (line.length + word.length + 1 > width && line.trim() !== "") {
        lines.push(line);
        line = "    ";
      }
      line += line.trim() === "" ? word : ` ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

const clip = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, width - 1)}…`;

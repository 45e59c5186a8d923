import { renderCompany, runLine } from "./render-company.ts";
import { renderCounts } from "./render-counts.ts";
import { renderPayments, renderPaymentsShort, renderPlanned } from "./render-payments.ts";
import type { CompanyView, View } from "./view.ts";
import { clip, wrap } from "./words.ts";

const RUNS_SHOWN_MAX = 5;
/** An empty line and the newest run: with less room for runs, less is said about payments. */
const RUNS_LINES_MIN = 2;

/**
 * The whole screen as lines, none wider than `width`. Where `height` has no room for everything, payments
 * are told in short but for the company whose payments are being looked at; counts are on it where there
 * is room for them.
 */
export function render(view: View, width: number, height: number): string[] {
  const { companies } = view;
  const runs = renderRuns(companies);
  const room = height - Math.min(runs.length, RUNS_LINES_MIN);
  const told = companies.filter(({ payments }) => payments !== undefined);
  const current = told.find(({ payments }) => payments?.ending === undefined);
  const shapes = [
    () => whole(view, width, told),
    () => whole(view, width, [current ?? told.at(-1)]),
    ...(current === undefined
      ? []
      : [renderPayments, renderPlanned].map(
          (payments) => () => focused(view, width, { current, payments }),
        )),
    () => whole(view, width, []),
  ];
  let lines: string[] = [];
  for (const shape of shapes) {
    lines = shape();
    if (lines.length <= room) break;
  }
  lines.push(...runs);
  for (const company of companies) {
    const counts = renderCounts(company, width);
    if (lines.length + counts.length <= height) lines.push(...counts);
  }
  return lines.slice(0, height).map((line) => clip(line, width));
}

/** Everything, with every line about the payments of some companies. */
const whole = (
  view: View,
  width: number,
  inFull: readonly (CompanyView | undefined)[],
): string[] => [
  `  Evenbooks demo. ${view.hint}`,
  "",
  ...view.addresses.map(([name, address]) => `  ${name.padEnd(14)} ${address}`),
  ...(view.wait === null ? [] : ["", ...wrap(`… ${view.wait}`, width)]),
  ...view.companies.flatMap((company) => [
    ...renderCompany(company, width),
    ...paymentsOf(company, width, inFull.includes(company)),
  ]),
];

/** The payments of one company, and little else. */
const focused = (
  { hint, companies }: View,
  width: number,
  { current, payments }: { current: CompanyView; payments: typeof renderPayments },
): string[] => [
  `  Evenbooks demo. ${hint}`,
  ...companies
    .filter((company) => company !== current)
    .map(({ name, batch, ending }) => `  ${name}: ${ending?.sentence ?? batch?.status ?? ""}`),
  "",
  `  ${current.name}`,
  ...(current.payments === undefined ? [] : payments(current.payments, width)),
];

const paymentsOf = ({ payments }: CompanyView, width: number, isFull: boolean): string[] =>
  payments === undefined ? [] : (isFull ? renderPayments : renderPaymentsShort)(payments, width);

/** The newest runs of all companies, newest first. */
function renderRuns(companies: CompanyView[]): string[] {
  const runs = companies
    .flatMap(({ name, runs: own }) => own.map((run) => ({ name, run })))
    .sort((one, other) => other.run.at.getTime() - one.run.at.getTime())
    .slice(0, RUNS_SHOWN_MAX)
    .map(({ name, run }) => `  ${runLine(name, run)}`);
  return runs.length === 0 ? [] : ["", ...runs];
}

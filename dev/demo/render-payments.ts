import type { PaymentsView, PlanLineView } from "./view.ts";
import { wrap } from "./words.ts";

const INDENT = "    ";

/** A re-application of payments: what people did, the plan, and what came of it. */
export const renderPayments = (payments: PaymentsView, width: number): string[] => [
  ...renderEdits(payments, width),
  ...renderPlanned(payments, width),
];

function renderEdits({ edits }: PaymentsView, width: number): string[] {
  if (edits.length === 0) return [];
  return [
    "  People edited payments in QuickBooks, and AutoSync left payments out:",
    ...edits.flatMap((edit) => indented(`· ${edit}`, width, 2)),
  ];
}

/** The same without what people did. */
export const renderPlanned = (payments: PaymentsView, width: number): string[] => [
  ...renderPlan(payments, width),
  ...payments.outcomes.flatMap((outcome) => wrap(marked(outcome), width)),
  ...waiting(payments, width),
];

/** The same in a line or two. */
export function renderPaymentsShort(payments: PaymentsView, width: number): string[] {
  const { outcomes, ending } = payments;
  const last = ending ?? outcomes.find(({ isGood }) => !isGood) ?? outcomes.at(-1);
  return [...(last === undefined ? [] : wrap(marked(last), width)), ...waiting(payments, width)];
}

/** A line of a plan where nothing can be drawn. */
export const planText = ({ document, payer, change, why }: PlanLineView): string =>
  `${document}, ${payer}: ${change}. ${why}`;

export const marked = ({ isGood, sentence }: { isGood: boolean; sentence: string }): string =>
  `${isGood ? "✓" : "✗"} ${sentence}`;

const waiting = ({ wait }: PaymentsView, width: number): string[] =>
  wait === null ? [] : wrap(`… ${wait}`, width);

/** Each reason stands behind its change, or below it where one of them has no room. */
function renderPlan({ plan, since }: PaymentsView, width: number): string[] {
  if (plan.length === 0) return [];
  const columns = (["document", "payer", "change"] as const).map((column) => ({
    column,
    size: Math.max(...plan.map((line) => line[column].length)),
  }));
  const rows = plan.map((line) => ({
    head: INDENT + columns.map(({ column, size }) => line[column].padEnd(size)).join("  "),
    why: line.why,
  }));
  const isWide = rows.every(({ head, why }) => head.length + 2 + why.length <= width);
  return [
    `  Plan of reapplyPayments since ${since}, here → in QuickBooks:`,
    ...(isWide
      ? rows.map(({ head, why }) => `${head}  ${why}`)
      : rows.flatMap(({ head, why }) => [head.trimEnd(), ...indented(why, width, 4)])),
  ];
}

/** As many columns further in. */
const indented = (text: string, width: number, by: number): string[] =>
  wrap(text, width - by).map((line) => " ".repeat(by) + line);

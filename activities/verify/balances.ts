import { compareDecimals } from "../../core/money.ts";
import {
  openBalancesHeld,
  type OpenHeld,
  type ReconciliationLine,
} from "../../db/reconciliations.ts";
import type { StandingStep } from "../standing-step.ts";
import { NOTHING } from "./lines.ts";

/** What is open by our records, against QuickBooks' own aging summaries and its balance sheet. */
export async function compareOpenBalances(run: StandingStep): Promise<ReconciliationLine[]> {
  const held = await openBalancesHeld(run.deps.pool, run.lease.companyId);
  const { aging, balanceSheet } = await run.source.readOpenBalances(held.until, run.signal);
  return [
    lineOf("receivables", held, { ours: held.receivables, theirs: aging.receivables }),
    lineOf("payables", held, { ours: held.payables, theirs: aging.payables }),
    lineOf("balance_sheet_receivables", held, {
      ours: held.receivables,
      theirs: balanceSheet.receivables,
    }),
    lineOf("balance_sheet_payables", held, { ours: held.payables, theirs: balanceSheet.payables }),
  ];
}

const REPORTS = {
  receivables: "QuickBooks' aging summary",
  payables: "QuickBooks' aging summary",
  balance_sheet_receivables: "QuickBooks' balance sheet",
  balance_sheet_payables: "QuickBooks' balance sheet",
} as const;

function lineOf(
  subject: keyof typeof REPORTS,
  { currencies, until }: OpenHeld,
  { ours, theirs }: { ours: string; theirs: string | null },
): ReconciliationLine {
  const report = `${REPORTS[subject]} as of ${until}`;
  const line = { ...NOTHING, subject, ours, theirs };
  if (theirs === null) return { ...line, agrees: null, note: `${report} does not say it.` };
  if (currencies > 1) {
    return { ...line, agrees: null, note: `Several currencies: ${report} is in one alone.` };
  }
  const agrees = compareDecimals(ours, theirs) === 0;
  const note = agrees
    ? null
    : `${report}; journal entries on receivables or payables are in it, and not in our documents.`;
  return { ...line, agrees, note };
}

import { FAULT_KINDS, POLICY, type FaultKind } from "../../core/faults.ts";
import type { Batch } from "../../db/batches.ts";
import { moment } from "./moment.ts";
import type { Trouble } from "./pc.ts";

/** What a batch waits for that is not a fault, and what happens next. */
const NO_FAULTS: Record<string, { what: string; next: string }> = {
  turn: {
    what: "its turn",
    next: "Nothing to do: a worker takes it up by itself.",
  },
};

const FAULTS: Partial<Record<FaultKind, string>> = {
  throttled: "QuickBooks, which asked us to slow down",
  "monthly-quota": "the Intuit app's metered calls, which are used up for this month",
  unavailable: "QuickBooks, which does not answer",
  maintenance: "Intuit, which is at work on this company",
  "truncated-answer": "QuickBooks, whose answers break off on their way",
  "unreadable-answer": "QuickBooks, whose answer could not be read",
  "record-locked": "a record that somebody probably has open in QuickBooks",
  "mass-change":
    "a person: most of its records were changed at once, and nothing of that was stored",
  internal: "an error of ours to pass",
};

/**
 * "waits since …", for what, and who acts next; what is known of the customer's PC stands in `trouble`.
 * A code that we do not know is shown as it is.
 */
export function waitingSentence(batch: Batch, code: string, trouble: Trouble | null): string {
  const since = batch.waitingSince === null ? "" : ` since ${moment(batch.waitingSince)}`;
  const until =
    batch.waitingUntil === null ? "" : ` It looks again at ${moment(batch.waitingUntil)}.`;
  return trouble === null
    ? `waits${since} for ${what(code)}.${until} ${next(code)}`
    : `waits${since}: ${trouble.says}.${until} Next: ${trouble.nextStep}`;
}

const what = (code: string): string =>
  NO_FAULTS[code]?.what ?? (isFaultKind(code) ? FAULTS[code] : undefined) ?? code;

const next = (code: string): string =>
  NO_FAULTS[code]?.next ??
  (isFaultKind(code) ? POLICY[code].nextStep : "It goes on by itself as soon as it can.");

const isFaultKind = (code: string): code is FaultKind =>
  (FAULT_KINDS as readonly string[]).includes(code);

import { FAULT_KINDS, POLICY, type FaultKind } from "../../core/faults.ts";
import type { Batch } from "../../db/batches.ts";

/** What a batch waits for that is not a fault, and what happens next. */
const NO_FAULTS: Record<string, { what: string; next: string }> = {
  turn: {
    what: "its turn",
    next: "Nothing to do: a worker takes it up by itself.",
  },
  "connector-away": {
    what: "the PC with the Web Connector",
    next: "Next: somebody at the customer's PC opens QuickBooks and the Web Connector.",
  },
  "single-user-mode": {
    what: "QuickBooks to leave single-user mode",
    next: "Next: somebody at the customer switches QuickBooks back to multi-user mode.",
  },
  "modal-open": {
    what: "a window that is open in QuickBooks",
    next: "Next: somebody at the customer's PC closes the window.",
  },
};

const FAULTS: Partial<Record<FaultKind, string>> = {
  throttled: "QuickBooks, which asked us to slow down",
  "monthly-quota": "the Intuit app's metered calls, which are used up for this month",
  unavailable: "QuickBooks, which does not answer",
  maintenance: "Intuit, which is at work on this company",
  "truncated-answer": "QuickBooks, whose answers break off on their way",
  "unreadable-answer": "QuickBooks, whose answer could not be read",
};

/** "waits since … for …", and who acts next; a code that we do not know is shown as it is. */
export function waitingSentence(batch: Batch, code: string): string {
  const since = batch.waitingSince === null ? "" : ` since ${moment(batch.waitingSince)}`;
  const until =
    batch.waitingUntil === null ? "" : ` It looks again at ${moment(batch.waitingUntil)}.`;
  return `waits${since} for ${what(code)}.${until} ${next(code)}`;
}

/** A moment as people read it, in UTC. */
export const moment = (at: Date): string =>
  `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

const what = (code: string): string =>
  NO_FAULTS[code]?.what ?? (isFaultKind(code) ? FAULTS[code] : undefined) ?? code;

const next = (code: string): string =>
  NO_FAULTS[code]?.next ??
  (isFaultKind(code) ? POLICY[code].nextStep : "It goes on by itself as soon as it can.");

const isFaultKind = (code: string): code is FaultKind =>
  (FAULT_KINDS as readonly string[]).includes(code);

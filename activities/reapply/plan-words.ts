import { kindLabel } from "../../core/record-kinds.ts";
import type { SaidBy } from "../../db/applied-amounts.ts";
import type { JudgedDocument, Move } from "../../db/judged-documents.ts";
import type { PlannedMove } from "../../db/payment-plans.ts";

/** Said of a payment that a deposit has taken to the bank: QuickBooks refuses to change it. */
export const DEPOSITED = "It lies in a deposit.";

/** Why a document is left as it is, or null. `missing` are records that it names and QuickBooks does not return. */
export function reasonToStop(document: JudgedDocument, missing: readonly SaidBy[]): string | null {
  const [first] = missing;
  if (first !== undefined) {
    return `It names the ${kindLabel(first.kind)} ${first.quickbooksId}, which QuickBooks does not return; without it the rest would look like a short payment.`;
  }
  if (document.addsUp) return null;
  return `It is over ${document.total}, QuickBooks' records put ${document.appliedAfter} on it, and QuickBooks says that ${document.balance} is open.`;
}

/** What an accountant reads of one application that differs. */
export function lineOf(
  document: JudgedDocument,
  move: Move,
  { isDeposited, closedUntil }: { isDeposited: boolean; closedUntil: string | null },
): PlannedMove {
  const { party } = move;
  const notes: string[] = [];
  if (isDeposited) notes.push(DEPOSITED);
  const isClosed = [move.dateBefore, move.dateAfter].some(
    (date) => closedUntil !== null && date !== null && date <= closedUntil,
  );
  if (isClosed) notes.push(`The books are closed up to ${closedUntil}.`);
  if (party !== null && document.party !== null && party !== document.party) {
    notes.push(`It is ${party}'s, and the document ${document.party}'s.`);
  }
  return {
    fromKind: move.fromKind,
    fromId: move.fromId,
    saidByKind: move.saidByKind,
    saidById: move.saidById,
    number: move.number,
    role: move.role,
    before: move.before,
    after: move.after,
    dateBefore: move.dateBefore,
    dateAfter: move.dateAfter,
    why: whyOf(document, move),
    notes,
  };
}

function whyOf(document: JudgedDocument, move: Move): string {
  if (document.isDeleted) return "The document was deleted in QuickBooks.";
  if (move.after === null) {
    if (move.isGone) return "It was deleted in QuickBooks.";
    return move.movedTo === null
      ? "It was taken off in QuickBooks."
      : `It was moved to ${move.movedTo}.`;
  }
  if (move.before === null) {
    return move.movedFrom === null
      ? "It was put on in QuickBooks, and we did not have it."
      : `It was moved here from ${move.movedFrom}.`;
  }
  return move.before === move.after
    ? "Its date is another one in QuickBooks."
    : "Its amount is another one in QuickBooks.";
}

import { isSameAmount, pairOf, type Difference } from "./ledger.ts";
import type { PaymentEdits } from "./payment-edits.ts";
import type { PlannedDocument, PlannedMove } from "./reapplying.ts";

/**
 * In what a plan is not just what people did: `changed` is what their edits made of the applications in
 * QuickBooks' own books, and the payment that was dated back differs in its date alone. None where it is.
 */
export function complaintsAbout(
  plan: readonly PlannedDocument[],
  { dated }: PaymentEdits,
  changed: ReadonlyMap<string, Difference>,
): string[] {
  const lines = new Map(
    plan.flatMap(({ kind, quickbooksId, moves }) =>
      moves.map((move) => [pairOf({ ...move, toKind: kind, toId: quickbooksId }), move] as const),
    ),
  );
  const datedPair = pairOf({
    fromKind: "payment",
    fromId: dated.payment,
    toKind: "invoice",
    toId: dated.invoice,
  });
  const isRight = (pair: string, move: PlannedMove): boolean => {
    const must = changed.get(pair);
    if (must !== undefined) {
      return isSameAmount(must.before, move.before) && isSameAmount(must.after, move.after);
    }
    const isDateAlone = move.before !== null && isSameAmount(move.before, move.after);
    return pair === datedPair && isDateAlone && move.dateAfter === dated.after;
  };
  return [
    ...[...changed.keys(), datedPair]
      .filter((pair) => !lines.has(pair))
      .map((pair) => `${pair} is not in it`),
    ...[...lines]
      .filter(([pair, move]) => !isRight(pair, move))
      .map(([pair]) => `${pair} is another change than people made`),
    ...plan
      .filter(({ state }) => state === "STOPPED")
      .map(({ kind, quickbooksId }) => `${kind.toLowerCase()} ${quickbooksId} was stopped`),
  ];
}

/** The same changes of the same documents, whatever became of them. */
export const isSamePlan = (
  one: readonly PlannedDocument[],
  other: readonly PlannedDocument[],
): boolean => textOf(one) === textOf(other);

const textOf = (plan: readonly PlannedDocument[]): string =>
  JSON.stringify(plan.map((document) => ({ ...document, state: null })));

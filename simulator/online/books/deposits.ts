import type { Books } from "./books.ts";
import { DELETED, generatedOf, isGenerated, patchOf, shelfOf } from "./books.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";
import { CELL_PAYMENTS, cellOfPayment, paymentTotal, salesCells } from "./sales.ts";

/** Three deposits hold the first payments of ten cells of sales. */
const CELLS_PER_THREE = 10;
const PAYMENTS_HELD = 3;

const cellOfDeposit = (index: number): number => Math.floor((index * CELLS_PER_THREE) / 3);

/** The deposit that holds a payment; a payment in one is frozen (facts 7.3, 6540). */
export function depositOf(books: Books, payment: number): number | undefined {
  const chosen = patchOf(books, "Payment", payment)?.deposit;
  if (chosen !== undefined) return presentDeposit(books, chosen);
  if (payment % CELL_PAYMENTS >= PAYMENTS_HELD) return undefined;
  if (!isGenerated(books, "Payment", payment)) return undefined;
  const cell = cellOfPayment(payment);
  const index = Math.ceil((cell * 3) / CELLS_PER_THREE);
  if (cellOfDeposit(index) !== cell || !isGenerated(books, "Deposit", index)) return undefined;
  return presentDeposit(books, index);
}

const presentDeposit = (books: Books, index: number): number | undefined =>
  shelfOf(books, "Deposit").state[index] === DELETED ? undefined : index;

/** The payments that a deposit holds. */
export function heldBy(books: Books, deposit: number): readonly number[] {
  const chosen = patchOf(books, "Deposit", deposit)?.held;
  if (chosen !== undefined) return chosen;
  const cell = cellOfDeposit(deposit);
  if (!isGenerated(books, "Deposit", deposit) || cell >= salesCells(books)) return [];
  const held = Math.max(0, generatedOf(books, "Payment") - cell * CELL_PAYMENTS);
  return Array.from(
    { length: Math.min(PAYMENTS_HELD, held) },
    (_, slot) => cell * CELL_PAYMENTS + slot,
  ).filter((payment) => shelfOf(books, "Payment").state[payment] !== DELETED);
}

/** The part of a deposit that is no payment, in cents. */
export const otherDeposit = (books: Books, index: number): number =>
  patchOf(books, "Deposit", index)?.total ??
  1000 + (hash(books.plan.seed, kindNumber("Deposit"), index) % 90_000);

/** TotalAmt of a deposit in cents. */
export const depositTotal = (books: Books, index: number): number =>
  heldBy(books, index).reduce(
    (sum, payment) => sum + paymentTotal(books, payment),
    otherDeposit(books, index),
  );

import type { Application, Books, Link } from "./books.ts";
import { generatedOf, isGenerated, patchOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";
import { appliedCash } from "./sales.ts";

/**
 * Payables come in cells of four bills and three payments of one vendor: payment 0 pays bill 0,
 * 1 pays bill 1 and half of 2, 2 pays the rest of 2, every other time bill 3, and takes up the
 * cell's vendor credit where it has one.
 */
export const CELL_BILLS = 4;
export const CELL_BILL_PAYMENTS = 3;
const CELLS_PER_CREDIT = 5;
const PAYMENTS_OF: readonly (readonly number[])[] = [[0], [1], [1, 2], [2]];
const BILLS_OF: readonly (readonly number[])[] = [[0], [1, 2], [2, 3]];
const BILL = kindNumber("Bill");

/** One line of a bill or another purchase: on an account or an item, in cents. */
export interface ExpenseLine {
  amount: number;
  bits: number;
}

export const cellOfBill = (index: number): number => Math.floor(index / CELL_BILLS);
export const cellOfBillPayment = (index: number): number => Math.floor(index / CELL_BILL_PAYMENTS);
export const cellOfVendorCredit = (index: number): number => index * CELLS_PER_CREDIT;

export const payableCells = (books: Books): number =>
  Math.max(
    1,
    Math.ceil(generatedOf(books, "Bill") / CELL_BILLS),
    Math.ceil(generatedOf(books, "BillPayment") / CELL_BILL_PAYMENTS),
  );

/** The lines of a bill, order, credit or expense. */
export function expenseLines(books: Books, kind: Kind, index: number): readonly ExpenseLine[] {
  const code = kindNumber(kind);
  const count = 2 + (hash(books.plan.seed, code + 600, index) % 3);
  return Array.from({ length: count }, (_, n) => {
    const bits = hash(books.plan.seed, code + 700 + n, index);
    return { amount: 500 + (bits % 250_000), bits };
  });
}

/** TotalAmt of a bill, order or expense in cents. */
export const expenseTotal = (books: Books, kind: Kind, index: number): number =>
  patchOf(books, kind, index)?.total ??
  expenseLines(books, kind, index).reduce((sum, { amount }) => sum + amount, 0);

function paidBill(books: Books, payment: number, bill: number): number {
  const total = expenseTotal(books, "Bill", bill);
  const slot = bill % CELL_BILLS;
  if (slot === 2) {
    const half = Math.floor(total / 2);
    return payment % CELL_BILL_PAYMENTS === 1 ? half : total - half;
  }
  const staysOpen = slot === 3 && hash(books.plan.seed, BILL, cellOfBill(bill)) % 2 === 0;
  return staysOpen ? 0 : total;
}

function baseBillLinks(books: Books, index: number): Link[] {
  if (!isGenerated(books, "Bill", index)) return [];
  const first = cellOfBill(index) * CELL_BILL_PAYMENTS;
  return (PAYMENTS_OF[index % CELL_BILLS] ?? [])
    .map((slot): Link => ({ kind: "BillPayment", index: first + slot }))
    .filter(
      (link) =>
        isGenerated(books, "BillPayment", link.index) && paidBill(books, link.index, index) > 0,
    )
    .toReversed();
}

/** The payments of a bill, newest first. */
export const billLinks = (books: Books, index: number): readonly Link[] =>
  patchOf(books, "Bill", index)?.links ?? baseBillLinks(books, index);

/** TotalAmt minus everything paid, in cents. */
export function billBalance(books: Books, index: number): number {
  const patched = patchOf(books, "Bill", index)?.balance;
  if (patched !== undefined) return patched;
  return baseBillLinks(books, index).reduce(
    (balance, link) => balance - paidBill(books, link.index, index),
    expenseTotal(books, "Bill", index),
  );
}

/** The payment that takes up a vendor credit; every third credit is left open. */
function paymentOfCredit(books: Books, index: number): number | undefined {
  const payment = cellOfVendorCredit(index) * CELL_BILL_PAYMENTS + 2;
  const bill = cellOfVendorCredit(index) * CELL_BILLS + 2;
  const isTaken =
    index % 3 !== 0 &&
    isGenerated(books, "VendorCredit", index) &&
    isGenerated(books, "BillPayment", payment) &&
    isGenerated(books, "Bill", bill);
  return isTaken ? payment : undefined;
}

/** TotalAmt of a vendor credit: never more than half of the bill it is used on. */
export function vendorCreditTotal(books: Books, index: number): number {
  const bill = cellOfVendorCredit(index) * CELL_BILLS + 2;
  return Math.max(1, Math.floor(expenseTotal(books, "Bill", bill) * 0.3));
}

/** What is left of a vendor credit, in cents. */
export const vendorCreditBalance = (books: Books, index: number): number =>
  patchOf(books, "VendorCredit", index)?.balance ??
  (paymentOfCredit(books, index) === undefined ? vendorCreditTotal(books, index) : 0);

/** What a bill payment does. */
export function billPaymentApplications(books: Books, index: number): readonly Application[] {
  const patched = patchOf(books, "BillPayment", index)?.applications;
  if (patched !== undefined) return patched;
  if (!isGenerated(books, "BillPayment", index)) return [];
  const cell = cellOfBillPayment(index);
  const applications: Application[] = [];
  for (const slot of BILLS_OF[index % CELL_BILL_PAYMENTS] ?? []) {
    const bill = cell * CELL_BILLS + slot;
    const cents = isGenerated(books, "Bill", bill) ? paidBill(books, index, bill) : 0;
    if (cents > 0) applications.push({ kind: "Bill", index: bill, cents });
  }
  const credit = Math.floor(cell / CELLS_PER_CREDIT);
  if (cellOfVendorCredit(credit) === cell && paymentOfCredit(books, credit) === index) {
    const cents = vendorCreditTotal(books, credit);
    applications.push({ kind: "VendorCredit", index: credit, cents });
  }
  return applications;
}

/** The money that went out, in cents. */
export const billPaymentTotal = (books: Books, index: number): number =>
  patchOf(books, "BillPayment", index)?.total ?? appliedCash(billPaymentApplications(books, index));

/** The vendor of a bill, bill payment or vendor credit. */
export function vendorOfPayable(books: Books, kind: Kind, index: number): number {
  const patched = patchOf(books, kind, index)?.vendor;
  if (patched !== undefined) return patched;
  const vendors = Math.max(1, generatedOf(books, "Vendor"));
  if (!isGenerated(books, kind, index)) return hash(books.plan.seed, BILL + 50, index) % vendors;
  if (kind === "Bill") return hash(books.plan.seed, BILL + 10, cellOfBill(index)) % vendors;
  if (kind === "BillPayment") {
    return hash(books.plan.seed, BILL + 10, cellOfBillPayment(index)) % vendors;
  }
  if (kind === "VendorCredit") {
    return hash(books.plan.seed, BILL + 10, cellOfVendorCredit(index)) % vendors;
  }
  return hash(books.plan.seed, kindNumber(kind) + 60, index) % vendors;
}

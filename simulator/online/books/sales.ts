import type { Application, Books, Link } from "./books.ts";
import { generatedOf, isGenerated, patchOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";
import { salesForm } from "./sales-form.ts";

/**
 * Sales come in cells of eight invoices and six payments of one customer:
 * payment 0 pays invoice 0 (sometimes too much), 1 pays 1 and 6, 2 pays 2 and 3, 3 and 4 pay 4 in
 * two parts, 5 pays 5 or, with no cash, joins a credit memo to it. Invoice 7 stays open.
 */
export const CELL_INVOICES = 8;
export const CELL_PAYMENTS = 6;
const CELLS_PER_TWO_MEMOS = 5;
const PAYMENT_OF_MEMO = 5;
const INVOICE_OF_MEMO = 5;
const PAYMENTS_OF: readonly (readonly number[])[] = [[0], [1], [2], [2], [3, 4], [5], [1], []];
const INVOICES_OF: readonly (readonly number[])[] = [[0], [1, 6], [2, 3], [4], [4], [5]];
const INVOICE = kindNumber("Invoice");
const PAYMENT = kindNumber("Payment");
const MEMO = kindNumber("CreditMemo");

export const cellOfInvoice = (index: number): number => Math.floor(index / CELL_INVOICES);
export const cellOfPayment = (index: number): number => Math.floor(index / CELL_PAYMENTS);

export const salesCells = (books: Books): number =>
  Math.max(
    1,
    Math.ceil(generatedOf(books, "Invoice") / CELL_INVOICES),
    Math.ceil(generatedOf(books, "Payment") / CELL_PAYMENTS),
  );

export const cellOfMemo = (index: number): number => Math.floor((index * CELLS_PER_TWO_MEMOS) / 2);

/** The credit memo that a cell's payment 5 takes up, if there is one. */
export function memoOfCell(books: Books, cell: number): number | undefined {
  const index = Math.ceil((cell * 2) / CELLS_PER_TWO_MEMOS);
  return cellOfMemo(index) === cell && isGenerated(books, "CreditMemo", index) ? index : undefined;
}

/** The customer of everything in a cell. */
const customerOfCell = (books: Books, cell: number): number =>
  hash(books.plan.seed, INVOICE, cell * 4 + 1) % Math.max(1, generatedOf(books, "Customer"));

export const isVoided = (books: Books, invoice: number): boolean =>
  patchOf(books, "Invoice", invoice)?.isVoid === true || isGeneratedVoid(books, invoice);

const isGeneratedVoid = (books: Books, invoice: number): boolean =>
  invoice % CELL_INVOICES === CELL_INVOICES - 1 &&
  hash(books.plan.seed, INVOICE + 100, invoice) % 16 === 0 &&
  isGenerated(books, "Invoice", invoice);

/** TotalAmt of an invoice in cents; a voided one has none. */
export const invoiceTotal = (books: Books, index: number): number =>
  isVoided(books, index) ? 0 : enteredTotal(books, index);

/** TotalAmt as it was when payments were made. */
const enteredTotal = (books: Books, index: number): number =>
  isGeneratedVoid(books, index) ? 0 : salesForm(books, "Invoice", index).total;

/** The first part of an invoice that is paid in two. */
function firstPart(books: Books, invoice: number, total: number): number {
  const percent = 30 + (hash(books.plan.seed, INVOICE + 200, invoice) % 40);
  return Math.round((total * percent) / 100);
}

/** What a generated payment puts on a generated invoice of its cell, in cents. */
function paid(books: Books, payment: number, invoice: number): number {
  const slot = payment % CELL_PAYMENTS;
  const total = enteredTotal(books, invoice);
  if (slot === 3) return firstPart(books, invoice, total);
  if (slot === 4) {
    const rest = total - firstPart(books, invoice, total);
    return hash(books.plan.seed, INVOICE + 300, invoice) % 16 === 0 ? Math.floor(rest / 2) : rest;
  }
  if (slot !== PAYMENT_OF_MEMO) return total;
  const memo = memoOfCell(books, cellOfPayment(payment));
  return memo === undefined ? total : Math.min(total, enteredMemoTotal(books, memo));
}

/** TotalAmt of a credit memo in cents: as much as its invoice, a little more, or less. */
export const memoTotal = (books: Books, index: number): number =>
  patchOf(books, "CreditMemo", index)?.isVoid === true ? 0 : enteredMemoTotal(books, index);

function enteredMemoTotal(books: Books, index: number): number {
  const invoice = cellOfMemo(index) * CELL_INVOICES + INVOICE_OF_MEMO;
  if (!isGenerated(books, "CreditMemo", index) || !isGenerated(books, "Invoice", invoice)) {
    return salesForm(books, "CreditMemo", index).total;
  }
  const total = enteredTotal(books, invoice);
  const choice = hash(books.plan.seed, MEMO, index) % 8;
  if (choice === 0) return total + 2500;
  return choice === 1 ? Math.max(1, Math.floor(total * 0.6)) : total;
}

/** What is left of a credit memo, in cents. */
export function memoRemaining(books: Books, index: number): number {
  const patched = patchOf(books, "CreditMemo", index)?.balance;
  if (patched !== undefined) return patched;
  const total = memoTotal(books, index);
  const cell = cellOfMemo(index);
  const invoice = cell * CELL_INVOICES + INVOICE_OF_MEMO;
  const payment = cell * CELL_PAYMENTS + PAYMENT_OF_MEMO;
  const isApplied =
    isGenerated(books, "CreditMemo", index) &&
    isGenerated(books, "Invoice", invoice) &&
    isGenerated(books, "Payment", payment);
  return isApplied ? total - Math.min(total, enteredTotal(books, invoice)) : total;
}

/** The payments on an invoice, newest first (facts 10.10). */
export function invoiceLinks(books: Books, index: number): readonly Link[] {
  const patched = patchOf(books, "Invoice", index)?.links;
  if (patched !== undefined) return patched;
  if (!isGenerated(books, "Invoice", index)) return [];
  const first = cellOfInvoice(index) * CELL_PAYMENTS;
  const slots = PAYMENTS_OF[index % CELL_INVOICES] ?? [];
  return slots
    .map((slot): Link => ({ kind: "Payment", index: first + slot }))
    .filter((link) => isGenerated(books, "Payment", link.index))
    .toReversed();
}

/** Deposit of an invoice: what was paid with the invoice itself, without a payment. */
export const paidOnInvoice = (books: Books, index: number): number =>
  patchOf(books, "Invoice", index)?.paidOnIt ?? 0;

/** TotalAmt minus the deposit and everything applied, in cents. */
export function invoiceBalance(books: Books, index: number): number {
  const patched = patchOf(books, "Invoice", index)?.balance;
  if (patched !== undefined) return patched;
  let balance = invoiceTotal(books, index) - paidOnInvoice(books, index);
  if (!isGenerated(books, "Invoice", index)) return balance;
  const first = cellOfInvoice(index) * CELL_PAYMENTS;
  for (const slot of PAYMENTS_OF[index % CELL_INVOICES] ?? []) {
    if (isGenerated(books, "Payment", first + slot)) balance -= paid(books, first + slot, index);
  }
  return balance;
}

/** What a payment does: amounts on invoices, and the credit memo it takes up. */
export function paymentApplications(books: Books, index: number): readonly Application[] {
  const patched = patchOf(books, "Payment", index)?.applications;
  if (patched !== undefined) return patched;
  if (!isGenerated(books, "Payment", index)) return [];
  const cell = cellOfPayment(index);
  const applications: Application[] = [];
  for (const slot of INVOICES_OF[index % CELL_PAYMENTS] ?? []) {
    const invoice = cell * CELL_INVOICES + slot;
    if (!isGenerated(books, "Invoice", invoice)) continue;
    applications.push({ kind: "Invoice", index: invoice, cents: paid(books, index, invoice) });
  }
  const memo = index % CELL_PAYMENTS === PAYMENT_OF_MEMO ? memoOfCell(books, cell) : undefined;
  const [invoice] = applications;
  if (memo !== undefined && invoice !== undefined) {
    applications.push({ kind: "CreditMemo", index: memo, cents: invoice.cents });
  }
  return applications;
}

/** Lines with these kinds give to the others of their payment. */
const CREDITS: ReadonlySet<Kind> = new Set(["CreditMemo", "VendorCredit", "JournalEntry"]);

export const isCredit = ({ kind }: Link): boolean => CREDITS.has(kind);

/** Debit lines minus credit lines (facts 8.1). */
export const appliedCash = (applications: readonly Application[]): number =>
  applications.reduce((sum, one) => (isCredit(one) ? sum - one.cents : sum + one.cents), 0);

/** The cash that came in, in cents; zero when a payment only joins a credit memo to an invoice. */
export function paymentTotal(books: Books, index: number): number {
  const patched = patchOf(books, "Payment", index)?.total;
  if (patched !== undefined) return patched;
  const bits = hash(books.plan.seed, PAYMENT, index);
  const applications = paymentApplications(books, index);
  if (applications.length === 0) return 1000 + (bits % 100_000);
  const isOver = index % CELL_PAYMENTS === 0 && bits % 10 === 0;
  return appliedCash(applications) + (isOver ? 500 + (bits % 5000) : 0);
}

/** UnappliedAmt of a payment, in cents. */
export const paymentUnapplied = (books: Books, index: number): number =>
  paymentTotal(books, index) - appliedCash(paymentApplications(books, index));

/** The customer of an invoice, payment or credit memo. */
export function customerOfSale(books: Books, kind: SaleKind, index: number): number {
  const patched = patchOf(books, kind, index)?.customer;
  if (patched !== undefined) return patched;
  if (!isGenerated(books, kind, index)) {
    return (
      hash(books.plan.seed, kindNumber(kind), index) % Math.max(1, generatedOf(books, "Customer"))
    );
  }
  if (kind === "Invoice") return customerOfCell(books, cellOfInvoice(index));
  if (kind === "Payment") return customerOfCell(books, cellOfPayment(index));
  return customerOfCell(books, cellOfMemo(index));
}

type SaleKind = "Invoice" | "Payment" | "CreditMemo";

import type { Books, ColumnName, Shelf } from "./books.ts";
import { DELETED, generatedOf, shelfOf } from "./books.ts";
import { depositTotal } from "./deposits.ts";
import type { Kind } from "./kinds.ts";
import {
  billBalance,
  billPaymentTotal,
  expenseTotal,
  vendorCreditBalance,
  vendorCreditTotal,
  vendorOfPayable,
} from "./payables.ts";
import {
  customerOfSale,
  invoiceBalance,
  invoiceTotal,
  memoRemaining,
  memoTotal,
  paymentTotal,
} from "./sales.ts";
import { salesForm } from "./sales-form.ts";
import { dayOf } from "./times.ts";

type Cents = (books: Books, index: number) => number;
const TERM_DAYS = 30;

const form =
  (kind: Kind): Cents =>
  (books, index) =>
    salesForm(books, kind, index).total;
const expense =
  (kind: Kind): Cents =>
  (books, index) =>
    expenseTotal(books, kind, index);

const TOTAL: ReadonlyMap<Kind, Cents> = new Map([
  ["Invoice", invoiceTotal],
  ["Payment", paymentTotal],
  ["CreditMemo", memoTotal],
  ["SalesReceipt", form("SalesReceipt")],
  ["RefundReceipt", form("RefundReceipt")],
  ["Estimate", form("Estimate")],
  ["PurchaseOrder", expense("PurchaseOrder")],
  ["Bill", expense("Bill")],
  ["BillPayment", billPaymentTotal],
  ["VendorCredit", vendorCreditTotal],
  ["Purchase", expense("Purchase")],
  ["Deposit", depositTotal],
]);

const BALANCE: ReadonlyMap<Kind, Cents> = new Map([
  ["Invoice", invoiceBalance],
  ["CreditMemo", memoRemaining],
  ["Bill", billBalance],
  ["VendorCredit", vendorCreditBalance],
  ["Customer", (books, index) => owedBy(books, "Customer")[index] ?? 0],
  ["Vendor", (books, index) => owedBy(books, "Vendor")[index] ?? 0],
]);

export const hasTotal = (kind: Kind): boolean => TOTAL.has(kind);
export const hasBalance = (kind: Kind): boolean => BALANCE.has(kind);

/** TotalAmt of a row in cents; zero for kinds that have none. */
export const totalOf = (books: Books, kind: Kind, index: number): number =>
  TOTAL.get(kind)?.(books, index) ?? 0;

/** Balance of a row in cents; zero for kinds that have none. */
export const balanceOf = (books: Books, kind: Kind, index: number): number =>
  BALANCE.get(kind)?.(books, index) ?? 0;

/** DueDate of an invoice or bill, as days since 1970. */
export const dueOf = (books: Books, kind: Kind, index: number): number =>
  dayOf(books, kind, index) + TERM_DAYS;

const COMPUTE: Record<ColumnName, (books: Books, kind: Kind, index: number) => number> = {
  total: totalOf,
  balance: balanceOf,
  date: dayOf,
  due: dueOf,
};

/** One number of every row of a kind, so that filters never make JSON; made when first asked for. */
export function columnOf(books: Books, shelf: Shelf, name: ColumnName): Float64Array {
  const known = shelf.columns.get(name);
  if (known !== undefined) return known;
  const column = new Float64Array(shelf.updated.length);
  for (let index = 0; index < shelf.size; index++) {
    column[index] = COMPUTE[name](books, shelf.kind, index);
  }
  shelf.columns.set(name, column);
  return column;
}

/** Brings the columns of a changed row up to date. */
export function refreshColumns(books: Books, shelf: Shelf, index: number): void {
  for (const [name, column] of shelf.columns) {
    column[index] = COMPUTE[name](books, shelf.kind, index);
  }
}

/** What every customer owes (open invoices) or every vendor is owed (open bills), in cents. */
export function owedBy(books: Books, side: "Customer" | "Vendor"): Float64Array {
  const known = books.owed.get(side);
  if (known !== undefined) return known;
  const kind = side === "Customer" ? "Invoice" : "Bill";
  const shelf = shelfOf(books, kind);
  const balance = columnOf(books, shelf, "balance");
  const sums = new Float64Array(Math.max(1, generatedOf(books, side)));
  for (let index = 0; index < shelf.size; index++) {
    if (shelf.state[index] === DELETED || balance[index] === 0) continue;
    const party = partyOf(books, kind, index);
    sums[party] = (sums[party] ?? 0) + (balance[index] ?? 0);
  }
  books.owed.set(side, sums);
  return sums;
}

/** Position of the customer or vendor of an invoice or bill. */
export const partyOf = (books: Books, kind: "Invoice" | "Bill", index: number): number =>
  kind === "Invoice"
    ? customerOfSale(books, "Invoice", index)
    : vendorOfPayable(books, "Bill", index);

import type { Books } from "./books.ts";
import { patchOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";

/** Kinds that carry a DocNumber, with what it begins with. */
const PREFIX: ReadonlyMap<Kind, string> = new Map([
  ["Invoice", ""],
  ["CreditMemo", "CM-"],
  ["SalesReceipt", "SR-"],
  ["RefundReceipt", "RR-"],
  ["Estimate", "E"],
  ["PurchaseOrder", "PO"],
  ["Bill", "B/"],
  ["BillPayment", ""],
  ["VendorCredit", "VC"],
  ["Purchase", ""],
  ["JournalEntry", "JE"],
  ["InventoryAdjustment", "IA"],
]);
const FIRST_NUMBER = 1001;

export const hasDocNumber = (kind: Kind): boolean => PREFIX.has(kind);

/** DocNumber of a row; empty for kinds that have none. */
export function docNumberOf(kind: Kind, index: number): string {
  const prefix = PREFIX.get(kind);
  return prefix === undefined ? "" : `${prefix}${FIRST_NUMBER + index}`;
}

/** PaymentRefNum of a payment: a cheque's number. */
export const paymentRefOf = (books: Books, index: number): string =>
  patchOf(books, "Payment", index)?.reference ??
  String(10_000 + (hash(books.plan.seed, kindNumber("Payment") + 1200, index) % 90_000));

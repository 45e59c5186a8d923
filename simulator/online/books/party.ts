import type { Books, Link } from "./books.ts";
import { patchOf } from "./books.ts";
import { vendorOfPayable } from "./payables.ts";
import { customerOfSale } from "./sales.ts";

/** Position of the customer or vendor of a payment, or of a row that payments are about. */
export function partyOfRow(books: Books, { kind, index }: Link): number {
  if (kind === "Invoice" || kind === "CreditMemo" || kind === "Payment") {
    return customerOfSale(books, kind, index);
  }
  const chosen = patchOf(books, kind, index)?.customer;
  return chosen ?? vendorOfPayable(books, kind, index);
}

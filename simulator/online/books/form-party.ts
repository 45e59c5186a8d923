import type { Books } from "./books.ts";
import { generatedOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";
import { customerOfSale } from "./sales.ts";

const INVOICES_PER_ESTIMATE = 50;
const ESTIMATE_OFFSET = 3;

/** The invoice that an estimate became: every fiftieth. */
export const invoiceOfEstimate = (index: number): number =>
  index * INVOICES_PER_ESTIMATE + ESTIMATE_OFFSET;

/** The estimate that may have become an invoice; undefined for most. */
export function estimateOfInvoice(index: number): number | undefined {
  const estimate = (index - ESTIMATE_OFFSET) / INVOICES_PER_ESTIMATE;
  return Number.isInteger(estimate) ? estimate : undefined;
}

function anyCustomer(books: Books, kind: Kind, index: number): number {
  const customers = Math.max(1, generatedOf(books, "Customer"));
  return hash(books.plan.seed, kindNumber(kind) + 1100, index) % customers;
}

/** Position of the customer of a sales receipt, refund receipt or estimate. */
export function customerOfForm(books: Books, kind: Kind, index: number): number {
  if (kind !== "Estimate") return anyCustomer(books, kind, index);
  const sold = invoiceOfEstimate(index);
  return sold < generatedOf(books, "Invoice")
    ? customerOfSale(books, "Invoice", sold)
    : anyCustomer(books, kind, index);
}

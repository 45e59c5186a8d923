/** The lists of a company, in the order in which a report names them. */
const LISTS = [
  "Customer",
  "Vendor",
  "Employee",
  "Account",
  "Class",
  "Department",
  "Term",
  "PaymentMethod",
  "TaxCode",
  "TaxRate",
  "Item",
] as const;

const TRANSACTIONS = [
  "Invoice",
  "Payment",
  "CreditMemo",
  "SalesReceipt",
  "RefundReceipt",
  "Estimate",
  "PurchaseOrder",
  "Bill",
  "BillPayment",
  "VendorCredit",
  "Purchase",
  "JournalEntry",
  "Deposit",
  "Transfer",
  "InventoryAdjustment",
  "TimeActivity",
] as const;

/** Every kind of row that a company holds; TaxRate serves queries alone and is not counted. */
export const KINDS = [...LISTS, ...TRANSACTIONS] as const;
export type Kind = (typeof KINDS)[number];

const LIST_SET: ReadonlySet<string> = new Set(LISTS);
const BY_LOWER_NAME = new Map<string, Kind>(KINDS.map((kind) => [kind.toLowerCase(), kind]));
const NUMBER_OF = new Map<Kind, number>(KINDS.map((kind, number) => [kind, number]));

export const isList = (kind: Kind): boolean => LIST_SET.has(kind);

/** The kind of a name in any case; undefined for an unknown one. */
export const kindNamed = (name: string): Kind | undefined => BY_LOWER_NAME.get(name.toLowerCase());

/** A small number that keeps the random choices of two kinds apart. */
export const kindNumber = (kind: Kind): number => NUMBER_OF.get(kind) ?? 0;

/** CDC refuses these (facts 5.1). */
export const NOT_IN_CDC: ReadonlySet<Kind> = new Set(["TimeActivity", "TaxCode", "TaxRate"]);

/**
 * How many of a thousand records are of a kind; `min` where other rows name the first few.
 * Invoices and payments share what is left, about 400 and 300.
 */
const SHARES: ReadonlyMap<Kind, { perMille: number; min?: number; max?: number }> = new Map([
  ["Customer", { perMille: 40 }],
  ["Vendor", { perMille: 10 }],
  ["Employee", { perMille: 2, max: 500 }],
  ["Account", { perMille: 2, min: 8, max: 200 }],
  ["Class", { perMille: 1, max: 200 }],
  ["Department", { perMille: 1, max: 100 }],
  ["Term", { perMille: 1, min: 3, max: 8 }],
  ["PaymentMethod", { perMille: 1, min: 4, max: 8 }],
  ["TaxCode", { perMille: 1, min: 3, max: 20 }],
  ["Item", { perMille: 10 }],
  ["CreditMemo", { perMille: 20 }],
  ["SalesReceipt", { perMille: 18 }],
  ["RefundReceipt", { perMille: 2 }],
  ["Estimate", { perMille: 8 }],
  ["PurchaseOrder", { perMille: 4 }],
  ["Bill", { perMille: 80 }],
  ["BillPayment", { perMille: 60 }],
  ["VendorCredit", { perMille: 4 }],
  ["Purchase", { perMille: 14 }],
  ["JournalEntry", { perMille: 6 }],
  ["Deposit", { perMille: 15 }],
  ["Transfer", { perMille: 2 }],
  ["InventoryAdjustment", { perMille: 2 }],
  ["TimeActivity", { perMille: 3 }],
]);

export const RECORDS_MIN = 100;
export const RECORDS_MAX = 1_000_000;
const HANDFUL = 5;
const RECORDS_PER_HANDFUL_ROW = 100;
const TAX_RATES = 3;
/** Six payments go with eight invoices. */
const PAYMENTS_PER_SALE = 3 / 7;

/** How many rows of each kind a company of so many records has; their sum is exactly that many. */
export function countsOf(records: number, without: ReadonlySet<Kind>): Map<Kind, number> {
  const counts = new Map<Kind, number>(KINDS.map((kind) => [kind, 0]));
  if (records === 0) return counts;
  const least = Math.max(1, Math.min(HANDFUL, Math.floor(records / RECORDS_PER_HANDFUL_ROW)));
  let left = records;
  for (const [kind, { perMille, min = 1, max = records }] of SHARES) {
    if (without.has(kind)) continue;
    const count = Math.min(max, Math.max(least, min, Math.floor((records * perMille) / 1000)));
    counts.set(kind, count);
    left -= count;
  }
  const payments = without.has("Payment") ? 0 : Math.floor(left * PAYMENTS_PER_SALE);
  counts.set("Payment", payments);
  counts.set("Invoice", left - payments);
  counts.set("TaxRate", TAX_RATES);
  return counts;
}

import type { Application, Line, Row, Txn } from "./books.ts";
import type { TxnKind } from "./kinds.ts";

/** Percent times 100 of the only sales tax. */
export const TAX_RATE = 775;

const SALES: readonly TxnKind[] = [
  "Invoice",
  "CreditMemo",
  "SalesReceipt",
  "Estimate",
  "SalesOrder",
];

const isSale = (kind: TxnKind): boolean => SALES.includes(kind);

/** A transaction with nothing in it, and no number yet. */
export const blankTxn = (kind: TxnKind, bits: number, day: number): Txn => ({
  kind,
  id: "",
  serial: 0,
  number: 0,
  created: 0,
  modified: 0,
  bits,
  day,
  dueDay: day,
  refNumber: "",
  party: null,
  account: null,
  toAccount: null,
  class: null,
  terms: null,
  method: null,
  memo: "",
  subtotalCents: 0,
  taxCents: 0,
  totalCents: 0,
  lines: [],
  out: [],
  in: [],
  related: [],
  deposit: null,
  values: {},
});

export const lineOf = (more: Partial<Line>): Line => ({
  serial: 0,
  created: 0,
  item: null,
  account: null,
  party: null,
  text: "",
  quantity: 100,
  rateCents: 0,
  amountCents: 0,
  isTaxable: false,
  isDebit: false,
  source: null,
  ...more,
});

export const priceOf = (item: Row): number => 100 * (1 + (item.bits % 400)) + 25 * (item.bits % 4);

/** A line with an item at its price; `hundredths` of pieces. */
export const itemLine = (item: Row, hundredths: number, rateCents = priceOf(item)): Line =>
  lineOf({
    item,
    text: item.kind === "ItemService" ? "" : item.name,
    quantity: hundredths,
    rateCents,
    amountCents: Math.round((rateCents * hundredths) / 100),
    isTaxable: item.kind === "ItemInventory" || item.kind === "ItemNonInventory",
  });

/** Makes the totals agree with the lines, where lines decide. */
export function sumUp(txn: Txn): void {
  if (txn.kind === "InventoryAdjustment" || txn.kind === "TimeTracking") return;
  if (!isSale(txn.kind) && txn.lines.length === 0) return;
  let subtotal = 0;
  let taxable = 0;
  for (const line of txn.lines) {
    if (txn.kind === "JournalEntry" && !line.isDebit) continue;
    subtotal += line.amountCents;
    if (line.isTaxable) taxable += line.amountCents;
  }
  txn.subtotalCents = subtotal;
  txn.taxCents = isSale(txn.kind) ? Math.round((taxable * TAX_RATE) / 10_000) : 0;
  txn.totalCents = subtotal + txn.taxCents;
}

const given = (txn: Txn): number => txn.out.reduce((sum, { cents }) => sum + cents, 0);

/** What others have put on this one, discounts included. */
export const appliedIn = (txn: Txn): number =>
  txn.in.reduce((sum, { cents, discountCents }) => sum + cents + discountCents, 0);

/** What is still owed on an invoice or bill. */
export const balanceOf = (txn: Txn): number => txn.totalCents - appliedIn(txn);

/** What is left of a payment or credit; a refund takes from a credit memo as well. */
export const remainingOf = (txn: Txn): number => txn.totalCents - given(txn) - appliedIn(txn);

/** Puts an amount on a transaction; two applications of one pair become one. */
export function link(from: Txn, to: Txn, cents: number, discountCents = 0): void {
  const known = from.out.find((application) => application.to === to);
  if (known !== undefined) {
    known.cents += cents;
    known.discountCents += discountCents;
    return;
  }
  const application: Application = { from, to, cents, discountCents };
  from.out.push(application);
  to.in.push(application);
}

export function unlink(application: Application): void {
  const { from, to } = application;
  from.out = from.out.filter((other) => other !== application);
  to.in = to.in.filter((other) => other !== application);
}

export function relate(one: Txn, other: Txn): void {
  one.related.push(other);
  other.related.push(one);
}

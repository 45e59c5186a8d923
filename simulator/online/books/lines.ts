import type { Application, Books, Link } from "./books.ts";
import { DELETED, patchOf, shelfOf } from "./books.ts";
import { partyOf } from "./columns.ts";
import { bump, owe, type Edit } from "./edit.ts";
import type { Kind } from "./kinds.ts";
import {
  CELL_BILL_PAYMENTS,
  billBalance,
  billLinks,
  billPaymentApplications,
  billPaymentTotal,
  cellOfVendorCredit,
  vendorCreditBalance,
} from "./payables.ts";
import {
  CELL_PAYMENTS,
  appliedCash,
  cellOfMemo,
  invoiceBalance,
  invoiceLinks,
  isCredit,
  memoRemaining,
  paymentApplications,
  paymentTotal,
} from "./sales.ts";

export type PayerKind = "Payment" | "BillPayment";

/** A payment, in or out. */
export interface Payer extends Link {
  kind: PayerKind;
}

export const PAYER_KINDS = ["Payment", "BillPayment"] as const;

export const isSame = (one: Link, other: Link): boolean =>
  one.kind === other.kind && one.index === other.index;

const isGone = (books: Books, { kind, index }: Link): boolean =>
  shelfOf(books, kind).state[index] === DELETED;

/** The lines of a payment. */
export const linesOf = (books: Books, { kind, index }: Payer): readonly Application[] =>
  kind === "Payment" ? paymentApplications(books, index) : billPaymentApplications(books, index);

/** The money of a payment, in cents. */
export const moneyOf = (books: Books, { kind, index }: Payer): number =>
  kind === "Payment" ? paymentTotal(books, index) : billPaymentTotal(books, index);

/** What can still be put on, or taken from, the other end of a line; a refund takes any amount. */
export function leftOf(books: Books, { kind, index }: Link): number {
  if (kind === "Invoice") return invoiceBalance(books, index);
  if (kind === "Bill") return billBalance(books, index);
  if (kind === "CreditMemo") return memoRemaining(books, index);
  if (kind === "VendorCredit") return vendorCreditBalance(books, index);
  if (kind === "JournalEntry") return patchOf(books, kind, index)?.balance ?? 0;
  return Infinity;
}

/** The generated payment that may have taken up a generated credit. */
function generatedTaker({ kind, index }: Link): Payer | undefined {
  if (kind === "CreditMemo") {
    return { kind: "Payment", index: cellOfMemo(index) * CELL_PAYMENTS + 5 };
  }
  if (kind !== "VendorCredit") return undefined;
  return { kind: "BillPayment", index: cellOfVendorCredit(index) * CELL_BILL_PAYMENTS + 2 };
}

/** The present payments with a line about a row. */
export function payersOf(books: Books, row: Link): Payer[] {
  const known = row.kind === "Invoice" ? invoiceLinks : row.kind === "Bill" ? billLinks : undefined;
  const candidates: Payer[] = [];
  for (const kind of PAYER_KINDS) {
    const shelf = shelfOf(books, kind);
    for (const [index, { applications }] of shelf.patches) {
      if (applications !== undefined) candidates.push({ kind, index });
    }
    for (const link of known?.(books, row.index) ?? []) {
      if (link.kind === kind) candidates.push({ kind, index: link.index });
    }
    const taker = generatedTaker(row);
    if (taker?.kind === kind && taker.index < shelf.base) candidates.push(taker);
  }
  const seen = new Set<string>();
  return candidates.filter((payer) => {
    const key = `${payer.kind} ${payer.index}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return (
      isNew && !isGone(books, payer) && linesOf(books, payer).some((line) => isSame(line, row))
    );
  });
}

/** Moves the other end of a line by what changed of it (cents): balance, links, times and tokens. */
function adjust(edit: Edit, payer: Payer, row: Link, change: { by: number; isOn: boolean }): void {
  const { books } = edit;
  const { kind, index } = row;
  const { by, isOn } = change;
  if (kind === "Invoice" || kind === "Bill") {
    const links = kind === "Invoice" ? invoiceLinks(books, index) : billLinks(books, index);
    const others = links.filter((link) => !isSame(link, payer));
    const isNew = isOn && others.length === links.length;
    bump(edit, kind, index, {
      balance: leftOf(books, row) - by,
      links: isNew ? [{ kind: payer.kind, index: payer.index }, ...links] : isOn ? links : others,
    });
    owe(edit, kind === "Invoice" ? "Customer" : "Vendor", partyOf(books, kind, index), -by);
  } else if (isCredit(row)) {
    bump(edit, kind, index, { balance: leftOf(books, row) - by });
  } else {
    bump(edit, kind, index);
  }
}

/** Moves everything that the lines of a payment are about from what they were to what they are. */
export function settle(
  edit: Edit,
  payer: Payer,
  before: readonly Application[],
  after: readonly Application[],
): void {
  const rows = [...after, ...before.filter((one) => !after.some((other) => isSame(one, other)))];
  const on = (lines: readonly Application[], row: Link): number =>
    lines.reduce((sum, line) => (isSame(line, row) ? sum + line.cents : sum), 0);
  for (const row of rows) {
    const now = on(after, row);
    const by = now - on(before, row);
    if (by !== 0 && !isGone(edit.books, row)) adjust(edit, payer, row, { by, isOn: now > 0 });
  }
}

const sumOf = (lines: readonly Application[]): number =>
  lines.reduce((sum, { cents }) => sum + cents, 0);

/** Takes an amount off lines, the last ones first. */
function shrunk(
  lines: readonly Application[],
  isMeant: (line: Link) => boolean,
  cents: number,
): Application[] {
  let left = cents;
  const kept: Application[] = [];
  for (const line of lines.toReversed()) {
    const less = isMeant(line) ? Math.min(left, line.cents) : 0;
    left -= less;
    if (line.cents > less) kept.unshift({ ...line, cents: line.cents - less });
  }
  return kept;
}

/**
 * Lines that a payment of so much money can have: credits never give more than is owed on the other
 * lines, and these never get more than credits and money.
 */
export function fitted(lines: readonly Application[], money: number): Application[] {
  const owed = sumOf(lines.filter((line) => !isCredit(line)));
  const given = sumOf(lines.filter(isCredit));
  const fewer = shrunk(lines, isCredit, Math.max(0, given - owed));
  const over = appliedCash(fewer) - money;
  return over <= 0 ? fewer : shrunk(fewer, (line) => !isCredit(line), over);
}

/** Whether a payment of a kind may have lines about rows of a kind. */
export const isLineOf = (payer: PayerKind, kind: Kind): boolean =>
  kind === "JournalEntry" ||
  (payer === "Payment"
    ? kind === "Invoice" || kind === "CreditMemo"
    : kind === "Bill" || kind === "VendorCredit");

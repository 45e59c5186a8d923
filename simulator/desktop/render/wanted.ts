import type { Application, Books, Line, Txn } from "../file/books.ts";
import { txnId } from "../file/books.ts";
import { amount } from "../file/money.ts";
import { dayText } from "../file/times.ts";
import { leaf, textLeaf, type Ink } from "./ink.ts";

/** What a query asks for beyond the head of a transaction. */
export interface Wanted {
  lines: boolean;
  links: boolean;
}

/** Everything that a kind needs to write one of its transactions. */
export interface Page {
  ink: Ink;
  books: Books;
  txn: Txn;
  wanted: Wanted;
  /** TxnDate, which the kinds have in different places. */
  date: string;
}

export type Render = (page: Page) => string;

export const lineId = (line: Line): string => leaf("TxnLineID", txnId(line.serial, line.created));

/** An element that a person may have typed; nothing without one. */
export const typed = ({ ink, txn }: Page, name: string): string =>
  textLeaf(ink, name, txn.values[name] ?? "");

const named = (ink: Ink, other: Txn): string =>
  `<TxnID>${other.id}</TxnID>\n<TxnType>${other.kind}</TxnType>\n<TxnDate>${dayText(other.day)}</TxnDate>\n` +
  textLeaf(ink, "RefNumber", other.refNumber);

const linked = (ink: Ink, other: Txn, type: string, cents: number): string =>
  `<LinkedTxn>\n${named(ink, other)}<LinkType>${type}</LinkType>\n<Amount>${amount(cents)}</Amount>\n</LinkedTxn>\n`;

/** LinkedTxn: what was put on this one (negative), what it was put on, and links by quantity. */
export function links({ ink, txn, wanted }: Page): string {
  if (!wanted.links) return "";
  let text = "";
  for (const { from, cents, discountCents } of txn.in) {
    text += linked(ink, from, "AMTTYPE", -cents - discountCents);
  }
  for (const { to, cents } of txn.out) text += linked(ink, to, "AMTTYPE", cents);
  for (const other of txn.related) text += linked(ink, other, "QUANTYPE", other.totalCents);
  return text;
}

/** The inside of AppliedToTxnRet and of RefundAppliedToTxnRet up to the amounts. */
export const appliedTo = (ink: Ink, { to }: Application): string => named(ink, to);

import { txnOf, type Application, type Row, type Txn } from "./books.ts";
import { reference } from "./drafts.ts";
import type { TxnKind } from "./kinds.ts";
import { apply, createTxn, touch, touchApplied, type Pen } from "./edit.ts";
import { balanceOf, link, remainingOf, unlink } from "./form.ts";
import { accountsOf } from "./make.ts";
import { BooksRefused } from "./refused.ts";

export type PaymentKind = "ReceivePayment" | "BillPaymentCheck" | "BillPaymentCreditCard";

/** What a payment puts on one invoice or bill: money, a discount, and credits that it sets (facts 3.7). */
export interface PaidLine {
  id: string;
  cents: number;
  discountCents?: number;
  credits?: { kind: "CreditMemo" | "VendorCredit" | "JournalEntry"; id: string; cents: number }[];
}

export interface PaymentDraft {
  party?: string;
  date?: string;
  refNumber?: string;
  /** The money; the sum of the lines when it is left out. */
  totalCents?: number;
  lines: PaidLine[];
}

interface PaidDocument {
  to: Txn;
  cents: number;
  discountCents: number;
  credits: { from: Txn; cents: number }[];
}

const tooMuch = (): BooksRefused =>
  new BooksRefused(3210, "You cannot pay more than the amount due.");

const notThere = (id: string): BooksRefused =>
  new BooksRefused(3120, `Object "${id}" specified in the request cannot be found.`);

const isBelow = (row: Row | null, above: Row | null): boolean =>
  row !== null && (row === above || isBelow(row.parent, above));

/** The lines of an order; `before` are the payment's own amounts, which it may put elsewhere. Throws BooksRefused. */
function linesFrom(
  { books }: Pen,
  kind: TxnKind,
  lines: readonly PaidLine[],
  before: readonly Application[],
): PaidDocument[] {
  const target = kind === "ReceivePayment" ? "Invoice" : "Bill";
  const used = new Map<Txn, number>();
  const found = lines.map(({ id, cents, discountCents = 0, credits = [] }): PaidDocument => {
    const to = txnOf(books, target, id);
    if (to === undefined) throw notThere(id);
    const givers = credits.map((credit) => {
      const from = txnOf(books, credit.kind, credit.id);
      if (from === undefined || from.party !== to.party) throw notThere(credit.id);
      const isOther = from.kind === "JournalEntry" && from.account !== to.account;
      if (isOther) throw notThere(credit.id);
      used.set(from, (used.get(from) ?? 0) + credit.cents);
      return { from, cents: credit.cents };
    });
    const own = before.find((application) => application.to === to);
    const due = balanceOf(to) + (own === undefined ? 0 : own.cents + own.discountCents);
    const sum = givers.reduce((all, one) => all + one.cents, cents + discountCents);
    const isWrong = sum <= 0 || sum > due || (discountCents > 0 && cents === 0);
    if (isWrong) throw tooMuch();
    return { to, cents, discountCents, credits: givers };
  });
  for (const [from, cents] of used) if (cents > remainingOf(from)) throw tooMuch();
  if (new Set(found.map(({ to }) => to)).size < found.length) throw tooMuch();
  return found;
}

const moneyOn = (lines: readonly PaidDocument[]): number =>
  lines.reduce((sum, { cents }) => sum + cents, 0);

function setCredits(pen: Pen, lines: readonly PaidDocument[]): void {
  for (const { to, credits } of lines) {
    for (const { from, cents } of credits) apply(pen, from, to, cents);
  }
}

/** Puts what a payment pays on the documents, and moves those that have changed. */
function putOn(pen: Pen, payment: Txn, lines: readonly PaidDocument[]): void {
  const before = [...payment.out];
  for (const application of before) unlink(application);
  for (const { to, cents, discountCents } of lines) {
    if (cents > 0) link(payment, to, cents, discountCents);
  }
  const sameAs = (one: Application): boolean =>
    before.some(
      ({ to, cents, discountCents }) =>
        to === one.to && cents === one.cents && discountCents === one.discountCents,
    );
  const gone = before.filter(({ to }) => !payment.out.some((one) => one.to === to));
  const moved = [...gone, ...payment.out.filter((one) => !sameAs(one))];
  for (const { to } of moved) touchApplied(pen, to);
  touch(pen, payment);
}

/**
 * Makes a payment over several documents. Without money nothing but the credits is set, and there is
 * no record of a payment (facts 3.7). Answers the payment, or the first credit. Throws BooksRefused.
 */
export function pay(pen: Pen, kind: PaymentKind, draft: PaymentDraft): Txn {
  const { lines: orders, ...head } = draft;
  const lines = linesFrom(pen, kind, orders, []);
  const money = moneyOn(lines);
  const totalCents = draft.totalCents ?? money;
  if (totalCents < money) throw tooMuch();
  const [first] = lines;
  if (totalCents === 0) {
    const credit = first?.credits[0]?.from;
    if (credit === undefined) throw new BooksRefused(3150, "There is nothing to pay.");
    setCredits(pen, lines);
    return credit;
  }
  const party = draft.party ?? first?.to.party?.id;
  const who = reference(pen.books, kind === "ReceivePayment" ? "Customer" : "Vendor", party ?? "");
  if (!lines.every(({ to }) => isBelow(to.party, who))) throw notThere(who.id);
  refuseRest(kind, totalCents - money);
  const payment = createTxn(pen, kind, { ...head, party: who.id, totalCents });
  putOn(pen, payment, lines);
  setCredits(pen, lines);
  return payment;
}

/** A bill payment is as much as the bills that it pays. */
function refuseRest(kind: TxnKind, cents: number): void {
  if (kind !== "ReceivePayment" && cents > 0) {
    throw new BooksRefused(3210, "A bill payment must be applied in full.");
  }
}

/** Gives a payment other lines, and other money where that is said. Throws BooksRefused. */
export function changePayment(
  pen: Pen,
  payment: Txn,
  { totalCents, lines: orders }: { totalCents?: number; lines: PaidLine[] },
): void {
  const lines = linesFrom(pen, payment.kind, orders, payment.out);
  const money = moneyOn(lines);
  const total = totalCents ?? (payment.kind === "ReceivePayment" ? payment.totalCents : money);
  if (payment.totalCents === 0) throw new BooksRefused(3170, "A void payment cannot be modified.");
  if (payment.deposit !== null && total !== payment.totalCents) {
    throw new BooksRefused(3170, "The amount of a deposited payment cannot be modified.");
  }
  if (total < money || total === 0) throw tooMuch();
  if (!lines.every(({ to }) => isBelow(to.party, payment.party))) throw notThere(payment.id);
  refuseRest(payment.kind, total - money);
  payment.totalCents = total;
  putOn(pen, payment, lines);
  setCredits(pen, lines);
}

/** Moves what a payment pays from one document to another; what does not fit there is unused. Throws BooksRefused. */
export function moveLine(pen: Pen, payment: Txn, ids: [string, string]): void {
  const [fromId, toId] = ids;
  const moved = payment.out.find(({ to }) => to.id === fromId);
  const target = txnOf(pen.books, payment.kind === "ReceivePayment" ? "Invoice" : "Bill", toId);
  if (moved === undefined || target === undefined) throw notThere(moved ? toId : fromId);
  const cents = Math.min(moved.cents, balanceOf(target));
  if (cents <= 0 || target === moved.to) throw tooMuch();
  const lines = payment.out
    .filter((one) => one !== moved && one.to !== target)
    .map(({ to, cents: kept, discountCents }) => ({ id: to.id, cents: kept, discountCents }));
  const there = payment.out.find(({ to }) => to === target);
  const discountCents = there?.discountCents ?? 0;
  lines.push({ id: toId, cents: cents + (there?.cents ?? 0), discountCents });
  changePayment(pen, payment, { lines });
}

/** Pays a credit memo out to a card: all that is left, or so much. Throws BooksRefused. */
export function refund(pen: Pen, memo: Txn, cents = remainingOf(memo)): Txn {
  if (cents <= 0 || cents > remainingOf(memo)) throw tooMuch();
  const made = createTxn(pen, "ARRefundCreditCard", {
    totalCents: cents,
    ...(memo.party === null ? {} : { party: memo.party.id }),
  });
  apply(pen, made, memo, cents);
  return made;
}

/** A journal entry with a line that gives credit to a customer, or takes from what a vendor is owed. */
export function journalCredit(
  pen: Pen,
  party: { kind: "Customer" | "Vendor"; id: string },
  cents: number,
): Txn {
  const { receivable, payable, expenses } = accountsOf(pen.books);
  const isDebit = party.kind === "Vendor";
  const own = { account: (isDebit ? payable : receivable).id, amountCents: cents, isDebit, party };
  const other = { account: expenses.id, amountCents: cents, isDebit: !isDebit };
  return createTxn(pen, "JournalEntry", { lines: isDebit ? [own, other] : [other, own] });
}

import type { Books, Row, Txn } from "./books.ts";
import { balanceOf, blankTxn, itemLine, link, relate, remainingOf, sumUp } from "./form.ts";
import type { Kind, TxnKind } from "./kinds.ts";
import { memoText } from "./names.ts";
import type { Random } from "./random.ts";

const LINES_MAX = 4;
const LATER_DAYS = 45;

/** What all makers need. Days are days since 1970. */
export interface Making {
  books: Books;
  plan: Record<Kind, number>;
  random: Random;
  firstDay: number;
  lastDay: number;
  accounts: Accounts;
  /** What is sold: services and goods. */
  goods: readonly Row[];
}

/** The accounts that transactions post to. */
export interface Accounts {
  checking: Row;
  receivable: Row;
  undeposited: Row;
  payable: Row;
  card: Row;
  expenses: Row;
  savings: Row;
}

/** A day after another one, but not after the last. */
export const laterDay = ({ random, lastDay }: Making, day: number): number =>
  Math.min(lastDay, day + random.below(LATER_DAYS));

/** The day of the index-th of `count` transactions, spread evenly with a little unrest. */
export function dayAt({ random, firstDay, lastDay }: Making, index: number, count: number): number {
  const span = lastDay - firstDay;
  return Math.min(lastDay, firstDay + Math.floor((index * span) / count) + random.below(3));
}

export const put = ({ books }: Making, txn: Txn): Txn => {
  books.txns[txn.kind].push(txn);
  return txn;
};

export const takeRef = (books: Books): string => String(books.nextRefNumber++);

function sale(making: Making, kind: TxnKind, customer: Row, day: number): Txn {
  const { books, random, accounts } = making;
  const txn = blankTxn(kind, random.bits(), day);
  txn.party = customer;
  txn.account = accounts.receivable;
  txn.class = random.oneIn(3) ? random.of(books.rows.Class) : null;
  txn.terms = random.of(books.rows.StandardTerms);
  txn.dueDay = day + 30;
  txn.refNumber = takeRef(books);
  txn.memo = memoText(txn.bits);
  const count = 1 + random.below(LINES_MAX);
  for (let index = 0; index < count; index++) {
    const hundredths = random.oneIn(5) ? 50 * (1 + random.below(9)) : 100 * (1 + random.below(12));
    txn.lines.push(itemLine(random.of(making.goods), hundredths));
  }
  sumUp(txn);
  return txn;
}

/** Invoices, and the payments that settle most of them, in part, at once or with a neighbour. */
function invoicesAndPayments(making: Making): void {
  const { books, plan, random, accounts } = making;
  const invoices = books.txns.Invoice;
  for (let index = 0; index < plan.Invoice; index++) {
    const customer = random.of(books.rows.Customer);
    put(making, sale(making, "Invoice", customer, dayAt(making, index, plan.Invoice)));
  }
  const open = new Map<Row, Txn>();
  let next = 0;
  for (let index = 0; index < plan.ReceivePayment; index++) {
    const until = Math.max(
      next + 1,
      Math.floor(((index + 1) * invoices.length) / plan.ReceivePayment),
    );
    const invoice = invoices[Math.min(next, invoices.length - 1)];
    if (invoice === undefined || invoice.party === null) continue;
    const payment = blankTxn("ReceivePayment", random.bits(), laterDay(making, invoice.day));
    Object.assign(payment, {
      party: invoice.party,
      account: accounts.receivable,
      toAccount: random.oneIn(4) ? accounts.checking : accounts.undeposited,
      method: random.of(books.rows.PaymentMethod),
      refNumber: random.oneIn(4) ? "" : String(2000 + random.below(90_000)),
      memo: random.oneIn(6) ? memoText(payment.bits) : "",
    });
    const owed = balanceOf(invoice);
    const part = random.oneIn(5) ? Math.ceil((owed * (20 + random.below(60))) / 100) : owed;
    link(payment, invoice, part);
    const neighbour = open.get(invoice.party);
    if (neighbour !== undefined && random.oneIn(2) && neighbour.day <= payment.day) {
      link(payment, neighbour, balanceOf(neighbour));
      open.delete(invoice.party);
    }
    const over = random.oneIn(20) ? 100 * (1 + random.below(90)) : 0;
    payment.totalCents = payment.out.reduce((cents, { cents: more }) => cents + more, over);
    put(making, payment);
    if (part < owed) open.set(invoice.party, invoice);
    next = until;
  }
}

/** Credit memos: half are put on an open invoice of the customer, some are paid out again. */
function credits(making: Making): void {
  const { books, plan, random, accounts } = making;
  for (let index = 0; index < plan.CreditMemo; index++) {
    const invoice = random.of(books.txns.Invoice);
    if (invoice.party === null) continue;
    const memo = sale(making, "CreditMemo", invoice.party, laterDay(making, invoice.day));
    put(making, memo);
    const cents = Math.min(balanceOf(invoice), memo.totalCents);
    if (index % 2 === 1 && cents > 0) link(memo, invoice, cents);
  }
  for (let index = 0; index < plan.ARRefundCreditCard; index++) {
    const memo = books.txns.CreditMemo[index * 2];
    const day = laterDay(making, memo?.day ?? making.firstDay);
    const refund = blankTxn("ARRefundCreditCard", random.bits(), day);
    refund.party = memo?.party ?? random.of(books.rows.Customer);
    refund.account = accounts.receivable;
    refund.toAccount = accounts.card;
    refund.method = books.rows.PaymentMethod[2] ?? random.of(books.rows.PaymentMethod);
    refund.refNumber = takeRef(books);
    refund.totalCents = memo === undefined ? 5000 : remainingOf(memo);
    if (memo !== undefined && refund.totalCents > 0) link(refund, memo, refund.totalCents);
    put(making, refund);
  }
}

/** Estimates and sales orders; every other one has become an invoice. */
function offers(making: Making, kind: "Estimate" | "SalesOrder"): void {
  const { books, plan, random } = making;
  for (let index = 0; index < plan[kind]; index++) {
    const invoice = random.of(books.txns.Invoice);
    if (invoice.party === null) continue;
    const day = Math.max(making.firstDay, invoice.day - random.below(LATER_DAYS));
    const offer = put(making, sale(making, kind, invoice.party, day));
    if (index % 2 === 0 && invoice.related.length === 0) relate(offer, invoice);
  }
}

/** Everything that is sold, and the money for it. */
export function makeSales(making: Making): void {
  const { books, plan, random, accounts } = making;
  invoicesAndPayments(making);
  credits(making);
  offers(making, "Estimate");
  offers(making, "SalesOrder");
  for (let index = 0; index < plan.SalesReceipt; index++) {
    const day = dayAt(making, index, plan.SalesReceipt);
    const receipt = sale(making, "SalesReceipt", random.of(books.rows.Customer), day);
    receipt.method = random.of(books.rows.PaymentMethod);
    receipt.toAccount = random.oneIn(2) ? accounts.checking : accounts.undeposited;
    put(making, receipt);
  }
}

import type { Application, Books, Link, Patch } from "./books.ts";
import { patchOf } from "./books.ts";
import { codeOf } from "./coins.ts";
import { depositOf } from "./deposits.ts";
import { addRow, bump, patch, type Edit } from "./edit.ts";
import type { Kind } from "./kinds.ts";
import { isList } from "./kinds.ts";
import {
  fitted,
  isLineOf,
  isSame,
  leftOf,
  linesOf,
  moneyOf,
  settle,
  type Payer,
  type PayerKind,
} from "./lines.ts";
import { ChangeRefused, rowWithId } from "./named.ts";
import type { LineOrder, OrderOf, PaymentChange } from "./payment-orders.ts";
import { partyOfRow } from "./party.ts";
import { appliedCash } from "./sales.ts";
import { DAY_SECONDS } from "./time.ts";
import { refuseDeposited, voidTransaction } from "./unlink.ts";

/** The rows that a change was about. */
export interface Touched {
  entity: Kind;
  rows: number[];
}

export const dayOfDate = (date: string): number => Date.parse(date) / (DAY_SECONDS * 1000);

const dated = (date: string | undefined): Patch =>
  date === undefined ? {} : { day: dayOfDate(date) };

/** The lines of an order for a payment of a party. Throws ChangeRefused. */
function linesFrom(
  books: Books,
  payer: PayerKind,
  orders: readonly LineOrder[],
  before: readonly Application[],
): Application[] {
  const lines: Application[] = [];
  for (const { entity, id, cents } of orders) {
    const line = { kind: entity, index: rowWithId(books, entity, id), cents };
    const isOurs = isLineOf(payer, entity) && !lines.some((other) => isSame(other, line));
    const journal = entity === "JournalEntry" ? patchOf(books, entity, line.index) : undefined;
    const isWrongSide = journal?.[payer === "Payment" ? "vendor" : "customer"] !== undefined;
    if (!isOurs || isWrongSide) throw new ChangeRefused(`${entity} ${id} cannot be such a line`);
    const known = before.find((other) => isSame(other, line))?.cents ?? 0;
    const open = leftOf(books, line) + known;
    if (cents > open) throw new ChangeRefused(`${entity} ${id} has only ${open} cents open`);
    lines.push(line);
  }
  const parties = new Set(lines.map((line) => partyOfRow(books, line)));
  if (parties.size > 1) throw new ChangeRefused("the lines are of several customers or vendors");
  if (appliedCash(lines) < 0) throw new ChangeRefused("the credits are more than what is owed");
  return lines;
}

const of = (payer: PayerKind, party: number): Patch =>
  payer === "Payment" ? { customer: party } : { vendor: party };

function addPayment(edit: Edit, payer: PayerKind, change: Patch): number {
  const index = addRow(edit, payer, change);
  settle(edit, { kind: payer, index }, [], change.applications ?? []);
  return index;
}

function makePayment(edit: Edit, order: OrderOf<"make-payment">): Touched {
  const { books } = edit;
  const { entity, unapplied, date, reference } = order;
  const applications = linesFrom(books, entity, order.lines, []);
  refuseUnapplied(entity, unapplied);
  if (applications.length + unapplied === 0) throw new ChangeRefused("a payment of nothing");
  const side = entity === "Payment" ? "Customer" : "Vendor";
  const [first] = applications;
  const party =
    first === undefined ? rowWithId(books, side, order.party ?? "") : partyOfRow(books, first);
  const index = addPayment(edit, entity, {
    ...of(entity, party),
    ...dated(date),
    ...(reference === undefined ? {} : { reference }),
    applications,
    total: appliedCash(applications) + unapplied,
  });
  return { entity, rows: [index] };
}

function refuseUnapplied(payer: PayerKind, unapplied: number): void {
  if (payer === "BillPayment" && unapplied > 0) {
    throw new ChangeRefused("a bill payment has no unapplied amount (facts 8)");
  }
}

/** A payment that can be edited. Throws ChangeRefused for a void or deposited one. */
function payerNamed(books: Books, kind: PayerKind, id: string): Payer {
  const index = rowWithId(books, kind, id);
  refuseDeposited(books, kind, index);
  if (patchOf(books, kind, index)?.isVoid === true) throw new ChangeRefused(`${id} is void`);
  return { kind, index };
}

function relined(edit: Edit, payer: Payer, applications: readonly Application[], more: Patch) {
  const before = linesOf(edit.books, payer);
  bump(edit, payer.kind, payer.index, { ...more, applications });
  settle(edit, payer, before, applications);
  return { entity: payer.kind, rows: [payer.index] };
}

function changePayment(edit: Edit, order: OrderOf<"change-payment">): Touched {
  const { books } = edit;
  const payer = payerNamed(books, order.entity, order.id);
  const before = linesOf(books, payer);
  const unapplied = order.unapplied ?? moneyOf(books, payer) - appliedCash(before);
  refuseUnapplied(payer.kind, unapplied);
  const lines =
    order.lines === undefined ? before : linesFrom(books, payer.kind, order.lines, before);
  const party = partyOfRow(books, payer);
  if (lines.some((line) => partyOfRow(books, line) !== party)) {
    throw new ChangeRefused("a line is of another customer or vendor than the payment");
  }
  const total = appliedCash(lines) + unapplied;
  if (total === 0 && lines.length === 0) throw new ChangeRefused("nothing would be left of it");
  return relined(edit, payer, lines, { ...dated(order.date), total });
}

function moveLine(edit: Edit, order: OrderOf<"move-line">): Touched {
  const { books } = edit;
  const payer = payerNamed(books, order.entity, order.id);
  const kind = payer.kind === "Payment" ? "Invoice" : "Bill";
  const [from, to] = [order.from, order.to].map((id): Link => ({
    kind,
    index: rowWithId(books, kind, id),
  }));
  const before = linesOf(books, payer);
  const line = from === undefined ? undefined : before.find((one) => isSame(one, from));
  if (line === undefined || to === undefined || isSame(line, to)) {
    throw new ChangeRefused(`${order.id} pays nothing of ${order.from} that could go elsewhere`);
  }
  if (partyOfRow(books, to) !== partyOfRow(books, line)) {
    throw new ChangeRefused("the two are of different customers or vendors");
  }
  const cents = Math.min(line.cents, leftOf(books, to));
  if (cents <= 0) throw new ChangeRefused(`nothing is open on ${order.to}`);
  const there = before.find((one) => isSame(one, to));
  const moved = { ...to, cents: cents + (there?.cents ?? 0) };
  const kept = before.flatMap((one) =>
    one === line ? [moved] : isSame(one, to) ? [] : [{ ...one }],
  );
  const money = moneyOf(books, payer);
  const lines = fitted(kept, money);
  return relined(edit, payer, lines, {
    total: payer.kind === "Payment" ? money : appliedCash(lines),
  });
}

function backDate(edit: Edit, { entity, id, date }: OrderOf<"back-date">): Touched {
  if (isList(entity)) throw new ChangeRefused(`a ${entity} has no date`);
  const index = rowWithId(edit.books, entity, id);
  refuseDeposited(edit.books, entity, index);
  bump(edit, entity, index, dated(date));
  return { entity, rows: [index] };
}

function deposit(edit: Edit, { payments, date }: OrderOf<"deposit">): Touched {
  const { books } = edit;
  const held = [...new Set(payments)].map((id) => rowWithId(books, "Payment", id));
  for (const [n, index] of held.entries()) {
    const isWaiting =
      moneyOf(books, { kind: "Payment", index }) > 0 && depositOf(books, index) === undefined;
    if (!isWaiting) throw new ChangeRefused(`payment ${payments[n]} cannot be deposited`);
  }
  const codes = new Set(held.map((index) => codeOf(books, "Payment", index)));
  if (codes.size > 1) throw new ChangeRefused("the payments are in several currencies");
  const index = addRow(edit, "Deposit", { ...dated(date), held, total: 0 });
  // The payments' times do not move (facts 10.1).
  for (const payment of held) patch(edit, "Payment", payment, { deposit: index });
  return { entity: "Deposit", rows: [index] };
}

/** A cheque to a customer, or money back from a vendor, and a payment of nothing that joins the credit to it. */
function refund(edit: Edit, order: OrderOf<"refund">): Touched {
  const { books } = edit;
  const credit: Link = { kind: order.entity, index: rowWithId(books, order.entity, order.id) };
  const left = leftOf(books, credit);
  const cents = order.cents ?? left;
  if (cents > left || left === 0) {
    throw new ChangeRefused(`${order.entity} ${order.id} has only ${left} cents left`);
  }
  const payer = order.entity === "CreditMemo" ? "Payment" : "BillPayment";
  const party = of(payer, partyOfRow(books, credit));
  const money: Link =
    payer === "Payment"
      ? { kind: "Purchase", index: addRow(edit, "Purchase", { ...party, total: cents }) }
      : { kind: "Deposit", index: addRow(edit, "Deposit", { ...party, total: cents, held: [] }) };
  const applications = [
    { ...money, cents },
    { ...credit, cents },
  ];
  return { entity: payer, rows: [addPayment(edit, payer, { ...party, applications, total: 0 })] };
}

function journalCredit(edit: Edit, order: OrderOf<"journal-credit">): Touched {
  const party = rowWithId(edit.books, order.side, order.party);
  const index = addRow(edit, "JournalEntry", {
    ...of(order.side === "Customer" ? "Payment" : "BillPayment", party),
    ...dated(order.date),
    total: order.cents,
    balance: order.cents,
  });
  return { entity: "JournalEntry", rows: [index] };
}

function voided(edit: Edit, { entity, id }: OrderOf<"void">): Touched {
  const index = rowWithId(edit.books, entity, id);
  if (patchOf(edit.books, entity, index)?.isVoid === true) {
    throw new ChangeRefused(`${id} is void already`);
  }
  voidTransaction(edit, entity, index);
  return { entity, rows: [index] };
}

/** Makes a change to payments and credits. Throws ChangeRefused. */
export function changePayments(edit: Edit, change: PaymentChange): Touched {
  switch (change.op) {
    case "make-payment":
      return makePayment(edit, change);
    case "change-payment":
      return changePayment(edit, change);
    case "move-line":
      return moveLine(edit, change);
    case "back-date":
      return backDate(edit, change);
    case "deposit":
      return deposit(edit, change);
    case "refund":
      return refund(edit, change);
    case "journal-credit":
      return journalCredit(edit, change);
    case "void":
      break;
  }
  return voided(edit, change);
}

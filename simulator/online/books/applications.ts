import type { Application, Books, Link } from "./books.ts";
import { DELETED, idOf, patchOf, shelfOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import {
  billBalance,
  billPaymentApplications,
  billPaymentTotal,
  expenseTotal,
  vendorCreditBalance,
  vendorCreditTotal,
  vendorOfPayable,
} from "./payables.ts";
import {
  appliedCash,
  customerOfSale,
  invoiceBalance,
  invoiceTotal,
  isCredit,
  memoRemaining,
  memoTotal,
  paymentApplications,
  paymentTotal,
  paymentUnapplied,
} from "./sales.ts";

/** An amount of a payment or credit that sits on a document. */
interface Applied {
  from: Link;
  to: Link;
  cents: number;
}

/** One document with what is open of it: owed, unapplied, or left of a credit. */
export interface DocumentState extends Link {
  total: number;
  balance: number;
  party: { kind: "Customer" | "Vendor"; index: number };
}

/**
 * What a payment puts where: its credits in the order of its lines on what is owed in the order of
 * its lines, and money on what they leave.
 */
function allocated(payment: Link, lines: readonly Application[]): Applied[] {
  const owed = lines.filter((line) => !isCredit(line)).map((line) => ({ ...line }));
  const applied: Applied[] = [];
  for (const credit of lines.filter(isCredit)) {
    let left = credit.cents;
    for (const line of owed) {
      const cents = Math.min(left, line.cents);
      if (cents <= 0) continue;
      left -= cents;
      line.cents -= cents;
      applied.push({ from: credit, to: line, cents });
    }
  }
  for (const line of owed) {
    if (line.cents > 0) applied.push({ from: payment, to: line, cents: line.cents });
  }
  return applied;
}

function* presentRows(books: Books, kind: Kind): Generator<number> {
  const shelf = shelfOf(books, kind);
  for (let index = 0; index < shelf.size; index++) {
    if (shelf.state[index] !== DELETED) yield index;
  }
}

/** Everything that applies now, one for every pair; what several payments join is added up. */
export function applicationsNow(books: Books): Applied[] {
  const pairs = new Map<string, Applied>();
  const add = (one: Applied): void => {
    const { from, to } = one;
    const key = `${from.kind} ${from.index} ${to.kind} ${to.index}`;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, one);
    else known.cents += one.cents;
  };
  for (const [index, { paidOnIt = 0 }] of shelfOf(books, "Invoice").patches) {
    const itself = { kind: "Invoice", index } as const;
    const isThere = shelfOf(books, "Invoice").state[index] !== DELETED;
    if (isThere && paidOnIt > 0) add({ from: itself, to: itself, cents: paidOnIt });
  }
  for (const index of presentRows(books, "Payment")) {
    allocated({ kind: "Payment", index }, paymentApplications(books, index)).forEach(add);
  }
  for (const index of presentRows(books, "BillPayment")) {
    allocated({ kind: "BillPayment", index }, billPaymentApplications(books, index)).forEach(add);
  }
  return [...pairs.values()];
}

type Amounts = Pick<DocumentState, "total" | "balance" | "party">;
type State = (books: Books, index: number) => Amounts | undefined;

const sale =
  (kind: "Invoice" | "Payment" | "CreditMemo", total: Cents, balance: Cents): State =>
  (books, index) => ({
    total: total(books, index),
    balance: balance(books, index),
    party: { kind: "Customer", index: customerOfSale(books, kind, index) },
  });

type Cents = (books: Books, index: number) => number;

const payable =
  (kind: Kind, total: Cents, balance: Cents): State =>
  (books, index) => ({
    total: total(books, index),
    balance: balance(books, index),
    party: { kind: "Vendor", index: vendorOfPayable(books, kind, index) },
  });

const billPaymentUnapplied: Cents = (books, index) =>
  billPaymentTotal(books, index) - appliedCash(billPaymentApplications(books, index));

/** A journal entry counts where it gives credit to a customer, or takes from what a vendor is owed. */
const journalState: State = (books, index) => {
  const patch = patchOf(books, "JournalEntry", index);
  if (patch?.total === undefined) return undefined;
  const { total, balance = 0, customer, vendor } = patch;
  const party =
    vendor === undefined
      ? { kind: "Customer" as const, index: customer ?? 0 }
      : { kind: "Vendor" as const, index: vendor };
  return { total, balance, party };
};

const STATES: readonly (readonly [Kind, State])[] = [
  ["Invoice", sale("Invoice", invoiceTotal, invoiceBalance)],
  ["Payment", sale("Payment", paymentTotal, paymentUnapplied)],
  ["CreditMemo", sale("CreditMemo", memoTotal, memoRemaining)],
  ["Bill", payable("Bill", (books, index) => expenseTotal(books, "Bill", index), billBalance)],
  ["BillPayment", payable("BillPayment", billPaymentTotal, billPaymentUnapplied)],
  ["VendorCredit", payable("VendorCredit", vendorCreditTotal, vendorCreditBalance)],
  ["JournalEntry", journalState],
];

/** Every present document that can owe or give. */
export function* documentsNow(books: Books): Generator<DocumentState> {
  for (const [kind, state] of STATES) {
    for (const index of presentRows(books, kind)) {
      const amounts = state(books, index);
      if (amounts !== undefined) yield { kind, index, ...amounts };
    }
  }
}

/** The id of a link's other end. */
export const idOfLink = (books: Books, { kind, index }: Link): string => idOf(books, kind, index);

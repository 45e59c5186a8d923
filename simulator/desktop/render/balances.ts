import type { Books, Row } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";

/** Cents by record of a list; what is missing is zero. */
export interface Balances {
  version: number;
  own: Map<Row, number>;
  /** With those of all jobs below. */
  total: Map<Row, number>;
}

const known = new WeakMap<Books, Balances>();

/** What customers owe and vendors are owed, as invoices, bills, payments and credits say. */
export function balancesOf(books: Books): Balances {
  const before = known.get(books);
  if (before?.version === books.version) return before;
  const own = new Map<Row, number>();
  const total = new Map<Row, number>();
  const add = (row: Row | null, cents: number): void => {
    if (row === null || cents === 0) return;
    own.set(row, (own.get(row) ?? 0) + cents);
    for (let above: Row | null = row; above !== null; above = above.parent) {
      total.set(above, (total.get(above) ?? 0) + cents);
    }
  };
  const { txns } = books;
  for (const txn of [...txns.Invoice, ...txns.Bill]) {
    const cents = balanceOf(txn);
    add(txn.party, cents);
    add(txn.account, cents);
  }
  const credits = [txns.ReceivePayment, txns.CreditMemo, txns.BillPaymentCheck];
  for (const txn of [...credits, txns.BillPaymentCreditCard, txns.VendorCredit].flat()) {
    const cents = -remainingOf(txn);
    add(txn.party, cents);
    add(txn.account, cents);
  }
  for (const entry of txns.JournalEntry) {
    if (entry.account === null) continue;
    const cents = -remainingOf(entry);
    add(entry.party, cents);
    add(entry.account, cents);
  }
  const balances = { version: books.version, own, total };
  known.set(books, balances);
  return balances;
}

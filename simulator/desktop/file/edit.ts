import {
  fullName,
  isTxn,
  takeListId,
  type Application,
  type Books,
  type Row,
  type Txn,
} from "./books.ts";
import {
  fillAccounts,
  fillHead,
  linesFrom,
  partyKind,
  reference,
  type RowDraft,
  type TxnDraft,
} from "./drafts.ts";
import { balanceOf, blankTxn, link, remainingOf, sumUp, unlink } from "./form.ts";
import { TXN_KINDS, type ListKind, type TxnKind } from "./kinds.ts";
import { number } from "./make.ts";
import { BooksRefused } from "./refused.ts";
import { localDay, type Zone } from "./times.ts";

/** The books, and the moment (seconds since 1970, by the PC's clock) at which they are changed. */
export interface Pen {
  books: Books;
  now: number;
  zone: Zone;
  /** Whether a payment moves the times of what it is put on. */
  touchesApplied: boolean;
}

/** EditSequence is the second of TimeModified: two changes in one second look like one. */
export function touch({ books, now }: Pen, record: Row | Txn): void {
  record.modified = now;
  books.version++;
}

export const touchApplied = (pen: Pen, txn: Txn): void => {
  if (pen.touchesApplied) touch(pen, txn);
  else pen.books.version++;
};

function refuseTakenName(books: Books, row: Row): void {
  const name = fullName(row).toLowerCase();
  const lists: ListKind[] =
    row.kind === "Customer" || row.kind === "Vendor" || row.kind === "Employee"
      ? ["Customer", "Vendor", "Employee"]
      : [row.kind];
  const isTaken = lists.some((kind) =>
    books.rows[kind].some((other) => other !== row && fullName(other).toLowerCase() === name),
  );
  if (isTaken)
    throw new BooksRefused(3100, `The name "${row.name}" of the list element is already in use.`);
}

function fillRow(books: Books, row: Row, draft: RowDraft): void {
  if (draft.name?.includes(":") === true) {
    throw new BooksRefused(3090, "There was an error when storing the Name: it has a colon.");
  }
  const before = { name: row.name, parent: row.parent };
  row.name = draft.name ?? row.name;
  if (draft.parent !== undefined) row.parent = reference(books, row.kind, draft.parent);
  try {
    refuseTakenName(books, row);
  } catch (error) {
    Object.assign(row, before);
    throw error;
  }
  row.isActive = draft.isActive ?? row.isActive;
  Object.assign(row.values, draft.values);
}

/** Adds a record to a list. Throws BooksRefused. */
export function createRow(pen: Pen, kind: ListKind, draft: RowDraft): Row {
  const { books, now } = pen;
  const row: Row = {
    kind,
    id: "",
    name: "",
    parent: null,
    isActive: true,
    created: now,
    modified: now,
    bits: Math.imul(books.version + 1, 0x9e3779b1) >>> 0,
    values: {},
  };
  fillRow(books, row, { name: `${kind} ${books.rows[kind].length + 1}`, ...draft });
  row.id = takeListId(books, kind, now);
  books.rows[kind].push(row);
  books.byId[kind].set(row.id, row);
  touch(pen, row);
  return row;
}

export function editRow(pen: Pen, row: Row, draft: RowDraft): void {
  fillRow(pen.books, row, draft);
  touch(pen, row);
}

/** A journal entry that gives credit to a customer, or takes from what a vendor is owed, is theirs. */
function fillGiver(entry: Txn): void {
  const giving = entry.lines.find(
    ({ party, isDebit }) => party !== null && isDebit === (party.kind === "Vendor"),
  );
  entry.party = giving?.party ?? null;
  entry.account = giving?.account ?? null;
}

/** Adds a transaction. Throws BooksRefused. */
export function createTxn(pen: Pen, kind: TxnKind, draft: TxnDraft): Txn {
  const { books, now, zone } = pen;
  const bits = Math.imul(books.version + 1, 0x85ebca6b) >>> 0;
  const txn = blankTxn(kind, bits, localDay(now, zone));
  const who = partyKind(kind);
  txn.created = now;
  txn.refNumber = kind === "Deposit" || kind === "Transfer" ? "" : String(books.nextRefNumber++);
  txn.party = who === undefined ? null : (books.rows[who][0] ?? null);
  fillAccounts(books, txn);
  fillHead(books, txn, draft);
  txn.lines = linesFrom(books, kind, draft.lines ?? []);
  if (kind === "JournalEntry") fillGiver(txn);
  sumUp(txn);
  number(books, txn);
  for (const { source } of txn.lines) if (source !== null) source.deposit = txn;
  books.txns[kind].push(txn);
  books.byId[kind].set(txn.id, txn);
  touch(pen, txn);
  return txn;
}

/** Changes a transaction; lines that are given replace all lines. Throws BooksRefused. */
export function editTxn(pen: Pen, txn: Txn, draft: TxnDraft): void {
  const { books, now } = pen;
  const lines = draft.lines === undefined ? txn.lines : linesFrom(books, txn.kind, draft.lines);
  const trial: Txn = { ...txn, lines, values: { ...txn.values } };
  fillHead(books, trial, draft);
  if (draft.lines !== undefined) sumUp(trial);
  if (trial.totalCents < txn.totalCents - remainingOf(txn)) {
    throw new BooksRefused(3210, "You cannot have less than the amount that is applied already.");
  }
  if (draft.lines !== undefined) {
    for (const { source } of txn.lines) if (source !== null) source.deposit = null;
    for (const line of lines) {
      line.serial = books.nextTxnSerial++;
      line.created = now;
      if (line.source !== null) line.source.deposit = txn;
    }
  }
  Object.assign(txn, trial);
  touch(pen, txn);
}

const TARGETS: Partial<Record<TxnKind, readonly TxnKind[]>> = {
  ReceivePayment: ["Invoice"],
  CreditMemo: ["Invoice"],
  BillPaymentCheck: ["Bill"],
  BillPaymentCreditCard: ["Bill"],
  VendorCredit: ["Bill"],
  ARRefundCreditCard: ["CreditMemo"],
  JournalEntry: ["Invoice", "Bill"],
};

/** Whether one may be put on the other: by its kind, and a journal entry where both are of one account. */
const fits = (from: Txn, to: Txn): boolean =>
  TARGETS[from.kind]?.includes(to.kind) === true &&
  (from.kind !== "JournalEntry" || (from.account === to.account && from.party === to.party));

/** Puts an amount of a payment or credit on a transaction. Throws BooksRefused. */
export function apply(pen: Pen, from: Txn, to: Txn, cents: number): void {
  if (!fits(from, to)) {
    throw new BooksRefused(3120, `This ${from.kind} cannot be put on this ${to.kind}.`);
  }
  const due = to.kind === "CreditMemo" ? remainingOf(to) : balanceOf(to);
  if (cents <= 0 || cents > due || cents > remainingOf(from)) {
    throw new BooksRefused(3210, "You cannot pay more than the amount due.");
  }
  link(from, to, cents);
  touch(pen, from);
  touchApplied(pen, to);
}

function loosen(pen: Pen, application: Application): void {
  unlink(application);
  touchApplied(pen, application.from);
  touchApplied(pen, application.to);
}

/** Takes a payment or credit off a transaction again. Throws BooksRefused. */
export function unapply(pen: Pen, from: Txn, to: Txn): void {
  const application = from.out.find((one) => one.to === to);
  if (application === undefined) throw new BooksRefused(3120, "Nothing of it is on this one.");
  loosen(pen, application);
  touch(pen, from);
}

function cutTies(pen: Pen, txn: Txn): void {
  for (const application of [...txn.out, ...txn.in]) loosen(pen, application);
  for (const other of txn.related) {
    other.related = other.related.filter((one) => one !== txn);
  }
  txn.related = [];
  if (txn.deposit !== null) {
    const { deposit } = txn;
    deposit.lines = deposit.lines.filter(({ source }) => source !== txn);
    if (deposit.lines.length === 0) deposit.totalCents = 0;
    sumUp(deposit);
    touch(pen, deposit);
    txn.deposit = null;
  }
  for (const { source } of txn.lines) if (source !== null) source.deposit = null;
}

/** Zeroes a transaction, which stays in the file. */
export function voidTxn(pen: Pen, txn: Txn): void {
  cutTies(pen, txn);
  for (const line of txn.lines) Object.assign(line, { amountCents: 0, rateCents: 0, quantity: 0 });
  txn.totalCents = 0;
  sumUp(txn);
  txn.memo = `VOID: ${txn.memo}`;
  touch(pen, txn);
}

function isUsed(books: Books, row: Row): boolean {
  if (books.rows[row.kind].some(({ parent }) => parent === row)) return true;
  return TXN_KINDS.some((kind) =>
    books.txns[kind].some(
      ({ party, account, toAccount, class: of, terms, method, lines }) =>
        [party, account, toAccount, of, terms, method].includes(row) ||
        lines.some((line) => line.item === row || line.account === row || line.party === row),
    ),
  );
}

/** Deletes a record; only a tombstone stays. Throws BooksRefused 3160 for a list record in use. */
export function remove(pen: Pen, record: Row | Txn): void {
  const { books, now } = pen;
  const { kind, id, created } = record;
  if (isTxn(record)) {
    cutTies(pen, record);
    books.txns[record.kind] = books.txns[record.kind].filter((other) => other !== record);
  } else {
    if (isUsed(books, record)) {
      throw new BooksRefused(
        3160,
        `Cannot delete the object specified by the id = "${id}": it is in use.`,
      );
    }
    books.rows[record.kind] = books.rows[record.kind].filter((other) => other !== record);
  }
  books.byId[kind].delete(id);
  const name = isTxn(record) ? record.refNumber : fullName(record);
  books.tombstones.push({ kind, id, created, deleted: now, name });
  books.version++;
}

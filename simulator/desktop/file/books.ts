import { LIST_KINDS, TXN_KINDS, type Kind, type ListKind, type TxnKind } from "./kinds.ts";

/** A record of a list. Times are seconds since 1970 by the clock of the PC. */
export interface Row {
  kind: ListKind;
  id: string;
  name: string;
  parent: Row | null;
  isActive: boolean;
  created: number;
  modified: number;
  /** Decides everything that is not said elsewhere. */
  bits: number;
  /** What was typed over the made-up values, by element name. */
  values: Record<string, string>;
}

export interface Line {
  /** With `created` its TxnLineID. */
  serial: number;
  created: number;
  item: Row | null;
  account: Row | null;
  /** Of expense, item and time lines: for whom; of journal lines: who. */
  party: Row | null;
  text: string;
  /** Hundredths; minutes of a time record. */
  quantity: number;
  rateCents: number;
  amountCents: number;
  isTaxable: boolean;
  isDebit: boolean;
  /** The payment or sales receipt that a deposit line takes to the bank. */
  source: Txn | null;
}

/** An amount of a payment or credit put on a transaction. Both ends hold the same object. */
export interface Application {
  from: Txn;
  to: Txn;
  cents: number;
  /** Granted with a payment: it lowers what is owed, and takes nothing from the money. */
  discountCents: number;
}

export interface Txn {
  kind: TxnKind;
  id: string;
  /** The number that the id is made of; its lines have the ones behind it. */
  serial: number;
  /** TxnNumber. */
  number: number;
  created: number;
  modified: number;
  bits: number;
  /** Days since 1970. */
  day: number;
  dueDay: number;
  refNumber: string;
  party: Row | null;
  /** Receivable, payable, bank or card account. */
  account: Row | null;
  /** Where the money goes: of payments, receipts, deposits and transfers. */
  toAccount: Row | null;
  class: Row | null;
  terms: Row | null;
  method: Row | null;
  memo: string;
  subtotalCents: number;
  taxCents: number;
  totalCents: number;
  lines: Line[];
  /** What this one puts on others, and what others put on it. */
  out: Application[];
  in: Application[];
  /** Links by quantity: estimate or order and invoice, purchase order and bill; on both ends. */
  related: Txn[];
  /** The deposit that has taken it to the bank. */
  deposit: Txn | null;
  values: Record<string, string>;
}

/** What a deleted record leaves behind, for 90 days. */
export interface Tombstone {
  kind: Kind;
  id: string;
  created: number;
  deleted: number;
  /** FullName, or RefNumber. */
  name: string;
}

/** A private field of the company: FileID or AppLock. */
export interface DataExt {
  ownerId: string;
  name: string;
  value: string;
}

/** What QuickBooks keeps of a message set for its recovery. */
export interface KeptSet {
  request: string;
  response: string;
}

/** Everything that is in a company file, and so in its backup. */
export interface Books {
  seed: number;
  companyName: string;
  ein: string;
  rows: Record<ListKind, Row[]>;
  txns: Record<TxnKind, Txn[]>;
  byId: Record<Kind, Map<string, Row | Txn>>;
  /** The next number of each list's ids. */
  nextListSerial: Partial<Record<string, number>>;
  nextTxnSerial: number;
  nextTxnNumber: number;
  nextRefNumber: number;
  tombstones: Tombstone[];
  dataExts: DataExt[];
  keptSets: Map<string, KeptSet>;
  lastRestored: number;
  lastCondensed: number;
  /** ClosingDate, YYYY-MM-DD; null for books that are open throughout. */
  closedUntil: string | null;
  /** Counts every change of a name, an amount or a link. */
  version: number;
}

export const isTxn = (record: Row | Txn): record is Txn => "serial" in record;

/** Parent:Child, as references and FullName show it. */
export const fullName = (row: Row): string =>
  row.parent === null ? row.name : `${fullName(row.parent)}:${row.name}`;

export const sublevel = (row: Row): number => (row.parent === null ? 0 : sublevel(row.parent) + 1);

export const rowOf = (books: Books, kind: ListKind, id: string): Row | undefined => {
  const found = books.byId[kind].get(id);
  return found === undefined || isTxn(found) ? undefined : found;
};

export const txnOf = (books: Books, kind: TxnKind, id: string): Txn | undefined => {
  const found = books.byId[kind].get(id);
  return found !== undefined && isTxn(found) ? found : undefined;
};

export const txnId = (serial: number, created: number): string =>
  `${serial.toString(16).toUpperCase()}-${created}`;

const forEach = <K extends string, V>(kinds: readonly K[], make: () => V): Record<K, V> =>
  Object.fromEntries(kinds.map((kind) => [kind, make()])) as Record<K, V>;

export const emptyBooks = (seed: number, companyName: string, ein: string): Books => ({
  seed,
  companyName,
  ein,
  rows: forEach(LIST_KINDS, (): Row[] => []),
  txns: forEach(TXN_KINDS, (): Txn[] => []),
  byId: forEach([...LIST_KINDS, ...TXN_KINDS], () => new Map<string, Row | Txn>()),
  nextListSerial: {},
  nextTxnSerial: 2,
  nextTxnNumber: 1,
  nextRefNumber: 1001,
  tombstones: [],
  dataExts: [],
  keptSets: new Map(),
  lastRestored: 0,
  lastCondensed: 0,
  closedUntil: null,
  version: 0,
});

/** Items share one list and so one row of numbers; every other list has its own. */
const LIST_SERIAL_FIRST = 0x80000001;
export function takeListId(books: Books, kind: ListKind, created: number): string {
  const list = kind.startsWith("Item") ? "Item" : kind.endsWith("Terms") ? "Terms" : kind;
  const serial = books.nextListSerial[list] ?? LIST_SERIAL_FIRST;
  books.nextListSerial[list] = serial + 1;
  return `${serial.toString(16).toUpperCase()}-${created}`;
}

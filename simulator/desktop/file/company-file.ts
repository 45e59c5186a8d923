import { rowOf, txnOf, type Books, type Row, type Txn } from "./books.ts";
import type { RowDraft, TxnDraft } from "./drafts.ts";
import {
  apply,
  createRow,
  createTxn,
  editRow,
  editTxn,
  remove,
  unapply,
  voidTxn,
  type Pen,
} from "./edit.ts";
import {
  ITEM_KINDS,
  isListKind,
  LIST_KINDS,
  TXN_KINDS,
  type Kind,
  type ListKind,
  type TxnKind,
} from "./kinds.ts";
import { makeBooks } from "./make.ts";
import {
  changePayment,
  journalCredit,
  moveLine,
  pay,
  refund,
  type PaidLine,
  type PaymentDraft,
  type PaymentKind,
} from "./payments.ts";
import { BooksRefused } from "./refused.ts";
import { lockBooks, stampBooks, unlockBooks } from "./stamp.ts";
import type { Zone } from "./times.ts";

const MS_PER_MINUTE = 60_000;
const UNTIL_DEFAULT = "2026-11-01";

/** What a company file is made from; the same options make the same books. */
export interface FileOptions {
  path: string;
  companyName: string;
  ein: string;
  /** How many records in all, lists and transactions together: 200 to 100,000. */
  records: number;
  seed: number;
  /** "QuickBooks Premier 2024"; a Pro has no sales orders. */
  product?: string;
  /** The year of the product less 1990. */
  majorVersion?: number;
  minorVersion?: number;
  /** How far the wall clock of the PC is ahead of true time. */
  clockSkewMs?: number;
  /** The PC's standard time, without daylight saving. */
  utcOffsetMinutes?: number;
  /** YYYY-MM-DD: the books end the day before. */
  until?: string;
  /** True time in milliseconds since 1970. */
  clock?: () => number;
}

/** What can be altered about a file while it is in use. */
export interface FileSettings extends Zone {
  product: string;
  majorVersion: number;
  minorVersion: number;
  clockSkewMs: number;
  /** So many characters of notes or memo in every customer, vendor and transaction; 0 for none. */
  notesChars: number;
  /** Answers hold é as it is, instead of &#233;. */
  rawAccents: boolean;
  /** A payment moves TimeModified of the invoice that it is put on. */
  touchesApplied: boolean;
}

/** The state of a file at a moment. */
export interface Backup {
  readonly books: Books;
}

/** A company file: its books, its place on the disk, and the clock of the PC it is used on. */
export class CompanyFile {
  path: string;
  settings: FileSettings;
  books: Books;
  /** How often a backup was put in the place of the books. */
  restores = 0;
  /** The request before the next one: QuickBooks does one thing at a time. */
  private before: Promise<unknown> = Promise.resolve();
  private readonly clock: () => number;

  constructor(path: string, settings: FileSettings, books: Books, clock: () => number) {
    this.path = path;
    this.settings = settings;
    this.books = books;
    this.clock = clock;
  }

  change(patch: Partial<FileSettings>): void {
    this.settings = { ...this.settings, ...patch };
  }

  /** Milliseconds since 1970, by the PC's clock. */
  nowMs(): number {
    return this.clock() + this.settings.clockSkewMs;
  }

  list(kind: ListKind): readonly Row[] {
    return this.books.rows[kind];
  }

  transactions(kind: TxnKind): readonly Txn[] {
    return this.books.txns[kind];
  }

  /** How many records there are, inactive ones included, by the name of the query that lists them. */
  counts(): Record<string, number> {
    const { rows, txns } = this.books;
    const lists = LIST_KINDS.map((kind) => [kind, rows[kind].length] as const);
    const transactions = TXN_KINDS.map((kind) => [kind, txns[kind].length] as const);
    const items = ITEM_KINDS.reduce((sum, kind) => sum + rows[kind].length, 0);
    const terms = rows.StandardTerms.length + rows.DateDrivenTerms.length;
    return { ...Object.fromEntries([...lists, ...transactions]), Item: items, Terms: terms };
  }

  /** Adds a record and answers its id. Throws BooksRefused, as all changes do. */
  create(kind: ListKind, draft: RowDraft): string;
  create(kind: TxnKind, draft: TxnDraft): string;
  create(kind: Kind, draft: RowDraft & TxnDraft): string {
    const { id } = isListKind(kind)
      ? createRow(this.pen(), kind, draft)
      : createTxn(this.pen(), kind, draft);
    return id;
  }

  edit(kind: ListKind, id: string, draft: RowDraft): void;
  edit(kind: TxnKind, id: string, draft: TxnDraft): void;
  edit(kind: Kind, id: string, draft: RowDraft & TxnDraft): void {
    if (isListKind(kind)) editRow(this.pen(), this.row(kind, id), draft);
    else editTxn(this.pen(), this.transaction(kind, id), draft);
  }

  deactivate(kind: ListKind, id: string): void {
    editRow(this.pen(), this.row(kind, id), { isActive: false });
  }

  remove(kind: Kind, id: string): void {
    remove(this.pen(), isListKind(kind) ? this.row(kind, id) : this.transaction(kind, id));
  }

  void(kind: TxnKind, id: string): void {
    voidTxn(this.pen(), this.transaction(kind, id));
  }

  apply(from: Key, to: Key, cents: number): void {
    apply(
      this.pen(),
      this.transaction(from.kind, from.id),
      this.transaction(to.kind, to.id),
      cents,
    );
  }

  unapply(from: Key, to: Key): void {
    unapply(this.pen(), this.transaction(from.kind, from.id), this.transaction(to.kind, to.id));
  }

  /** Makes a payment and answers its id; without money, that of the first credit it sets. */
  pay(kind: PaymentKind, draft: PaymentDraft): string {
    return pay(this.pen(), kind, draft).id;
  }

  changePayment({ kind, id }: Key, change: { totalCents?: number; lines: PaidLine[] }): void {
    changePayment(this.pen(), this.transaction(kind, id), change);
  }

  /** Moves what a payment pays from one document to another, by their ids. */
  moveLine({ kind, id }: Key, from: string, to: string): void {
    moveLine(this.pen(), this.transaction(kind, id), [from, to]);
  }

  refund(id: string, cents?: number): string {
    return refund(this.pen(), this.transaction("CreditMemo", id), cents).id;
  }

  journalCredit(party: { kind: "Customer" | "Vendor"; id: string }, cents: number): string {
    return journalCredit(this.pen(), party, cents).id;
  }

  row(kind: ListKind, id: string): Row {
    return rowOf(this.books, kind, id) ?? missing(kind, id);
  }

  transaction(kind: TxnKind, id: string): Txn {
    return txnOf(this.books, kind, id) ?? missing(kind, id);
  }

  /** Writes FileID under an OwnerID. Throws StampRefused when there is another one. */
  stamp(ownerId: string, fileId: string): void {
    stampBooks(this.books, ownerId, fileId);
  }

  lock(ownerId: string, host: string): void {
    const { utcOffsetMinutes, hasOneHourBug } = this.settings;
    const minutes = utcOffsetMinutes + (hasOneHourBug ? 60 : 0);
    lockBooks(this.books, ownerId, host, this.nowMs() + minutes * MS_PER_MINUTE);
  }

  unlock(ownerId: string): void {
    unlockBooks(this.books, ownerId);
  }

  /** The state of the file as it is now. */
  backup(): Backup {
    return { books: structuredClone(this.books) };
  }

  /**
   * Puts a backup in the place of the books; everything since is gone. By hand (a copy of the file that
   * was laid aside) QuickBooks does not note it.
   */
  restore({ books }: Backup, isByHand = false): void {
    this.books = structuredClone(books);
    if (!isByHand) this.books.lastRestored = this.now();
    this.restores++;
  }

  /** A copy of the file, stamps included, under another path. */
  copy(path: string): CompanyFile {
    return new CompanyFile(path, this.settings, structuredClone(this.books), this.clock);
  }

  /** Seconds since 1970, by the PC's clock. */
  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Works on the file when nobody else does. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.before.then(work);
    this.before = turn.catch(() => undefined);
    return turn;
  }

  private pen(): Pen {
    const { settings, books } = this;
    const { touchesApplied } = settings;
    return { books, now: this.now(), zone: settings, touchesApplied };
  }
}

/** The name of a transaction. */
export interface Key {
  kind: TxnKind;
  id: string;
}

function missing(kind: Kind, id: string): never {
  throw new BooksRefused(3120, `Object "${id}" specified in the request cannot be found: ${kind}.`);
}

/** Makes a company file; 1,000 records take milliseconds, 100,000 about a second. */
export function createCompanyFile(options: FileOptions): CompanyFile {
  const { path, companyName, ein, records, seed, clock = Date.now } = options;
  const until = Date.parse(`${options.until ?? UNTIL_DEFAULT}T00:00:00Z`) / 1000;
  const settings: FileSettings = {
    product: options.product ?? "QuickBooks Premier 2024",
    majorVersion: options.majorVersion ?? 34,
    minorVersion: options.minorVersion ?? 0,
    clockSkewMs: options.clockSkewMs ?? 0,
    utcOffsetMinutes: options.utcOffsetMinutes ?? -8 * 60,
    hasOneHourBug: false,
    notesChars: 0,
    rawAccents: false,
    touchesApplied: false,
  };
  const books = makeBooks({ companyName, ein, records, seed, until });
  return new CompanyFile(path, settings, books, clock);
}

import type { AppliedRole } from "../core/applied-roles.ts";
import type { Fault } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";

/**
 * Where records come from: the one interface that both editions implement. A listing is walked
 * page by page; between two pages the walk stands at a checkpoint, which only the source reads.
 */
export interface Source {
  /** How many pages QuickBooks serves side by side. */
  readonly streams: number;
  /** Records in a full page; a stream with less than two pages left is not worth splitting. */
  readonly pageSize: number;
  /**
   * Which of two versions of a record is kept: the one that QuickBooks modified last, or the one
   * that was read last (where QuickBooks' clock cannot be trusted and it answers one at a time).
   */
  readonly wins: "modified-last" | "read-last";
  /** Does an invoice or bill count as modified when a payment is put on it? */
  readonly paymentsModify: boolean;
  /** Whose books these are, on whose clock, and whether they may be read. */
  readCompany(signal: AbortSignal): Promise<CompanyAnswer>;
  /** How many records a listing holds now. Throws the fault `kind-not-available` for a kind that is not offered. */
  count(listing: Listing, signal: AbortSignal): Promise<number>;
  /** Can QuickBooks itself pick out open documents of this kind? Where it cannot, the kind is read whole. */
  canListOpen(kind: RecordKind): boolean;
  /** Where a walk through a listing begins; `total` is how many records it held, where that is known. */
  start(listing: Listing, total: number | null): Checkpoint;
  /** One page from a checkpoint on. */
  listPage(listing: Listing, from: Checkpoint, signal: AbortSignal): Promise<Page>;
  /**
   * Cuts what is left of a walk (`left` records, as far as is known) into pieces of about equal
   * size, at most `ways` of them; null where it cannot be cut.
   */
  cut(
    listing: Listing,
    at: Checkpoint,
    size: CutSize,
    signal: AbortSignal,
  ): Promise<Piece[] | null>;
  /** Are changes of this kind told by a feed? Where they are not, asking for them costs a question of its own. */
  hasChangeFeed(kind: RecordKind): boolean;
  /** Everything that changed since a moment on QuickBooks' clock, deletions included. */
  changesSince(wanted: ChangesWanted, signal: AbortSignal): AsyncGenerator<Changes>;
  /** Does a payment's payload say that it lies in a deposit? One that was read before it was put there does not. */
  isDeposited(payload: string): boolean;
  /** The payments and receipts that a deposit's payload says to lie in it. */
  depositedIn(payload: string): NamedRecord[];
  /** What is open in all by QuickBooks' own reports as of a day (YYYY-MM-DD), in the home currency. */
  readOpenBalances(asOf: string, signal: AbortSignal): Promise<OpenBalances>;
  /** The payments and credits that a document's payload names as applied to it. */
  appliersIn(kind: RecordKind, payload: string): NamedRecord[];
  /** Which of these ids QuickBooks still has, each with its present content. */
  readByIds(kind: RecordKind, ids: readonly string[], signal: AbortSignal): Promise<PageContent>;
}

/** Plain JSON that the source wrote and the source alone understands. */
export type Checkpoint = { readonly [key: string]: string | number | boolean | null };

/** What to read: a kind, open documents or all, and the stretch of modification time (inclusive, whole seconds). */
export interface Listing {
  kind: RecordKind;
  scope: "all" | "open";
  /** Transactions dated earlier are left out (YYYY-MM-DD); lists have no date and are always whole. */
  datedFrom: string | null;
  /** And those dated later. */
  datedUntil: string | null;
  modifiedFrom: Date | null;
  modifiedUntil: Date | null;
}

/** One object of QuickBooks with the columns we work with; amounts are its own digits. */
export interface SourceRecord {
  kind: RecordKind;
  quickbooksId: string;
  version: string;
  modifiedAt: string;
  number: string | null;
  party: string | null;
  date: string | null;
  total: string | null;
  balance: string | null;
  currency: string | null;
  /** The amounts that this record says to sit on others, or on itself. */
  applied: readonly AppliedAmount[];
  /** What QuickBooks sent, byte for byte, valid UTF-8. */
  payload: Buffer;
}

/** An amount of a payment or credit that a record says to sit on a document. */
export interface AppliedAmount {
  /** What gives: the payment itself, or the credit that a payment joins to a document. */
  fromKind: RecordKind;
  fromId: string;
  toKind: RecordKind;
  toId: string;
  role: AppliedRole;
  /** In the document's currency, above zero unless QuickBooks says otherwise. */
  amount: string;
  /** Units of the home currency for one of the document's; null where QuickBooks tells none. */
  exchangeRate: string | null;
}

/** Another record, as a payload names it. */
export interface NamedRecord {
  kind: RecordKind;
  quickbooksId: string;
}

/** A record that cannot be taken: kept for a person, and in nobody's way. */
export interface Trouble {
  kind: RecordKind;
  quickbooksId: string | null;
  /** What names this trouble, so that meeting it again is the same one. */
  key: string;
  message: string;
  /** QuickBooks' code, or the beginning of the text that could not be read. */
  raw: string | null;
}

export interface PageContent {
  records: SourceRecord[];
  troubles: Trouble[];
}

export interface Page extends PageContent {
  /** Where the walk goes on; null when the listing is finished. */
  next: Checkpoint | null;
}

export interface CutSize {
  left: number;
  ways: number;
}

/** One piece of a walk: the first begins where the walk stands, each of the others where one before it ends. */
export interface Piece {
  checkpoint: Checkpoint;
  total: number;
}

export interface Deletion {
  kind: RecordKind;
  quickbooksId: string;
  deletedAt: string;
}

export interface ChangesWanted {
  since: Date;
  kinds: readonly RecordKind[];
  /** How long ago `since` was by our own clock: where QuickBooks' has been set back meanwhile more is read. */
  agoMs?: number | undefined;
  /** Reads on behind what an earlier reading of this stretch has brought. */
  rest?: Checkpoint | null;
}

export interface Changes extends PageContent {
  deletions: Deletion[];
  /** Kinds whose deletions nobody told this time: compare counts to find them. */
  deletionsUntold: readonly RecordKind[];
  /** QuickBooks' clock when it began to answer. */
  at: Date;
  /**
   * How many records were modified since `from`, where QuickBooks says so at once: in the first of
   * what has changed, of all kinds together.
   */
  extent?: { records: number; from: Date };
  /** Kinds that QuickBooks offered before and does not any more: nothing of them changes. */
  notOffered?: readonly { kind: RecordKind; fault: Fault }[];
  /** Where reading goes on behind this; null when nothing is left, or where a stretch is only ever read whole. */
  rest: Checkpoint | null;
}

export interface Books {
  name: string;
  quickbooksId: string | null;
  file: string | null;
  edition: string | null;
  country: string | null;
  currency: string | null;
}

export interface OpenBalances {
  /** By the summaries of what is open by age. */
  aging: OpenTotals;
  /** By the accounts of the balance sheet. */
  balanceSheet: OpenTotals;
}

/** Decimal digits; null where a report does not say it, or may not be read. */
export interface OpenTotals {
  receivables: string | null;
  payables: string | null;
}

export interface CompanyAnswer {
  books: Books;
  /** The day up to which the books are closed, both ends included; null where they are not, or it was not asked. */
  closedUntil: string | null;
  /** QuickBooks' clock. */
  at: Date;
}

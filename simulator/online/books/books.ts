import type { Order } from "./order.ts";
import { numberAt, idText } from "./ids.ts";
import type { Kind } from "./kinds.ts";

/** What a company's books are made from; the same plan always makes the same books. */
export interface Plan {
  realmId: string;
  companyName: string;
  seed: number;
  records: number;
  without: ReadonlySet<Kind>;
  /** Generated times end an hour before this moment (seconds). */
  anchor: number;
  spread: "years" | "hour";
  currency: string;
  /** Currencies of some customers and vendors; none in a company without multicurrency. */
  currencies: readonly string[];
  country: string;
}

/** The other end of a link. */
export interface Link {
  kind: Kind;
  index: number;
}

/** An amount (cents) of a payment that sits on a document or takes up a credit. */
export interface Application extends Link {
  cents: number;
}

/** What run time has changed about one row; everything else is computed from its index. */
export interface Patch {
  syncToken?: number;
  createdAt?: number;
  /** TxnDate as days since 1970, where it is not the day of entry. */
  day?: number;
  /** PaymentRefNum, where somebody chose it. */
  reference?: string;
  note?: string;
  customer?: number;
  vendor?: number;
  total?: number;
  balance?: number;
  links?: readonly Link[];
  applications?: readonly Application[];
  isVoid?: boolean;
  /** What was paid on an invoice with the invoice itself. */
  paidOnIt?: number;
  /** The deposit that has taken a payment to the bank at run time. */
  deposit?: number;
  /** The payments that a deposit holds, where somebody chose them. */
  held?: readonly number[];
}

interface Tombstone {
  id: string;
  at: number;
}

export type ColumnName = "total" | "balance" | "date" | "due";

/** One kind's rows: small numbers per row, and patches for the few that changed. */
export interface Shelf {
  kind: Kind;
  /** Rows that were generated; rows beyond were created at run time. */
  base: number;
  size: number;
  /** LastUpdatedTime in seconds, by index. */
  updated: Int32Array;
  /** 0 present and active, 1 inactive, 2 deleted. */
  state: Uint8Array;
  order: Order;
  columns: Map<ColumnName, Float64Array>;
  patches: Map<number, Patch>;
  /** Numbers of the rows created at run time, and where they are. */
  createdNumbers: number[];
  createdAtNumber: Map<number, number>;
  tombstones: Tombstone[];
  /** Rows by name for the default order of lists; made when first asked for. */
  byName: Int32Array | undefined;
  /** Rows that QuickBooks cannot show. */
  poisoned: Map<number, "refuse" | "garbage">;
}

export const ACTIVE = 0;
export const INACTIVE = 1;
export const DELETED = 2;

export interface Books {
  plan: Plan;
  /** How many rows of a kind were generated. */
  generated: ReadonlyMap<Kind, number>;
  shelves: ReadonlyMap<Kind, Shelf>;
  /** The next number of each kind's sequence, shared by siblings. */
  nextNumber: Map<Kind, number>;
  /** Sum of open invoices by customer, in cents; made when first asked for. */
  owed: Map<"Customer" | "Vendor", Float64Array>;
  /** The closing date that was set at run time, how often and when (seconds). */
  closing: { date: string | null; count: number; at: number };
  /** Counts run-time changes, so that each picks rows of its own. */
  changeCount: number;
}

/** The shelf of a kind; a kind without rows has an empty one. */
export function shelfOf(books: Books, kind: Kind): Shelf {
  const shelf = books.shelves.get(kind);
  if (shelf === undefined) throw new Error(`no shelf for ${kind}`);
  return shelf;
}

export const patchOf = (books: Books, kind: Kind, index: number): Patch | undefined => {
  const { patches } = shelfOf(books, kind);
  return patches.size === 0 ? undefined : patches.get(index);
};

export const generatedOf = (books: Books, kind: Kind): number => books.generated.get(kind) ?? 0;

/** Whether the generated company has this row; rows created at run time tell no stories. */
export const isGenerated = (books: Books, kind: Kind, index: number): boolean =>
  index < generatedOf(books, kind);

/** The id that QuickBooks shows for a row. */
export function idOf(books: Books, kind: Kind, index: number): string {
  const base = generatedOf(books, kind);
  if (index < base) return idText(kind, numberAt(kind, index));
  return idText(kind, shelfOf(books, kind).createdNumbers[index - base] ?? 0);
}

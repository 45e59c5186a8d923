import { z } from "zod";
import type { Books, Shelf } from "./books.ts";
import { ACTIVE, DELETED, INACTIVE, idOf, shelfOf } from "./books.ts";
import { depositOf } from "./deposits.ts";
import { addRow, beginEdit, bump, commitEdit, owe, type Edit } from "./edit.ts";
import { indexOf, numberOf } from "./ids.ts";
import type { Kind } from "./kinds.ts";
import { KINDS, isList } from "./kinds.ts";
import { hash } from "./random.ts";
import { customerOfSale, invoiceBalance, invoiceLinks, paymentTotal } from "./sales.ts";
import { DAY_SECONDS, parseMoment } from "./time.ts";
import { CannotDelete, deleteTransaction } from "./unlink.ts";
import { partyOf } from "./columns.ts";
import { billBalance } from "./payables.ts";

const CHANGES_MAX = 100_000;
const TRIES_PER_PICK = 40;

const Entity = z.enum(KINDS);
const Count = z.int().min(1).max(CHANGES_MAX).optional();
/** ISO 8601; now when absent. */
const At = z
  .string()
  .refine((text) => parseMoment(text) !== undefined, "must be an ISO 8601 time")
  .optional();
const Id = z.string().min(1).optional();

/** What happens in QuickBooks while somebody syncs: `count` rows, or the one with an id. */
export const Change = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("create"),
    entity: Entity,
    count: Count,
    at: At,
    /** TxnDate, YYYY-MM-DD; the day of entry when absent. */
    date: z.iso.date().optional(),
    /** PaymentRefNum of a payment. */
    reference: z
      .string()
      .regex(/^[\w-]{1,21}$/)
      .optional(),
  }),
  z.strictObject({ op: z.literal("update"), entity: Entity, id: Id, count: Count, at: At }),
  z.strictObject({ op: z.literal("delete"), entity: Entity, id: Id, count: Count, at: At }),
  /** Pays an invoice, wholly or in part (cents). */
  z.strictObject({
    op: z.literal("pay"),
    id: z.string().min(1),
    cents: z.int().min(1).optional(),
    at: At,
  }),
]);
export type Change = z.infer<typeof Change>;

/** Changes that wait for every n-th query page. */
export interface Interruption {
  entity: string | undefined;
  everyPages: number;
  pages: number;
  changes: readonly Change[];
}

/** A change that cannot be made: no such row, or QuickBooks would refuse it. */
export class ChangeRefused extends Error {
  override readonly name = "ChangeRefused";
}

export interface Changed {
  op: Change["op"];
  entity: Kind;
  ids: string[];
}

/** Applies changes at once, in their order, and answers the ids of the rows they were about. */
export function applyChanges(books: Books, changes: readonly Change[], nowMs: number): Changed[] {
  return changes.map((change) => {
    const at = change.at === undefined ? undefined : parseMoment(change.at);
    const edit = beginEdit(books, at ?? Math.floor(nowMs / 1000));
    books.changeCount++;
    try {
      return apply(edit, change);
    } catch (error) {
      if (error instanceof CannotDelete) throw new ChangeRefused(error.message, { cause: error });
      throw error;
    } finally {
      commitEdit(edit);
    }
  });
}

function apply(edit: Edit, change: Change): Changed {
  const { books } = edit;
  if (change.op === "pay") return pay(edit, change);
  const { entity } = change;
  if (books.plan.without.has(entity)) throw new ChangeRefused(`${entity} is switched off`);
  const rows: number[] = [];
  if (change.op === "create") {
    for (let n = 0; n < (change.count ?? 1); n++) rows.push(create(edit, change));
  } else {
    const chosen =
      change.id === undefined
        ? picked(books, entity, change.count ?? 1)
        : [rowWithId(books, entity, change.id)];
    // A deletion may take another of the chosen rows with it.
    const alive = (row: number): boolean => shelfOf(books, entity).state[row] !== DELETED;
    for (const row of chosen) {
      if (!alive(row)) continue;
      if (change.op === "update") update(edit, entity, row);
      else remove(edit, entity, row);
      rows.push(row);
    }
  }
  return { op: change.op, entity, ids: rows.map((row) => idOf(books, entity, row)) };
}

function create(edit: Edit, change: Extract<Change, { op: "create" }>): number {
  const { books } = edit;
  const { entity, date, reference } = change;
  const index = addRow(edit, entity, {
    ...(date === undefined ? {} : { day: Date.parse(date) / (DAY_SECONDS * 1000) }),
    ...(reference === undefined ? {} : { reference }),
  });
  if (entity === "Invoice") {
    const customer = customerOfSale(books, "Invoice", index);
    owe(edit, "Customer", customer, invoiceBalance(books, index));
  }
  if (entity === "Bill")
    owe(edit, "Vendor", partyOf(books, "Bill", index), billBalance(books, index));
  return index;
}

const update = (edit: Edit, entity: Kind, index: number): void =>
  bump(edit, entity, index, { note: `Changed by change ${edit.books.changeCount}` });

/** Lists have no deletion: the row goes inactive and stays (facts 7.1). */
function remove(edit: Edit, entity: Kind, index: number): void {
  if (!isList(entity)) {
    deleteTransaction(edit, entity, index);
    return;
  }
  shelfOf(edit.books, entity).state[index] = INACTIVE;
  bump(edit, entity, index);
}

function pay(edit: Edit, change: Extract<Change, { op: "pay" }>): Changed {
  const { books } = edit;
  const invoice = rowWithId(books, "Invoice", change.id);
  const open = invoiceBalance(books, invoice);
  const cents = change.cents ?? open;
  if (cents > open || open === 0) {
    throw new ChangeRefused(`invoice ${change.id} has only ${open} cents open`);
  }
  const customer = customerOfSale(books, "Invoice", invoice);
  const links = invoiceLinks(books, invoice);
  const payment = addRow(edit, "Payment", {
    customer,
    total: cents,
    applications: [{ kind: "Invoice", index: invoice, cents }],
  });
  bump(edit, "Invoice", invoice, {
    balance: open - cents,
    links: [{ kind: "Payment", index: payment }, ...links],
  });
  owe(edit, "Customer", customer, -cents);
  return { op: "pay", entity: "Payment", ids: [idOf(books, "Payment", payment)] };
}

/** Position of the present row with an id. */
export function rowWithId(books: Books, kind: Kind, id: string): number {
  const shelf = shelfOf(books, kind);
  const number = numberOf(kind, id);
  const index =
    number === undefined ? undefined : (shelf.createdAtNumber.get(number) ?? indexOf(kind, number));
  const isThere = index !== undefined && index >= 0 && index < shelf.size;
  if (!isThere || idOf(books, kind, index) !== id || shelf.state[index] === DELETED) {
    throw new ChangeRefused(`there is no ${kind} with id ${id}`);
  }
  return index;
}

function picked(books: Books, kind: Kind, count: number): number[] {
  const shelf = shelfOf(books, kind);
  const chosen = new Set<number>();
  const isGood = (row: number): boolean => !chosen.has(row) && canChange(books, shelf, row);
  for (let n = 0; n < count * TRIES_PER_PICK && chosen.size < count && shelf.size > 0; n++) {
    const row = hash(books.plan.seed + books.changeCount, 5, n) % shelf.size;
    if (isGood(row)) chosen.add(row);
  }
  for (let row = 0; row < shelf.size && chosen.size < count; row++)
    if (isGood(row)) chosen.add(row);
  if (chosen.size < count) {
    throw new ChangeRefused(`only ${chosen.size} rows of ${kind} can be changed, not ${count}`);
  }
  return [...chosen];
}

/** A payment in a deposit is frozen, even for a sparse update (facts 7.3, 6540). */
function canChange(books: Books, shelf: Shelf, row: number): boolean {
  if (shelf.state[row] !== ACTIVE) return false;
  if (shelf.kind !== "Payment") return true;
  return depositOf(books, row) === undefined || paymentTotal(books, row) === 0;
}

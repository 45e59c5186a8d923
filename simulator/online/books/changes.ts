import { z } from "zod";
import type { Books, Patch, Shelf } from "./books.ts";
import { ACTIVE, DELETED, INACTIVE, idOf, shelfOf } from "./books.ts";
import { depositOf } from "./deposits.ts";
import { addRow, beginEdit, bump, commitEdit, owe, patch, type Edit } from "./edit.ts";
import type { Kind } from "./kinds.ts";
import { KINDS, isList } from "./kinds.ts";
import { hash } from "./random.ts";
import {
  customerOfSale,
  invoiceBalance,
  invoiceLinks,
  invoiceTotal,
  paymentTotal,
} from "./sales.ts";
import { parseMoment } from "./time.ts";
import { deleteTransaction } from "./unlink.ts";
import { ChangeRefused, rowWithId } from "./named.ts";
import { At, Day, PAYMENT_CHANGES, RandomChanges, Reference } from "./payment-orders.ts";
import { changePayments, dayOfDate } from "./payments.ts";
import { partyOf } from "./columns.ts";
import { billBalance } from "./payables.ts";

const CHANGES_MAX = 100_000;
const TRIES_PER_PICK = 40;

const Entity = z.enum(KINDS);
const Count = z.int().min(1).max(CHANGES_MAX).optional();
const Id = z.string().min(1).optional();

/** What happens in QuickBooks while somebody syncs: `count` rows, or the one with an id. */
const SINGLE = [
  z.strictObject({
    op: z.literal("create"),
    entity: Entity,
    count: Count,
    at: At,
    /** TxnDate, YYYY-MM-DD; the day of entry when absent. */
    date: Day.optional(),
    /** PaymentRefNum of a payment. */
    reference: Reference.optional(),
    /** The customer or vendor of a sales form, payment, bill or credit; some other when absent. */
    party: Id,
    /** What is paid with a new invoice itself, at most its total. */
    deposit: z.int().min(1).optional(),
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
  ...PAYMENT_CHANGES,
] as const;

const SingleChange = z.discriminatedUnion("op", SINGLE);
export type SingleChange = z.infer<typeof SingleChange>;
type OrderOf<Op extends SingleChange["op"]> = Extract<SingleChange, { op: Op }>;

export const Change = z.discriminatedUnion("op", [...SINGLE, RandomChanges]);
export type Change = z.infer<typeof Change>;

/** Changes that wait for every n-th query page. */
export interface Interruption {
  entity: string | undefined;
  everyPages: number;
  pages: number;
  changes: readonly Change[];
}

export interface Changed {
  op: SingleChange["op"];
  entity: Kind;
  ids: string[];
  /** The order itself, where nobody gave it: a random one. */
  made?: SingleChange;
}

/** Applies one change and answers the ids of the rows it was about. Throws ChangeRefused. */
export function applyChange(books: Books, change: SingleChange, nowMs: number): Changed {
  const at = change.at === undefined ? undefined : parseMoment(change.at);
  const edit = beginEdit(books, at ?? Math.floor(nowMs / 1000));
  books.changeCount++;
  try {
    return apply(edit, change);
  } finally {
    commitEdit(edit);
  }
}

function apply(edit: Edit, change: SingleChange): Changed {
  const { books } = edit;
  const { op } = change;
  if (op === "pay") return pay(edit, change);
  if (op !== "create" && op !== "update" && op !== "delete") {
    const { entity, rows } = changePayments(edit, change);
    return { op, entity, ids: rows.map((row) => idOf(books, entity, row)) };
  }
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
  return { op, entity, ids: rows.map((row) => idOf(books, entity, row)) };
}

const OF_CUSTOMERS: ReadonlySet<Kind> = new Set(["Invoice", "Payment", "CreditMemo"]);
const OF_VENDORS: ReadonlySet<Kind> = new Set(["Bill", "BillPayment", "VendorCredit"]);

function partyOrdered(books: Books, entity: Kind, id: string | undefined): Patch {
  if (id === undefined) return {};
  if (OF_CUSTOMERS.has(entity)) return { customer: rowWithId(books, "Customer", id) };
  if (OF_VENDORS.has(entity)) return { vendor: rowWithId(books, "Vendor", id) };
  throw new ChangeRefused(`whose a ${entity} is cannot be chosen`);
}

function create(edit: Edit, change: OrderOf<"create">): number {
  const { books } = edit;
  const { entity, date, reference } = change;
  const index = addRow(edit, entity, {
    ...partyOrdered(books, entity, change.party),
    ...(date === undefined ? {} : { day: dayOfDate(date) }),
    ...(reference === undefined ? {} : { reference }),
  });
  if (entity === "Invoice") {
    const paidOnIt = Math.min(change.deposit ?? 0, invoiceTotal(books, index));
    if (paidOnIt > 0) patch(edit, entity, index, { paidOnIt });
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

function pay(edit: Edit, change: OrderOf<"pay">): Changed {
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

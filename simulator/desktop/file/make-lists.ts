import { fullName, takeListId, type Books, type Row } from "./books.ts";
import { LIST_KINDS, type Kind, type ListKind } from "./kinds.ts";
import {
  ACCOUNTS,
  customerName,
  DATED_TERMS,
  employeeName,
  itemName,
  jobName,
  METHODS,
  STANDARD_TERMS,
  vendorName,
} from "./names.ts";
import { pick, type Random } from "./random.ts";

/** Every third customer is a job of the one before, and some jobs have jobs. */
const JOB_EVERY = 3;
const SUBJOB_EVERY = 15;
const INACTIVE_ONE_IN = 25;
const STEP_SECONDS = 61;

function nameOf(kind: ListKind, index: number): string {
  switch (kind) {
    case "Account":
      return index < ACCOUNTS.length ? pick(ACCOUNTS, index)[1] : `Job Expenses ${index + 1}`;
    case "Class":
      return index === 0 ? "New Construction" : index === 1 ? "Remodel" : `Crew ${index}`;
    case "StandardTerms":
      return pick(STANDARD_TERMS, index);
    case "DateDrivenTerms":
      return pick(DATED_TERMS, index);
    case "PaymentMethod":
      return pick(METHODS, index)[1];
    case "SalesTaxCode":
      return pick(["Tax", "Non"], index);
    case "Vendor":
      return vendorName(index);
    case "Customer":
      return index % JOB_EVERY === 1 ? jobName(index) : customerName(index);
    case "Employee":
      return employeeName(index);
    case "ItemSalesTax":
      return index === 0 ? "San Tomas" : `County ${index}`;
    case "ItemDiscount":
      return `Discount ${index + 1}`;
    case "ItemOtherCharge":
      return `Delivery ${index + 1}`;
    case "ItemService":
    case "ItemNonInventory":
    case "ItemInventory":
      return `${itemName(index)} ${kind.slice(4, 5)}`;
  }
}

function parentOf(rows: readonly Row[], kind: ListKind, index: number): Row | null {
  if (kind === "Customer") {
    if (index % JOB_EVERY === 1) return rows[index - 1] ?? null;
    return index % SUBJOB_EVERY === JOB_EVERY + 2 ? (rows[index - 1 - (index % 2)] ?? null) : null;
  }
  if (kind === "Class" && index > 1) return rows[index % 2] ?? null;
  const isLater = kind === "ItemService" || kind === "ItemInventory";
  return isLater && index % 7 === 6 ? (rows[index - 6] ?? null) : null;
}

/** The two codes, the first accounts and the like are needed by every transaction. */
const isNeeded = (kind: ListKind, index: number): boolean =>
  index < 3 || (kind === "Account" && index < ACCOUNTS.length);

/**
 * Fills the lists. Records of all lists are made at the same moments, so that equal ids in two lists
 * are the rule and not the exception.
 */
export function makeLists(
  books: Books,
  plan: Record<Kind, number>,
  random: Random,
  bornAt: number,
): void {
  for (const kind of LIST_KINDS) {
    const rows = books.rows[kind];
    for (let index = 0; index < plan[kind]; index++) {
      const created = bornAt + index * STEP_SECONDS;
      const bits = random.bits();
      rows.push({
        kind,
        id: takeListId(books, kind, created),
        name: nameOf(kind, index),
        parent: parentOf(rows, kind, index),
        isActive: isNeeded(kind, index) || bits % INACTIVE_ONE_IN !== 0,
        created,
        modified: bits % 3 === 0 ? created + (bits % 40_000_000) : created,
        bits,
        values: {},
      });
    }
    for (const row of rows) books.byId[kind].set(row.id, row);
  }
}

/** Jobs of a customer share its balance, so both are kept by the name of the topmost one. */
export const topOf = (row: Row): Row => (row.parent === null ? row : topOf(row.parent));

/** Name order, as list queries answer: without regard to case, children behind their parent. */
export function byName(one: Row, other: Row): number {
  const first = fullName(one).toLowerCase();
  const second = fullName(other).toLowerCase();
  return first < second ? -1 : first > second ? 1 : 0;
}

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

const goodsName = (kind: ListKind, index: number): string =>
  `${itemName(index)} ${kind.slice("Item".length, 5)}`;

const NAMES: Readonly<Record<ListKind, (index: number) => string>> = {
  Account: (index) =>
    index < ACCOUNTS.length ? pick(ACCOUNTS, index)[1] : `Job Expenses ${index + 1}`,
  Class: (index) => ["New Construction", "Remodel"][index] ?? `Crew ${index}`,
  StandardTerms: (index) => pick(STANDARD_TERMS, index),
  DateDrivenTerms: (index) => pick(DATED_TERMS, index),
  PaymentMethod: (index) => pick(METHODS, index)[1],
  SalesTaxCode: (index) => pick(["Tax", "Non"], index),
  Vendor: vendorName,
  Customer: (index) => (index % JOB_EVERY === 1 ? jobName(index) : customerName(index)),
  Employee: employeeName,
  ItemService: (index) => goodsName("ItemService", index),
  ItemNonInventory: (index) => goodsName("ItemNonInventory", index),
  ItemInventory: (index) => goodsName("ItemInventory", index),
  ItemOtherCharge: (index) => `Delivery ${index + 1}`,
  ItemDiscount: (index) => `Discount ${index + 1}`,
  ItemSalesTax: (index) => (index === 0 ? "San Tomas" : `County ${index}`),
};

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
        name: NAMES[kind](index),
        parent: parentOf(rows, kind, index),
        isActive: isNeeded(kind, index) || bits % INACTIVE_ONE_IN !== 0,
        created,
        modified: bits % 3 === 0 ? created + (bits % 40_000_000) : created,
        bits,
        values: kind === "Account" ? { AccountType: ACCOUNTS[index]?.[0] ?? "Expense" } : {},
      });
    }
    for (const row of rows) books.byId[kind].set(row.id, row);
  }
}

/** Name order, as list queries answer: without regard to case, children behind their parent. */
export function byName(one: Row, other: Row): number {
  const first = fullName(one).toLowerCase();
  const second = fullName(other).toLowerCase();
  return first < second ? -1 : first > second ? 1 : 0;
}

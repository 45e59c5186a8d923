import type { Books, Plan, Shelf } from "./books.ts";
import { ACTIVE, INACTIVE, shelfOf } from "./books.ts";
import { numberAt, siblingsOf } from "./ids.ts";
import type { Kind } from "./kinds.ts";
import { KINDS, countsOf, isList, kindNumber } from "./kinds.ts";
import { Order } from "./order.ts";
import { hash } from "./random.ts";
import { DAY_SECONDS } from "./time.ts";
import { generatedUpdatedAt } from "./times.ts";

/** One list row in so many is inactive. */
const INACTIVE_ONE_IN = 30;

function emptyShelf(kind: Kind, base: number): Shelf {
  const updated = new Int32Array(base);
  return {
    kind,
    base,
    size: base,
    updated,
    state: new Uint8Array(base),
    order: new Order(updated, 0),
    columns: new Map(),
    patches: new Map(),
    createdNumbers: [],
    createdAtNumber: new Map(),
    tombstones: [],
    byName: undefined,
    poisoned: new Map(),
  };
}

function fill(books: Books, shelf: Shelf): void {
  const { kind, base, updated, state } = shelf;
  for (let index = 0; index < base; index++) {
    updated[index] = generatedUpdatedAt(books, kind, index);
    const bits = hash(books.plan.seed, kindNumber(kind) + 900, index);
    const isRetired = isList(kind) && index > 2 && bits % INACTIVE_ONE_IN === 0;
    state[index] = isRetired ? INACTIVE : ACTIVE;
  }
  shelf.order = new Order(updated, base);
}

/** Makes a company's books: a few numbers a row, everything else is computed when it is read. */
export function makeBooks(plan: Plan): Books {
  const generated = countsOf(plan.records, plan.without);
  const shelves = new Map(KINDS.map((kind) => [kind, emptyShelf(kind, generated.get(kind) ?? 0)]));
  const books: Books = {
    plan,
    generated,
    shelves,
    nextNumber: new Map(),
    owed: new Map(),
    closing: { date: null, count: 0, at: plan.anchor - DAY_SECONDS },
    changeCount: 0,
  };
  for (const kind of KINDS) fill(books, shelfOf(books, kind));
  return books;
}

/** The next free number of a kind's sequence; siblings share it. */
export function takeNumber(books: Books, kind: Kind): number {
  const siblings = siblingsOf(kind);
  const [owner = kind] = siblings;
  const next =
    books.nextNumber.get(owner) ??
    1 +
      siblings.reduce((highest, sibling) => {
        const count = books.generated.get(sibling) ?? 0;
        return count === 0 ? highest : Math.max(highest, numberAt(sibling, count - 1));
      }, 0);
  books.nextNumber.set(owner, next + 1);
  return next;
}

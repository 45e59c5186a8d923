import type { Books, Shelf } from "../books/books.ts";
import { DELETED } from "../books/books.ts";
import { isList } from "../books/kinds.ts";
import { nameOf } from "../books/names.ts";
import { hash } from "../books/random.ts";
import { filterOf, type Filter } from "./filter.ts";
import type { Statement } from "./parse.ts";
import { UPDATED, propertyOf, type Getter, type Property } from "./properties.ts";

const ID_DIGITS_MAX = 20;

/** How rows of one second lie beside each other; a number shuffles them anew. */
export type Ties = "stable" | number;

/** Rows of a page in their order, or for COUNT how many rows there are. */
export interface Selection {
  rows: readonly number[];
  total: number;
}

/** Runs a statement on one kind's rows; no JSON is made here. Throws QuickBooks' refusal. */
export function select(books: Books, shelf: Shelf, statement: Statement, ties: Ties): Selection {
  const filter = filterOf(books, shelf, statement.where);
  const keys = statement.orderBy.map(({ property, isDescending }) => ({
    property: propertyOf(books, shelf, property),
    isDescending,
  }));
  const range = { first: shelf.order.before(filter.from), last: shelf.order.before(filter.to + 1) };
  if (statement.isCount) return { rows: [], total: count(shelf, filter, range) };
  const [key] = keys;
  const isByTime = keys.length === 1 && key?.property.name === UPDATED;
  const isDefault = key === undefined && !isList(shelf.kind);
  const { start, max } = statement;
  if (filter.named === undefined && (isByTime || isDefault)) {
    const isDescending = isDefault || key?.isDescending === true;
    const rows = walk({ shelf, filter, range, isDescending, ties, start, max });
    return { rows, total: rows.length };
  }
  const sorters = keys.map(({ property, isDescending }) => ({
    get: sortable(property, property.getter(books, shelf)),
    sign: isDescending ? -1 : 1,
  }));
  const all = matching(shelf, filter, range, key === undefined ? namesOf(shelf) : undefined);
  if (sorters.length > 0) all.sort((a, b) => compare(sorters, a, b));
  return { rows: all.slice(start - 1, start - 1 + max), total: all.length };
}

interface Range {
  first: number;
  last: number;
}

const passes = (filter: Filter, row: number): boolean => filter.tests.every((test) => test(row));

const isWithin = (shelf: Shelf, { from, to }: Filter, row: number): boolean => {
  const updated = shelf.updated[row] ?? 0;
  return updated >= from && updated <= to;
};

function count(shelf: Shelf, filter: Filter, { first, last }: Range): number {
  if (filter.named !== undefined) return matching(shelf, filter, { first, last }, undefined).length;
  if (filter.tests.length === 0) return Math.max(0, last - first);
  let total = 0;
  for (let at = first; at < last; at++) if (passes(filter, shelf.order.at(at))) total++;
  return total;
}

interface Walk {
  shelf: Shelf;
  filter: Filter;
  range: Range;
  isDescending: boolean;
  ties: Ties;
  start: number;
  max: number;
}

/** A page in the order of LastUpdatedTime, straight from the index. */
function walk(walked: Walk): number[] {
  const { shelf, filter, range, isDescending, ties, start, max } = walked;
  if (ties !== "stable") return shuffled(walked, ties);
  const { length } = { length: Math.max(0, range.last - range.first) };
  const positionAt = (n: number): number => (isDescending ? range.last - 1 - n : range.first + n);
  const rows: number[] = [];
  let skip = start - 1;
  let from = 0;
  if (filter.tests.length === 0) {
    from = skip;
    skip = 0;
  }
  for (let n = from; n < length && rows.length < max; n++) {
    const row = shelf.order.at(positionAt(n));
    if (!passes(filter, row)) continue;
    if (skip > 0) skip--;
    else rows.push(row);
  }
  return rows;
}

/** The same page, but rows of one second in an order that this request alone sees. */
function shuffled(walked: Walk, seed: number): number[] {
  const { shelf, filter, range, isDescending, start, max } = walked;
  const rows: { row: number; seconds: number; luck: number }[] = [];
  for (let at = range.first; at < range.last; at++) {
    const row = shelf.order.at(at);
    if (!passes(filter, row)) continue;
    rows.push({ row, seconds: shelf.order.secondsAt(at), luck: hash(seed, 1, row) });
  }
  const sign = isDescending ? -1 : 1;
  rows.sort((a, b) => sign * (a.seconds - b.seconds) || a.luck - b.luck);
  return rows.slice(start - 1, start - 1 + max).map(({ row }) => row);
}

function matching(
  shelf: Shelf,
  filter: Filter,
  { first, last }: Range,
  names: Int32Array | undefined,
): number[] {
  const rows: number[] = [];
  if (filter.named !== undefined) {
    for (const row of filter.named) {
      if (isWithin(shelf, filter, row) && passes(filter, row)) rows.push(row);
    }
    return rows;
  }
  if (names !== undefined) {
    for (const row of names) {
      if (isWithin(shelf, filter, row) && passes(filter, row)) rows.push(row);
    }
    return rows;
  }
  for (let at = first; at < last; at++) {
    const row = shelf.order.at(at);
    if (passes(filter, row)) rows.push(row);
  }
  return rows;
}

/** Rows of a list by name, as lists come by default (facts 4); undefined for transactions. */
function namesOf(shelf: Shelf): Int32Array | undefined {
  if (!isList(shelf.kind)) return undefined;
  if (shelf.byName !== undefined) return shelf.byName;
  const rows = Array.from({ length: shelf.size }, (_, row) => row)
    .filter((row) => shelf.state[row] !== DELETED)
    .map((row) => ({ row, name: nameOf(shelf.kind, row) }))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  shelf.byName = Int32Array.from(rows, ({ row }) => row);
  return shelf.byName;
}

/** Ids are sorted as the numbers that they are, although some are beyond 2^53. */
const sortable = ({ type }: Property, get: Getter): Getter =>
  type === "id" ? (row) => String(get(row)).padStart(ID_DIGITS_MAX, "0") : get;

function compare(
  sorters: readonly { get: Getter; sign: number }[],
  left: number,
  right: number,
): number {
  for (const { get, sign } of sorters) {
    const a = get(left);
    const b = get(right);
    if (a < b) return -sign;
    if (a > b) return sign;
  }
  return 0;
}

import type { Books, Shelf } from "../books/books.ts";
import { DELETED, generatedOf, idOf } from "../books/books.ts";
import { indexOf, numberOf } from "../books/ids.ts";
import { isList } from "../books/kinds.ts";
import { parseDay, parseMoment } from "../books/time.ts";
import type { Condition, Operator } from "./parse.ts";
import { FLAG, ID, UPDATED, propertyOf, type Getter, type Property } from "./properties.ts";
import { invalid } from "./refusal.ts";

/** A WHERE made ready to run: a range of LastUpdatedTime, named rows, and tests for the rest. */
export interface Filter {
  /** First and last LastUpdatedTime in seconds, both included. */
  from: number;
  to: number;
  /** Rows named by id; undefined when none were. */
  named: ReadonlySet<number> | undefined;
  tests: readonly ((index: number) => boolean)[];
}

const CENTS = 100;

/** Position of the row with an id; undefined when this kind has none, or it is deleted. */
export function findRow(books: Books, shelf: Shelf, id: string): number | undefined {
  const number = numberOf(shelf.kind, id);
  if (number === undefined) return undefined;
  const created = shelf.createdAtNumber.get(number);
  const index = created ?? indexOf(shelf.kind, number);
  if (index === undefined || index < 0) return undefined;
  const isThere = created !== undefined || index < generatedOf(books, shelf.kind);
  const isShown = isThere && shelf.state[index] !== DELETED;
  return isShown && idOf(books, shelf.kind, index) === id ? index : undefined;
}

/** Checks every condition and makes it runnable; throws QuickBooks' refusal. */
export function filterOf(books: Books, shelf: Shelf, where: readonly Condition[]): Filter {
  const filter = { from: -Infinity, to: Infinity };
  const tests: ((index: number) => boolean)[] = [];
  let named: Set<number> | undefined;
  let asksForActive = false;
  for (const condition of where) {
    const property = propertyOf(books, shelf, condition.property);
    if (property.name === ID) {
      const rows = rowsNamed(books, shelf, condition);
      const before = named;
      named = before === undefined ? rows : new Set([...before].filter((row) => rows.has(row)));
      continue;
    }
    if (property.name === UPDATED && narrow(filter, condition)) continue;
    asksForActive ||= property.name === FLAG;
    tests.push(testOf(condition, property, property.getter(books, shelf)));
  }
  // Inactive rows of lists are left out unless they are asked for (facts 4).
  if (isList(shelf.kind) && !asksForActive) tests.push((index) => shelf.state[index] === 0);
  return { ...filter, named, tests };
}

function rowsNamed(books: Books, shelf: Shelf, condition: Condition): Set<number> {
  if (condition.operator !== "=" && condition.operator !== "IN") {
    throw invalid(`operator ${condition.operator} is not supported for property Id`);
  }
  const rows = condition.values.map((id) => findRow(books, shelf, id));
  return new Set(rows.filter((row) => row !== undefined));
}

/** Narrows the range of LastUpdatedTime; false where the operator is no range. */
function narrow(range: { from: number; to: number }, condition: Condition): boolean {
  const { operator, values } = condition;
  if (operator === "IN" || operator === "LIKE") return false;
  const at = moment(values[0] ?? "", condition.property);
  if (operator === "=" || operator === ">=") range.from = Math.max(range.from, at);
  if (operator === "=" || operator === "<=") range.to = Math.min(range.to, at);
  if (operator === ">") range.from = Math.max(range.from, at + 1);
  if (operator === "<") range.to = Math.min(range.to, at - 1);
  return true;
}

function moment(text: string, property: string): number {
  const at = parseMoment(text);
  if (at === undefined) throw invalid(`invalid date or time '${text}' for property ${property}`);
  return at;
}

type Value = number | string;

/** How a written value of each type is read; throws QuickBooks' refusal. */
const READ: Record<Property["type"], (text: string, name: string) => Value> = {
  id: (text) => text,
  text: (text) => text,
  time: moment,
  date: (text, name) => {
    const day = parseDay(text);
    if (day === undefined) throw invalid(`invalid date '${text}' for property ${name}`);
    return day;
  },
  number: (text, name) => {
    const number = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(number)) throw invalid(`invalid number '${text}' for property ${name}`);
    return Math.round(number * CENTS * 1000) / 1000;
  },
  flag: (text, name) => {
    const isTruth = /^(?:true|false)$/i.test(text);
    if (!isTruth) throw invalid(`invalid boolean '${text}' for property ${name}`);
    return text.toLowerCase() === "true" ? 1 : 0;
  },
};

type Test = (index: number) => boolean;

const COMPARE: Record<Exclude<Operator, "LIKE" | "IN">, (get: Getter, value: Value) => Test> = {
  "=": (get, value) => (index) => get(index) === value,
  "<": (get, value) => (index) => get(index) < value,
  ">": (get, value) => (index) => get(index) > value,
  "<=": (get, value) => (index) => get(index) <= value,
  ">=": (get, value) => (index) => get(index) >= value,
};

function testOf({ operator, values }: Condition, property: Property, get: Getter): Test {
  const { name, type } = property;
  if (operator === "LIKE") {
    if (type !== "text") throw invalid(`LIKE is not supported for ${name}`);
    const pattern = like(values[0] ?? "");
    return (index) => pattern.test(String(get(index)));
  }
  const wanted = values.map((text) => READ[type](text, name));
  if (operator !== "IN") return COMPARE[operator](get, wanted[0] ?? "");
  const set = new Set(wanted);
  return (index) => set.has(get(index));
}

function like(pattern: string): RegExp {
  const parts = pattern
    .split("%")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join("[^]*")}$`, "i");
}

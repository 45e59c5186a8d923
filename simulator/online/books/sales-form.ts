import type { Books } from "./books.ts";
import { generatedOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { hash } from "./random.ts";

/** One sold line: quantity and price in hundredths, amount in cents. */
interface FormLine {
  item: number;
  quantity: number;
  price: number;
  amount: number;
  bits: number;
}

/** The numbers of a sales form, in cents; `total` = subtotal - discount + tax. */
export interface SalesForm {
  lines: readonly FormLine[];
  subtotal: number;
  discount: number;
  tax: number;
  total: number;
}

const TAX_PERCENT = 8;
export const DISCOUNT_PERCENT = 10;
const LINES_MAX = 4;
/** Amounts that break clients which count in floating point. */
const TENTH = 10;
const MILLION = 123_456_789;

function line(bits: number, items: number): FormLine {
  const item = bits % items;
  const price = 25 * (4 + ((bits >>> 8) % 1600));
  const halves = price % 2 === 0 ? 1 + ((bits >>> 5) % 16) : 2 + 2 * ((bits >>> 5) % 6);
  return { item, quantity: halves * 50, price, amount: (price * halves) / 2, bits };
}

const single = (bits: number, items: number, amount: number): FormLine => ({
  item: bits % items,
  quantity: 100,
  price: amount,
  amount,
  bits,
});

/** The lines of any sales form; the same row always has the same ones. */
export function salesForm(books: Books, kind: Kind, index: number): SalesForm {
  const { seed } = books.plan;
  const code = kindNumber(kind);
  const bits = hash(seed, code + 400, index);
  const items = Math.max(1, generatedOf(books, "Item"));
  if (bits % 53 === 0) return plainForm([single(bits, items, TENTH)]);
  if (bits % 4999 === 0) return plainForm([single(bits, items, MILLION)]);
  const lines: FormLine[] = [];
  const count = 2 + (bits % (LINES_MAX - 1));
  for (let n = 0; n < count; n++) {
    lines.push(line(hash(seed, code + 500 + n, index), items));
  }
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const discount = bits % 8 === 1 ? Math.round((subtotal * DISCOUNT_PERCENT) / 100) : 0;
  const tax = bits % 3 === 0 ? Math.round((subtotal * TAX_PERCENT) / 100) : 0;
  return { lines, subtotal, discount, tax, total: subtotal - discount + tax };
}

function plainForm(lines: readonly FormLine[]): SalesForm {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  return { lines, subtotal, discount: 0, tax: 0, total: subtotal };
}

/** A form of one line with a given amount, as credit memos have that return a whole invoice. */
export function formOf(books: Books, index: number, cents: number): SalesForm {
  const bits = hash(books.plan.seed, 777, index);
  return plainForm([single(bits, Math.max(1, generatedOf(books, "Item")), cents)]);
}

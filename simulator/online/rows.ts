import { Bytes } from "./answer.ts";
import type { Books, Shelf } from "./books/books.ts";
import { payloadOf } from "./books/payload.ts";
import { failed } from "./query/refusal.ts";

const BYTES_PER_ROW = 2600;

/**
 * Payload text of rows for a page, made one by one as they are written: a thousand unwritten rows
 * cost the garbage collector more than making them. Throws 4002 at once when a row of the page
 * cannot be shown.
 */
export function payloads(books: Books, shelf: Shelf, rows: readonly number[]): Iterable<string> {
  const isRefused = rows.some((row) => shelf.poisoned.get(row) === "refuse");
  if (isRefused) throw failed();
  return each(books, shelf, rows);
}

function* each(books: Books, { kind, poisoned }: Shelf, rows: readonly number[]) {
  for (const row of rows) {
    const text = payloadOf(books, kind, row);
    yield poisoned.get(row) === "garbage" ? garbled(text) : text;
  }
}

/** No JSON any more, but braces and quotes still match. */
const garbled = (text: string): string => text.replace('"sparse":false', '"sparse":fa,lse');

/** Joins the texts of so many rows with commas, between a beginning and an end. */
export function joined(begin: string, texts: Iterable<string>, end: string, rows: number): Buffer {
  const bytes = new Bytes(rows * BYTES_PER_ROW);
  bytes.add(begin);
  let isFirst = true;
  for (const text of texts) {
    if (!isFirst) bytes.add(",");
    bytes.add(text);
    isFirst = false;
  }
  bytes.add(end);
  return bytes.taken();
}

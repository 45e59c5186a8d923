import { Bytes } from "./answer.ts";
import type { Books, Shelf } from "./books/books.ts";
import { payloadOf } from "./books/payload.ts";
import { failed } from "./query/refusal.ts";

/** Payload text of rows for a page; throws 4002 when a row of it cannot be shown. */
export function payloads(books: Books, shelf: Shelf, rows: readonly number[]): string[] {
  const { kind, poisoned } = shelf;
  if (poisoned.size === 0) return rows.map((row) => payloadOf(books, kind, row));
  if (rows.some((row) => poisoned.get(row) === "refuse")) throw failed();
  return rows.map((row) => {
    const text = payloadOf(books, kind, row);
    return poisoned.get(row) === "garbage" ? garbled(text) : text;
  });
}

/** No JSON any more, but braces and quotes still match. */
const garbled = (text: string): string => text.replace('"sparse":false', '"sparse":fa,lse');

/** Joins payloads with commas between a beginning and an end. */
export function joined(begin: string, texts: readonly string[], end: string): Buffer {
  const expected = texts.reduce((sum, { length }) => sum + length + 1, begin.length + end.length);
  const bytes = new Bytes(expected);
  bytes.add(begin);
  for (const [n, text] of texts.entries()) {
    if (n > 0) bytes.add(",");
    bytes.add(text);
  }
  bytes.add(end);
  return bytes.taken();
}

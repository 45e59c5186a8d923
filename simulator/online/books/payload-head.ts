import type { Books } from "./books.ts";
import { idOf, patchOf, shelfOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { createdAt, dayOf, syncTokenOf } from "./times.ts";
import { dayText, stamp } from "./time.ts";

/** What every payload begins with, without the opening brace. */
export function head(books: Books, kind: Kind, index: number): string {
  const updated = shelfOf(books, kind).updated[index] ?? 0;
  return (
    `"domain":"QBO","sparse":false,"Id":"${idOf(books, kind, index)}",` +
    `"SyncToken":"${syncTokenOf(books, kind, index)}","MetaData":{` +
    `"CreateTime":"${stamp(createdAt(books, kind, index))}","LastUpdatedTime":"${stamp(updated)}"}`
  );
}

/** "TxnDate":"..." of a transaction. */
export const txnDate = (books: Books, kind: Kind, index: number): string =>
  `"TxnDate":"${dayText(dayOf(books, kind, index))}"`;

/** `,"PrivateNote":"..."`, or nothing; run-time changes show here. */
export function privateNote(books: Books, kind: Kind, index: number, text = ""): string {
  const note = patchOf(books, kind, index)?.note ?? text;
  return note === "" ? "" : `,"PrivateNote":"${note}"`;
}

/** `,"<name>":"..."` with what a run-time change left on a list row, or nothing. */
export function listNote(books: Books, kind: Kind, index: number, name: string): string {
  const note = patchOf(books, kind, index)?.note;
  return note === undefined ? "" : `,"${name}":"${note}"`;
}

import type { Books } from "./books.ts";
import { DELETED, idOf, shelfOf } from "./books.ts";
import { indexOf, numberOf } from "./ids.ts";
import type { Kind } from "./kinds.ts";

/** A change that cannot be made: no such row, or QuickBooks would refuse it. */
export class ChangeRefused extends Error {
  override readonly name = "ChangeRefused";
}

/** Position of the present row with an id. Throws ChangeRefused. */
export function rowWithId(books: Books, kind: Kind, id: string): number {
  const shelf = shelfOf(books, kind);
  const number = numberOf(kind, id);
  const index =
    number === undefined ? undefined : (shelf.createdAtNumber.get(number) ?? indexOf(kind, number));
  const isThere = index !== undefined && index >= 0 && index < shelf.size;
  if (!isThere || idOf(books, kind, index) !== id || shelf.state[index] === DELETED) {
    throw new ChangeRefused(`there is no ${kind} with id ${id}`);
  }
  return index;
}

import type { Books, Patch, Shelf } from "./books.ts";
import { ACTIVE, DELETED, idOf, shelfOf } from "./books.ts";
import { refreshColumns } from "./columns.ts";
import type { Kind } from "./kinds.ts";
import { takeNumber } from "./make.ts";
import { ROWS_MAX, type Move } from "./order.ts";
import { syncTokenOf } from "./times.ts";

/** Several changes that happen at one moment; their rows take their new places together. */
export interface Edit {
  books: Books;
  /** Seconds; LastUpdatedTime of every row that is touched. */
  at: number;
  moves: Map<Kind, Map<number, Move>>;
}

export const beginEdit = (books: Books, at: number): Edit => ({ books, at, moves: new Map() });

function moveOf(edit: Edit, kind: Kind, index: number, from: number | undefined): Move {
  const moves = edit.moves.get(kind) ?? new Map<number, Move>();
  edit.moves.set(kind, moves);
  const move = moves.get(index) ?? { index, from, to: from };
  moves.set(index, move);
  return move;
}

/** Puts every touched row in its place; nothing may read the order before this. */
export function commitEdit({ books, moves }: Edit): void {
  for (const [kind, ofKind] of moves) shelfOf(books, kind).order.move([...ofKind.values()]);
}

/** Changes what run time knows about a row, without touching its times. */
export function patch(edit: Edit, kind: Kind, index: number, change: Patch): void {
  const shelf = shelfOf(edit.books, kind);
  shelf.patches.set(index, { ...shelf.patches.get(index), ...change });
  refreshColumns(edit.books, shelf, index);
}

/** Moves LastUpdatedTime and nothing else, as a balance does to its customer (facts 5.1). */
function touch(edit: Edit, kind: Kind, index: number): void {
  const shelf = shelfOf(edit.books, kind);
  const move = moveOf(edit, kind, index, shelf.updated[index]);
  move.to = edit.at;
  shelf.updated[index] = edit.at;
  refreshColumns(edit.books, shelf, index);
}

/** A real edit: SyncToken and LastUpdatedTime both move. */
export function bump(edit: Edit, kind: Kind, index: number, change: Patch = {}): void {
  const syncToken = syncTokenOf(edit.books, kind, index) + 1;
  patch(edit, kind, index, { ...change, syncToken });
  touch(edit, kind, index);
}

/** Takes a row out of the books and leaves the tombstone that CDC shows. */
export function bury(edit: Edit, kind: Kind, index: number): void {
  const shelf = shelfOf(edit.books, kind);
  moveOf(edit, kind, index, shelf.updated[index]).to = undefined;
  shelf.state[index] = DELETED;
  shelf.tombstones.push({ id: idOf(edit.books, kind, index), at: edit.at });
}

function makeRoom(shelf: Shelf): void {
  if (shelf.size < shelf.updated.length) return;
  const capacity = Math.max(64, shelf.size * 2);
  const updated = new Int32Array(capacity);
  updated.set(shelf.updated);
  shelf.updated = updated;
  const state = new Uint8Array(capacity);
  state.set(shelf.state);
  shelf.state = state;
  for (const [name, column] of shelf.columns) {
    const bigger = new Float64Array(capacity);
    bigger.set(column);
    shelf.columns.set(name, bigger);
  }
}

/** Adds a row at the end of its kind and answers its position. */
export function addRow(edit: Edit, kind: Kind, change: Patch = {}): number {
  const { books, at } = edit;
  const shelf = shelfOf(books, kind);
  if (shelf.size >= ROWS_MAX) throw new Error(`no room for another ${kind}`);
  makeRoom(shelf);
  const index = shelf.size++;
  const number = takeNumber(books, kind);
  shelf.createdNumbers.push(number);
  shelf.createdAtNumber.set(number, index);
  shelf.updated[index] = at;
  shelf.state[index] = ACTIVE;
  shelf.byName = undefined;
  moveOf(edit, kind, index, undefined).to = at;
  patch(edit, kind, index, { createdAt: at, syncToken: 0, ...change });
  return index;
}

/** Changes what a customer owes, or a vendor is owed, and moves its LastUpdatedTime. */
export function owe(edit: Edit, side: "Customer" | "Vendor", party: number, cents: number): void {
  if (cents === 0 || party >= shelfOf(edit.books, side).base) return;
  // Sums that nobody has asked for yet will be made with this change in them.
  const owed = edit.books.owed.get(side);
  if (owed !== undefined) owed[party] = (owed[party] ?? 0) + cents;
  touch(edit, side, party);
}

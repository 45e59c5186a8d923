import type { Checkpoint, Listing } from "../source.ts";
import { textOf, wallText, type WallClock } from "./clock.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** QuickBooks has no books before this. */
const BEGINNING_MS = Date.parse("1990-01-01T00:00:00Z");
/** The first window of a walk of which nothing else is known. */
const FIRST_WIDTH_MS = 30 * DAY_MS;
/** Over which time the records of a company are spread, as a first guess. */
const SPREAD_MS = 3 * 365 * DAY_MS;
/** A window grows or shrinks by this at most, from one to the next. */
const CHANGE_MAX = 16;
/** A window is to hold this many pages; one that turns out to hold more than twice as many is begun anew, smaller. */
const PAGES_A_WINDOW = 2;
/** A window whose pages never add up is then taken as it comes; the proof finds what is missing. */
const TRIES_MAX = 5;

/**
 * Where a walk stands: newest first, in windows of time, each read with an iterator. The iterator is
 * only an accelerator: it lives as long as its session, and a window is read again from its start.
 */
export interface Position {
  /** Which of the kind's queries. */
  query: number;
  /** By modification, in the PC's wall clock, or by the date of transactions. */
  by: "modified" | "dated";
  /** Where the walk begins and ends: moments (ISO, UTC) or dates, inclusive; null is open. */
  from: string | null;
  until: string | null;
  /** How many records the listing held, where that is known, and how many were seen of them. */
  total: number | null;
  seen: number;
  /** The present window, inclusive, null open; a wall clock's seconds or dates. */
  low: string | null;
  high: string | null;
  /** Where its upper end is thought to be while that is open. */
  top: string | null;
  /** Its width in milliseconds; 0 before the first one, null for all at once. */
  width: number | null;
  /** Begun again so often, because its pages did not add up. */
  tries: number;
  /** The iterator of the window: its session, how many records it brought, how many it has left, its page size. */
  iterator: string | null;
  session: string | null;
  read: number;
  left: number;
  size: number;
  /** An iterator of the same session that is not needed any more. */
  stop: string | null;
  /** The name that the next page begins with. */
  name: string | null;
}

const NO_ITERATOR = {
  iterator: null,
  session: null,
  read: 0,
  left: 0,
  size: 0,
  stop: null,
} as const;

export const packPosition = (position: Position): Checkpoint => ({ ...position });
export const unpackPosition = (checkpoint: Checkpoint): Position =>
  checkpoint as unknown as Position;

/** QuickBooks takes a range of dates or one of modification, not both: the one that picks out less. */
const isByDate = ({ datedFrom, datedUntil, modifiedFrom }: Listing): boolean =>
  modifiedFrom === null && (datedFrom !== null || datedUntil !== null);

/** Before the first record of a listing, which holds about `total` of them. */
export function startOf(
  listing: Listing,
  family: "list" | "transaction",
  total: number | null,
): Position {
  const { modifiedFrom, modifiedUntil, datedFrom, datedUntil } = listing;
  const dated = family === "transaction" && isByDate(listing);
  return {
    query: 0,
    by: dated ? "dated" : "modified",
    from: dated ? datedFrom : (modifiedFrom?.toISOString() ?? null),
    until: dated ? datedUntil : (modifiedUntil?.toISOString() ?? null),
    total,
    seen: 0,
    low: null,
    high: null,
    top: null,
    width: 0,
    tries: 0,
    ...NO_ITERATOR,
    name: null,
  };
}

/** The same walk through the kind's next query. */
export const atQuery = (position: Position, query: number): Position => ({
  ...position,
  query,
  low: null,
  high: null,
  top: null,
  width: 0,
  tries: 0,
  ...NO_ITERATOR,
  name: null,
});

const unitOf = ({ by }: Position): number => (by === "dated" ? DAY_MS : SECOND_MS);

const textIn = ({ by }: Position, ms: number): string =>
  by === "dated" ? textOf(ms).slice(0, 10) : textOf(ms);

const msOf = (text: string): number => Date.parse(text.length === 10 ? text : `${text}Z`);

/** An end of the walk as a filter has it. */
export const bound = (
  position: Position,
  clock: WallClock,
  side: "from" | "until",
): string | null => {
  const at = position[side];
  if (at === null) return null;
  return position.by === "dated" ? at : wallText(clock, new Date(at), side);
};

/**
 * The newest window: all at once where that is known to fit a page, else as wide as the records may
 * be dense. Its upper end is the walk's own; `nowMs` decides how far down it reaches, nothing else.
 */
export function firstWindow(
  position: Position,
  { clock, size, nowMs }: { clock: WallClock; size: number; nowMs: number },
): Position {
  const low = bound(position, clock, "from");
  const high = bound(position, clock, "until");
  const begun = { ...position, ...NO_ITERATOR };
  if (position.total !== null && position.total <= size)
    return { ...begun, low, high, width: null };
  const width =
    position.total === null
      ? FIRST_WIDTH_MS
      : Math.min(SPREAD_MS, (SPREAD_MS * size * PAGES_A_WINDOW) / position.total);
  const top = msOf(high ?? newestText(clock, nowMs));
  return down({ ...begun, high, top: textIn(position, top) }, { low, top, width });
}

/** The present as the PC's wall clock has it, which is hours ahead of ours in the east; ours where nothing is known of it. */
const newestText = (clock: WallClock, nowMs: number): string =>
  clock.seasons.size === 0 ? textOf(nowMs) : wallText(clock, new Date(nowMs), "until");

/** A window from its upper end down, as wide as wanted; open below where nothing can be further down. */
function down(
  position: Position,
  { low, top, width }: { low: string | null; top: number; width: number },
): Position {
  const unit = unitOf(position);
  const whole = Math.max(unit, Math.floor(width / unit) * unit);
  const end = top - whole + unit;
  const floor = low === null ? BEGINNING_MS : msOf(low);
  return { ...position, low: end <= floor ? low : textIn(position, end), width: whole };
}

/** What an answer says of a window before its records are looked at. */
export interface Outcome {
  rows: number;
  remaining: number;
  iteratorId: string | null;
  session: string;
  /** The records that the next page is to hold. */
  size: number;
}

/** Where a walk goes on after a page; null when this query is at its end. `again`: the page is not taken. */
export interface Step {
  next: Position | null;
  again: boolean;
}

/** Decides where to go on, by numbers alone, so that it can be asked for before the page is read. */
export function stepOf(position: Position, outcome: Outcome, clock: WallClock): Step {
  const { rows, remaining, iteratorId, session, size } = outcome;
  const isGoing = position.iterator !== null;
  // A page was answered that nobody stored, or records were deleted behind the iterator.
  const addsUp = !isGoing || rows + remaining === position.left;
  if (!addsUp && position.tries < TRIES_MAX) return { next: again(position), again: true };
  const read = position.read + rows;
  const seen = position.seen + rows;
  // What came whole is taken, however large it was.
  if (!isGoing && remaining > 0 && rows + remaining > 2 * PAGES_A_WINDOW * size) {
    const smaller = narrowed(position, (size * PAGES_A_WINDOW) / (rows + remaining));
    if (smaller !== null) return { next: { ...smaller, stop: iteratorId, session }, again: true };
  }
  if (remaining > 0 && iteratorId !== null) {
    const iterator = { iterator: iteratorId, session, read, left: remaining, stop: null };
    return {
      next: { ...position, seen, ...iterator, size: isGoing ? position.size : size },
      again: false,
    };
  }
  return { next: below({ ...position, seen }, { rows: read, size, clock }), again: false };
}

/** The present window from its start: without its iterator, and smaller when that happens again and again. */
export function again(position: Position): Position {
  const begun = {
    ...position,
    ...NO_ITERATOR,
    seen: position.seen - position.read,
    tries: position.tries + 1,
  };
  return (position.tries > 1 ? narrowed(begun, 1 / CHANGE_MAX) : null) ?? begun;
}

/**
 * The present window from its start, after the session of its iterator is over: as much of it as that
 * session brought, so that sessions that are always as short come to its end.
 */
export function withoutSession(position: Position): Position {
  const { read, left, tries, seen } = position;
  const begun = { ...position, ...NO_ITERATOR, seen: seen - read, tries };
  return narrowed(begun, read / (read + left)) ?? (read > 0 ? raised(begun) : null) ?? begun;
}

/** The window below one that was read; null where that reached the end of the walk. */
export function below(
  position: Position,
  { rows, size, clock }: { rows: number; size: number; clock: WallClock },
): Position | null {
  const { low, width, total, seen } = position;
  const end = bound(position, clock, "from");
  if (low === null || width === null || (end !== null && low <= end)) return null;
  const factor = rows === 0 ? CHANGE_MAX : (size * PAGES_A_WINDOW) / rows;
  const top = msOf(low) - unitOf(position);
  const begun = { ...position, ...NO_ITERATOR, tries: 0, high: textIn(position, top) };
  // What is left of the whole walk fits a page, as far as the count was right.
  if (total !== null && Math.abs(total - seen) <= size) {
    return down(begun, { low: end, top, width: top - BEGINNING_MS + DAY_MS });
  }
  const grown = width * Math.min(CHANGE_MAX, Math.max(1 / CHANGE_MAX, factor));
  return down(begun, { low: end, top, width: grown });
}

/** The newer part of a window that holds too much, half of it at most; null where it is one second or day. */
export function narrowed(position: Position, share: number): Position | null {
  const unit = unitOf(position);
  const begun = { ...position, ...NO_ITERATOR };
  if (position.width === null) {
    return { ...begun, low: null, high: null, width: 0, total: null };
  }
  if (position.width <= unit) return null;
  const bottom = position.low === null ? BEGINNING_MS : msOf(position.low);
  const end = position.high ?? position.top;
  const top = end === null ? bottom + position.width - unit : msOf(end);
  const width = Math.max(
    unit,
    Math.floor(((top - bottom + unit) * Math.min(0.5, share)) / unit) * unit,
  );
  return { ...begun, low: textIn(position, top - width + unit), width };
}

/**
 * What a window that is open above still holds when its end was thought to be reached is later than that:
 * the PC's clock is ahead, or documents are dated so. Its end is looked for twice as far from where the
 * walk ends; null where the window has an end.
 */
function raised(position: Position): Position | null {
  if (position.high !== null) return null;
  const unit = unitOf(position);
  const low = position.low === null ? BEGINNING_MS : msOf(position.low);
  const bottom = position.from === null ? BEGINNING_MS : Date.parse(position.from);
  const further = Math.max(DAY_MS, Math.floor((low - bottom) / unit) * unit);
  const width = Math.floor(further / 2 / unit) * unit || unit;
  const top = low + further;
  return {
    ...position,
    low: textIn(position, top - width + unit),
    top: textIn(position, top),
    width,
  };
}

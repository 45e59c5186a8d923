import { faultIn, FaultError } from "../../core/faults.ts";
import type { Checkpoint, Page, SourceRecord, Trouble } from "../source.ts";
import type { QueryAnswer } from "./answer.ts";
import { unreadable } from "./faults.ts";
import { ONLINE_KINDS } from "./kinds.ts";
import {
  packPosition,
  secondAfter,
  secondBetween,
  secondOf,
  secondWithin,
  unpackPosition,
  type Position,
} from "./position.ts";
import type { OnlineListing, Stretch } from "./query.ts";

/** QuickBooks' own maximum (facts section 3). */
export const PAGE_SIZE = 1000;

/** A second whose rows keep another order each time is then taken as it comes; the proof finds what is missing. */
const RESTARTS_MAX = 5;
/** More rows in one second than any import makes: QuickBooks does not heed the position we ask for. */
const SECOND_ROWS_MAX = 1_000_000;
/** No company of QuickBooks Online has rows older than this; only narrowing starts from it. */
const BEGINNING = "1998-01-01T00:00:00Z";

/** Asks one question of a listing; throws FaultError. */
export interface Asker {
  page(stretch: Stretch, position: number, size: number): Promise<QueryAnswer>;
  count(stretch: Stretch): Promise<number>;
  /** The second of the oldest or newest change in a stretch; null where there is none, or QuickBooks refuses to say. */
  edge(stretch: Stretch, which: "oldest" | "newest"): Promise<string | null>;
}

/** The checkpoint before the first row of a listing. */
export const startOf = (listing: OnlineListing): Checkpoint =>
  packPosition({
    at: listing.modifiedFrom === null ? null : secondOf(listing.modifiedFrom.getTime()),
    until: listing.modifiedUntil === null ? null : secondOf(listing.modifiedUntil.getTime()),
    offset: 0,
    overlap: null,
    restarts: 0,
    refusedUntil: null,
  });

/**
 * One page from a checkpoint on. Rows move while we read, so nothing is found by offset alone: a
 * full page ends with its last whole second, and the next one reads from that second on. A second
 * with more rows than a page is walked by offset with one row of overlap. A page that QuickBooks
 * refuses whole is narrowed by time, then by position, down to the one row that causes it.
 */
export async function walkPage(
  listing: OnlineListing,
  checkpoint: Checkpoint,
  ask: Asker,
): Promise<Page> {
  const position = unpackPosition(checkpoint);
  if (position.refusedUntil !== null) return narrowed(listing, position, ask);
  try {
    return position.offset > 0
      ? await pageWithinSecond(position, ask)
      : await pageByTime(position, position.until, ask);
  } catch (error) {
    if (faultIn(error)?.kind !== "page-refused") throw error;
    return narrowed(listing, position, ask);
  }
}

async function pageByTime(position: Position, until: string | null, ask: Asker): Promise<Page> {
  const answer = await ask.page({ from: position.at, until }, 1, PAGE_SIZE);
  refuseDisorder(answer.records, position.at);
  if (answer.rows < PAGE_SIZE) return page(answer.records, answer.troubles, null);
  const first = answer.records[0];
  const last = answer.records.at(-1);
  if (first === undefined || last === undefined) {
    throw unreadable("a full page of records without one that can be read");
  }
  const lastSecond = secondWithin(last.modifiedAt);
  if (secondWithin(first.modifiedAt) === lastSecond) {
    return page(answer.records, answer.troubles, {
      ...position,
      at: lastSecond,
      offset: answer.rows,
      overlap: last.quickbooksId,
    });
  }
  const whole = answer.records.filter((record) => secondWithin(record.modifiedAt) < lastSecond);
  return page(whole, answer.troubles, { ...position, at: lastSecond, offset: 0, restarts: 0 });
}

async function pageWithinSecond(position: Position, ask: Asker): Promise<Page> {
  const { at, offset, overlap, restarts } = position;
  if (offset > SECOND_ROWS_MAX) throw unreadable(`the rows changed at ${at} do not end`);
  const answer = await ask.page({ from: at, until: at }, offset, PAGE_SIZE);
  const shared = answer.records[0];
  const steady = overlap === null || shared?.quickbooksId === overlap;
  if (!steady && restarts < RESTARTS_MAX) {
    return page([], [], { ...position, offset: 0, overlap: null, restarts: restarts + 1 });
  }
  const fresh = steady && overlap !== null ? answer.records.slice(1) : answer.records;
  if (answer.rows < PAGE_SIZE) return page(fresh, answer.troubles, afterSecond(position));
  return page(fresh, answer.troubles, {
    ...position,
    offset: offset + answer.rows - 1,
    overlap: answer.records.at(-1)?.quickbooksId ?? null,
  });
}

/** Finds the stretch that QuickBooks refuses, by halves: what lies before it is a page like any other. */
async function narrowed(listing: OnlineListing, position: Position, ask: Asker): Promise<Page> {
  const low = position.at ?? BEGINNING;
  const end = position.until ?? secondOf(Date.now());
  if (position.offset > 0) return narrowedWithinSecond(listing, position, ask);
  let high = position.refusedUntil ?? end;
  while (low < high) {
    const middle = secondBetween(low, high);
    const found = await unlessRefused(() => pageByTime({ ...position, at: low }, middle, ask));
    if (found === null) {
      high = middle;
      continue;
    }
    if (found.next !== null) return { ...found, next: { ...found.next, refusedUntil: high } };
    return page(found.records, found.troubles, {
      ...position,
      at: secondAfter(middle),
      refusedUntil: high,
    });
  }
  return narrowedWithinSecond(listing, { ...position, at: low, refusedUntil: low }, ask);
}

/** Within one second, by position: ever smaller pages, and the one row that is refused alone becomes a trouble. */
async function narrowedWithinSecond(
  listing: OnlineListing,
  position: Position,
  ask: Asker,
): Promise<Page> {
  const second = { from: position.at, until: position.at };
  for (let size = PAGE_SIZE; size >= 1; size = Math.floor(size / 2)) {
    const answer = await unlessRefused(() => ask.page(second, position.offset + 1, size));
    if (answer === null) continue;
    const ended = answer.rows < size;
    return page(
      answer.records,
      answer.troubles,
      ended
        ? afterSecond({ ...position, refusedUntil: null })
        : { ...position, offset: position.offset + answer.rows, overlap: null },
    );
  }
  return page([], [refusedRow(listing, position)], {
    ...position,
    offset: position.offset + 1,
    overlap: null,
  });
}

function afterSecond(position: Position): Position | null {
  const at = secondAfter(position.at ?? BEGINNING);
  if (position.until !== null && at > position.until) return null;
  return { ...position, at, offset: 0, overlap: null, restarts: 0 };
}

function refusedRow(listing: OnlineListing, position: Position): Trouble {
  const { entity } = ONLINE_KINDS[listing.kind];
  return {
    kind: listing.kind,
    quickbooksId: null,
    key: `refused-record:${listing.kind}:${position.at}:${position.offset}`,
    message: `QuickBooks cannot produce one ${entity} that was last changed at ${position.at}: it refuses every page with it (4002).`,
    raw: "4002",
  };
}

function refuseDisorder(records: readonly SourceRecord[], from: string | null): void {
  let before = from ?? "";
  for (const record of records) {
    const second = secondWithin(record.modifiedAt);
    if (second < before) {
      throw unreadable(`record ${record.quickbooksId} is not in the order of modification time`);
    }
    before = second;
  }
}

async function unlessRefused<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FaultError && error.fault.kind === "page-refused") return null;
    throw error;
  }
}

const page = (records: SourceRecord[], troubles: Trouble[], next: Position | null): Page => ({
  records,
  troubles,
  next: next === null ? null : packPosition(next),
});

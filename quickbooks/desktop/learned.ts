import { unknownWallClock, type WallClock } from "./clock.ts";

/** A page is to keep QuickBooks busy for about this long: long enough to be worth asking, short enough to lose. */
const TARGET_MS = 8_000;
/** Within these a size is left as it is. */
const STEADY_MS = { from: 5_000, until: 15_000 };
const RECORDS_FIRST = 100;
const RECORDS_MIN = 10;
const RECORDS_MAX = 1_500;
/** An answer larger than this takes long on its way. */
const CHARACTERS_MAX = 4 * 1024 * 1024;
/** A size grows by this at most, from one answer to the next. */
const GROWTH_MAX = 4;

/** What was learned of one company file and its PC while it was read; kept by the worker between activities. */
export interface Learned {
  clock: WallClock;
  /** How many records a page of each query is to hold. */
  sizes: Map<string, number>;
  /** The size that was used last. */
  size: number;
  /** The newest session, and when this process saw it first, on a clock that is never put right. */
  session: { id: string; sinceMs: number } | null;
}

export const nothingLearned = (): Learned => ({
  clock: unknownWallClock(),
  sizes: new Map(),
  size: RECORDS_FIRST,
  session: null,
});

/** What a page of one query cost. */
export interface PageCost {
  records: number;
  insideMs: number;
  characters: number;
}

/** Sets the size of a query's next page by what this one cost. */
export function learnPage(learned: Learned, query: string, cost: PageCost): void {
  if (cost.records === 0) return;
  const size = pageSizeOf(learned, query);
  const msARecord = Math.max(cost.insideMs, 1) / cost.records;
  const bySize = Math.floor((CHARACTERS_MAX * cost.records) / Math.max(cost.characters, 1));
  const predicted = msARecord * size;
  const isSteady = predicted >= STEADY_MS.from && predicted <= STEADY_MS.until;
  const byTime = isSteady ? size : Math.min(Math.round(TARGET_MS / msARecord), size * GROWTH_MAX);
  learned.size = Math.max(RECORDS_MIN, Math.min(RECORDS_MAX, byTime, bySize));
  learned.sizes.set(query, learned.size);
}

/** How many records the next page of a query is to hold. */
export const pageSizeOf = (learned: Learned, query: string): number =>
  learned.sizes.get(query) ?? RECORDS_FIRST;

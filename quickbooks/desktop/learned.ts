/** A page is to keep QuickBooks busy for about this long: long enough to be worth asking, short enough to lose. */
const TARGET_MS = 8_000;
const RECORDS_FIRST = 100;
const RECORDS_MIN = 10;
const RECORDS_MAX = 1_500;
/** An answer larger than this takes long on its way. */
const CHARACTERS_MAX = 4 * 1024 * 1024;
/** How much the newest answer weighs. */
const WEIGHT = 0.4;

/** What was learned of one company file and its PC while it was read; kept by the worker between activities. */
export interface Learned {
  /** How far its wall clock is ahead of UTC, in milliseconds; null before a record was seen. */
  offsetMs: number | null;
  msARecord: number | null;
  charactersARecord: number | null;
}

export const nothingLearned = (): Learned => ({
  offsetMs: null,
  msARecord: null,
  charactersARecord: null,
});

/** How long a page of this many records took, and how large it was. */
export function learnPage(
  learned: Learned,
  page: { records: number; insideMs: number; characters: number },
): void {
  if (page.records === 0) return;
  learned.msARecord = blend(learned.msARecord, page.insideMs / page.records);
  learned.charactersARecord = blend(learned.charactersARecord, page.characters / page.records);
}

const blend = (before: number | null, now: number): number =>
  before === null ? now : before + (now - before) * WEIGHT;

/** How many records the next page is to hold. */
export function pageSizeOf({ msARecord, charactersARecord }: Learned): number {
  if (msARecord === null || charactersARecord === null) return RECORDS_FIRST;
  const byTime = TARGET_MS / Math.max(msARecord, 0.001);
  const bySize = CHARACTERS_MAX / Math.max(charactersARecord, 1);
  return Math.round(Math.min(RECORDS_MAX, Math.max(RECORDS_MIN, Math.min(byTime, bySize))));
}

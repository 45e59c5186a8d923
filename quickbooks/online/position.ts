import type { Checkpoint } from "../source.ts";

/**
 * Where a walk by modification time stands: all rows changed before `at` are taken, and of the
 * second `at` itself the first `offset` rows, the last of them being `overlap`.
 */
export interface Position {
  at: string | null;
  until: string | null;
  offset: number;
  overlap: string | null;
  restarts: number;
  /** Some row up to this second makes QuickBooks refuse the page it is in. */
  refusedUntil: string | null;
}

export const packPosition = (position: Position): Checkpoint => ({ ...position });

export const unpackPosition = (checkpoint: Checkpoint): Position =>
  checkpoint as unknown as Position;

/** RFC 3339 in UTC with whole seconds: QuickBooks' resolution, and texts of one length that compare as times. */
export const secondOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The same from a record's `modifiedAt`, which is written so, with milliseconds. */
export const secondWithin = (modifiedAt: string): string => `${modifiedAt.slice(0, 19)}Z`;

export const secondAfter = (second: string): string => secondOf(Date.parse(second) + 1000);
export const secondBefore = (second: string): string => secondOf(Date.parse(second) - 1000);

/** The whole second in the middle, the earlier one of two. */
export const secondBetween = (low: string, high: string): string =>
  secondOf(Math.floor((Date.parse(low) + Date.parse(high)) / 2000) * 1000);

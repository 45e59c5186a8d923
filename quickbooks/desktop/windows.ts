import { z } from "zod";

import type { Checkpoint } from "../source.ts";

/** QuickBooks has no books before this. */
const BEGINNING = "1990-01-01";
const DAY_MS = 86_400_000;
/** The first window of a walk whose density nobody knows. */
const FIRST_WIDTH_MS = 30 * DAY_MS;
/** A window grows by this at most, from one to the next. */
const GROWTH_MAX = 8;

/** Where a walk stands: newest first, in windows of time, each read with an iterator where there is one. */
const Place = z.object({
  /** Which of the kind's queries. */
  query: z.number(),
  /** Wall clock's seconds, or days; both ends inclusive, null open. */
  low: z.string().nullable(),
  high: z.string().nullable(),
  /** How wide a window is, in milliseconds; 0 is a walk in one window. */
  width: z.number(),
  /** Where the walk ends; null is the beginning of the books. */
  floor: z.string().nullable(),
  /** About how many records are left in the whole walk; null where nobody knows. */
  left: z.number().nullable(),
  /** The iterator that is open in a session, how many records it brought, and its page size. */
  iterator: z
    .object({ id: z.string(), sessionId: z.string(), read: z.number(), size: z.number() })
    .nullable(),
  /** Lists by name: the name that the next page begins with. */
  nameFrom: z.string().nullable(),
});
export type Place = z.infer<typeof Place>;

/** A checkpoint is flat JSON of texts and numbers. */
export const packPlace = (place: Place): Checkpoint => ({ at: JSON.stringify(place) });

export function unpackPlace(checkpoint: Checkpoint): Place {
  return Place.parse(JSON.parse(String(checkpoint["at"])));
}

type Window = Pick<Place, "low" | "high" | "width">;
type Unit = "second" | "day";

/** The newest window of a walk. Its upper end is open unless the walk has one; the PC's clock decides nothing. */
export function firstWindow(
  { low, high }: { low: string | null; high: string | null },
  unit: Unit,
): Window {
  const top = high ?? textOf(Date.now() + DAY_MS, unit);
  return { low: atLeast(low, earlier(top, FIRST_WIDTH_MS)), high, width: FIRST_WIDTH_MS };
}

/** The window below one that was read; null where it reached the walk's end. `rows` are what it held. */
export function nextWindow(
  place: Place,
  found: { rows: number; wanted: number; left: number | null },
): Place | null {
  const { low, floor, width } = place;
  if (width === 0 || low === null || (floor !== null && low <= floor)) return null;
  const growth = found.rows === 0 ? GROWTH_MAX : found.wanted / found.rows;
  const grown = Math.max(unitMs(low), width * Math.min(GROWTH_MAX, Math.max(0.25, growth)));
  const high = textOf(msOf(low) - unitMs(low), unitOf(low));
  const isLast = found.left !== null && found.left <= found.wanted;
  const next = isLast ? floor : atLeast(floor, earlier(high, grown));
  return { ...place, high, low: openBelow(next, floor), width: grown, iterator: null };
}

/** The newer part of a window that holds too much; null where it is a second, or a day, already. */
export function narrowed(
  place: Place,
  { rows, wanted }: { rows: number; wanted: number },
): Place | null {
  const low = place.low ?? place.floor;
  const unit = unitOf(low ?? place.high);
  const top = place.high ?? textOf(Date.now() + DAY_MS, unit);
  const bottom = low ?? (unit === "day" ? BEGINNING : `${BEGINNING}T00:00:00`);
  const span = msOf(top) - msOf(bottom);
  const step = unit === "day" ? DAY_MS : 1_000;
  if (span < step) return null;
  const width = Math.max(step, Math.floor((span * Math.min(0.5, wanted / rows)) / step) * step);
  const next = textOf(msOf(top) - width + (width === step ? step : 0), unit);
  if (next <= bottom && place.low !== null) return null;
  return { ...place, low: next > top ? top : next, width, iterator: null };
}

const earlier = (text: string, ms: number): string => textOf(msOf(text) - ms, unitOf(text));

/** Before the beginning of the books a window is open below. */
const openBelow = (low: string | null, floor: string | null): string | null =>
  floor === null && low !== null && low <= BEGINNING ? null : low;

const atLeast = (floor: string | null, low: string): string =>
  floor !== null && low < floor ? floor : low;

const unitOf = (text: string | null): Unit => (text?.length === 10 ? "day" : "second");
const unitMs = (text: string): number => (unitOf(text) === "day" ? DAY_MS : 1_000);
const msOf = (text: string): number =>
  Date.parse(unitOf(text) === "day" ? `${text}T00:00:00Z` : `${text}Z`);
const textOf = (ms: number, unit: Unit): string =>
  new Date(ms).toISOString().slice(0, unit === "day" ? 10 : 19);

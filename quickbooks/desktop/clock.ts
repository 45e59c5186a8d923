export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** EditSequence is the second of the modification, sometimes the one beside it. */
export const GRAIN_MS = 2_000;
/** .NET counts tenths of microseconds since the year 1. */
const TICKS_A_MS = 10_000n;
const TICKS_TO_1970_MS = 62_135_596_800_000n;
/** No wall clock is further ahead of UTC: the easternmost zone, and an hour that texts may be wrong by. */
export const AHEAD_MAX_MS = 15 * HOUR_MS;
/** What was seen of the wall clock holds for this long: summer time may begin or end behind it. */
const SEASON_MS = 15 * DAY_MS;
const SEASONS_MAX = 2_000;
/** Every zone's offset is a multiple of this. */
const OFFSET_STEP_MS = 15 * 60_000;

/**
 * How far the PC's wall clock, as QuickBooks writes it, is ahead of UTC: in milliseconds, by season,
 * as modifications showed it. Summer time moves it, and so does an offset that is an hour wrong.
 */
export interface WallClock {
  readonly seasons: Map<number, number>;
}

export const unknownWallClock = (): WallClock => ({ seasons: new Map() });

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:([+-])(\d{2}):(\d{2}))?$/;

/** When something was modified, in milliseconds since 1970, and how far the wall clock was ahead of UTC. */
export interface SeenTime {
  ms: number;
  aheadMs: number;
}

/**
 * When something was modified, and what that shows of the wall clock.
 * QuickBooks stamps the offset of standard time even in summer (in some releases): an offset that is
 * just an hour wrong shows in EditSequence, which counts seconds since 1970. Anything else in
 * EditSequence says nothing. The clock as it was learned helps where a time has no offset. Throws RangeError
 * when the text is no time.
 */
export function readTime(
  time: string,
  editSequence: string | undefined,
  clock: WallClock,
): SeenTime {
  const counted = /^\d{9,11}$/.test(editSequence ?? "") ? Number(editSequence) * 1000 : null;
  const found = TIME.exec(time.replace(/Z$/, "+00:00"));
  const told = Date.parse(found?.[2] === undefined ? `${time}Z` : time);
  if (found === null || Number.isNaN(told)) {
    throw new RangeError(`"${time.slice(0, 40)}" is no time`);
  }
  if (found[2] === undefined) return readWallTime(told, counted, clock);
  const offsetMs = offsetOf(found);
  const apart = counted === null ? 0 : told - counted;
  const wrongBy = Math.abs(Math.abs(apart) - HOUR_MS) <= GRAIN_MS ? Math.sign(apart) * HOUR_MS : 0;
  return { ms: told - wrongBy, aheadMs: offsetMs + wrongBy };
}

/**
 * A time without an offset, which qbXML allows, is the wall clock's. How far that is ahead shows in
 * EditSequence, or was learned; of a clock of which nothing is known UTC is as good as any, because what
 * we ask is asked in its own times again.
 */
function readWallTime(wallMs: number, counted: number | null, { seasons }: WallClock): SeenTime {
  const apart = counted === null ? 0 : wallMs - counted;
  const steps = Math.round(apart / OFFSET_STEP_MS) * OFFSET_STEP_MS;
  const isOffset = Math.abs(apart - steps) <= GRAIN_MS && Math.abs(apart) <= AHEAD_MAX_MS;
  const aheadMs =
    counted !== null && isOffset
      ? steps
      : (seasons.get(seasonOf(wallMs)) ?? [...seasons.values()].at(-1) ?? 0);
  return { ms: wallMs - aheadMs, aheadMs };
}

/** The offset of a time that has one, in milliseconds. */
function offsetOf(found: RegExpExecArray): number {
  const ms = Number(found[3]) * HOUR_MS + Number(found[4]) * 60_000;
  return found[2] === "-" ? -ms : ms;
}

/** The moment of a time whose offset may be an hour wrong without anything to tell it: by what was learned. */
export function momentOf(time: string, clock: WallClock): number {
  const { ms, aheadMs } = readTime(time, undefined, clock);
  const learned = clock.seasons.get(seasonOf(ms));
  const wrongBy = learned === undefined ? 0 : learned - aheadMs;
  return Math.abs(wrongBy) === HOUR_MS ? ms - wrongBy : ms;
}

/** Learns the wall clock from one modification. */
export function learnWallClock({ seasons }: WallClock, seen: SeenTime): void {
  const season = seasonOf(seen.ms);
  if (seasons.get(season) === seen.aheadMs) return;
  if (seasons.size >= SEASONS_MAX) seasons.clear();
  seasons.set(season, seen.aheadMs);
}

/**
 * A moment as a filter has it: the PC's wall clock, without an offset. Where it is not known what that
 * was, `from` is as early and `until` as late as it can be: more is read than needed, never less.
 */
export const wallText = (clock: WallClock, moment: Date, side: "from" | "until"): string =>
  textOf(moment.getTime() + aheadAt(clock, moment.getTime(), side));

/** The second of a wall clock's milliseconds, as QuickBooks takes it. */
export const textOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

function aheadAt({ seasons }: WallClock, ms: number, side: "from" | "until"): number {
  const known = seasons.get(seasonOf(ms));
  if (known !== undefined) return known;
  const all = [...seasons.values()];
  if (all.length === 0) return side === "from" ? -DAY_MS : DAY_MS;
  // Summer or winter: within an hour of one that was seen.
  return side === "from" ? Math.min(...all) - HOUR_MS : Math.max(...all) + HOUR_MS;
}

const seasonOf = (ms: number): number => Math.floor(ms / SEASON_MS);

/** An AppLock (`LOCKED:<host>:<ticks>`): the PC's name, and its wall clock when the session began. */
export function readAppLock(lock: string): { host: string; wallMs: number } | null {
  const found = /^[A-Z]*LOCKED:(.*):(\d{17,19})$/.exec(lock);
  if (found === null) return null;
  const wallMs = Number(BigInt(found[2] ?? "0") / TICKS_A_MS - TICKS_TO_1970_MS);
  return Number.isNaN(new Date(wallMs).getTime()) ? null : { host: found[1] ?? "", wallMs };
}

/**
 * The moment of a wall clock's time, rather too early than too late. Nobody documents whether an
 * AppLock's ticks are the wall clock's or UTC: where the first would be ahead of our own clock, the
 * earlier of both is taken.
 */
export function earliestMoment(clock: WallClock, wallMs: number, nowMs: number): number {
  const seasons = [-1, 0, 1]
    .map((step) => clock.seasons.get(seasonOf(wallMs) + step))
    .filter((ahead) => ahead !== undefined);
  const all = seasons.length > 0 ? seasons : [...clock.seasons.values()];
  const aheadMs =
    all.length === 0 ? AHEAD_MAX_MS : Math.max(...all) + (seasons.length > 0 ? 0 : HOUR_MS);
  const moment = wallMs - aheadMs;
  return moment > nowMs + HOUR_MS ? Math.min(moment, wallMs) : moment;
}

/** In milliseconds since 1970; a time without an offset is the PC's wall clock's, as all others of it are. NaN where it is none. */
export const msOf = (time: string): number => Date.parse(hasOffset(time) ? time : `${time}Z`);

/** Does a time say how far its zone is from UTC? */
export const hasOffset = (time: string): boolean => /(?:Z|[+-]\d\d:\d\d)$/.test(time);

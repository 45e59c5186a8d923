const HOUR_MS = 3_600_000;
/** EditSequence is the second of the modification, sometimes the one beside it. */
const GRAIN_MS = 2_000;
/** .NET counts tenths of microseconds since the year 1. */
const TICKS_A_MS = 10_000n;
const TICKS_TO_1970_MS = 62_135_596_800_000n;
/** No PC is further ahead of UTC than this. */
const AHEAD_MAX_MS = 14 * HOUR_MS;

/** The wall clock of a time of QuickBooks: its text without the offset, which may be an hour wrong. */
export const wallOf = (time: string): string => time.slice(0, 19);

/**
 * When something was modified, in UTC. QuickBooks stamps the offset of standard time even in summer
 * (in some releases): an offset that is just an hour wrong shows in EditSequence, which counts seconds
 * since 1970. Anything else in EditSequence says nothing.
 */
export function instantOf(time: string, editSequence: string): string {
  const told = Date.parse(time);
  const counted = /^\d{9,11}$/.test(editSequence) ? Number(editSequence) * 1000 : Number.NaN;
  const isAnHourOff = Math.abs(Math.abs(counted - told) - HOUR_MS) <= GRAIN_MS;
  if (Number.isNaN(told)) throw new RangeError(`not a time: ${time.slice(0, 40)}`);
  return new Date(isAnHourOff ? told + Math.sign(counted - told) * HOUR_MS : told).toISOString();
}

/** How far the PC's wall clock is ahead of UTC, as one modification shows it; milliseconds. */
export const offsetShown = (time: string, instant: string): number =>
  Date.parse(`${wallOf(time)}Z`) - Date.parse(instant);

/** A moment as a filter has it: the PC's wall clock, without an offset. Before an offset is known, the earliest it can be. */
export const filterText = (moment: Date, offsetMs: number | null): string =>
  new Date(moment.getTime() + (offsetMs ?? -AHEAD_MAX_MS)).toISOString().slice(0, 19);

/** The second before or after a wall clock's. */
export const beside = (wall: string, seconds: number): string =>
  new Date(Date.parse(`${wall}Z`) + seconds * 1000).toISOString().slice(0, 19);

/**
 * What an AppLock (`LOCKED:<host>:<ticks>`) says: the PC's name, and its clock when the session
 * began. Nobody says whether the ticks are local or UTC: the earlier of both is taken.
 */
export function readAppLock(
  lock: string | null,
  offsetMs: number | null,
): { host: string; at: Date | null } | null {
  const found = /^[A-Z]*LOCKED:(.*):(\d{17,19})$/.exec(lock ?? "");
  if (found === null) return null;
  const ms = Number(BigInt(found[2] ?? "0") / TICKS_A_MS - TICKS_TO_1970_MS);
  const at = new Date(Math.min(ms, ms - (offsetMs ?? AHEAD_MAX_MS)));
  return { host: found[1] ?? "", at: Number.isNaN(at.getTime()) ? null : at };
}

export const DAY_SECONDS = 86_400;
const DAYS_CACHED_MAX = 50_000;
const MINUTE_SECONDS = 60;

/** How the PC writes times. */
export interface Zone {
  utcOffsetMinutes: number;
  /** Summer time is on, but times carry the standard offset: they are an hour ahead of themselves. */
  hasOneHourBug: boolean;
}

const PAIRS: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));
const pair = (n: number): string => PAIRS[n] ?? String(n);
const days = new Map<number, string>();

/** Days since 1970 as YYYY-MM-DD. */
export function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
  if (days.size >= DAYS_CACHED_MAX) days.clear();
  days.set(day, text);
  return text;
}

export const shiftSeconds = (zone: Zone): number => (zone.hasOneHourBug ? 60 * MINUTE_SECONDS : 0);

const offsetText = (minutes: number): string => {
  const away = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pair(Math.floor(away / 60))}:${pair(away % 60)}`;
};

/** Seconds since 1970 as DATETIMETYPE in the PC's zone. */
export function stamp(seconds: number, zone: Zone): string {
  const local = seconds + zone.utcOffsetMinutes * MINUTE_SECONDS + shiftSeconds(zone);
  const day = Math.floor(local / DAY_SECONDS);
  const rest = local - day * DAY_SECONDS;
  const hour = (rest / 3600) | 0;
  const minute = ((rest - hour * 3600) / 60) | 0;
  const time = `${pair(hour)}:${pair(minute)}:${pair(rest % 60)}`;
  return `${dayText(day)}T${time}${offsetText(zone.utcOffsetMinutes)}`;
}

/** The calendar day on the PC. */
export const localDay = (seconds: number, zone: Zone): number =>
  Math.floor((seconds + zone.utcOffsetMinutes * MINUTE_SECONDS + shiftSeconds(zone)) / DAY_SECONDS);

const MOMENT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:([+-])(\d{1,2}):(\d{1,2}))?)?)?)?$/;

/**
 * The first and the last second that a DATETIMETYPE may mean, as QuickBooks would have written it;
 * without an offset it is the PC's wall time, without a time it is the whole day. Undefined when
 * there is no such moment.
 */
export function momentOf(text: string, zone: Zone): { first: number; last: number } | undefined {
  const found = MOMENT.exec(text);
  if (found === null) return undefined;
  const part = (index: number): number => Number(found[index] ?? 0);
  const utc = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6)) / 1000;
  const back = new Date(utc * 1000);
  const isReal = back.getUTCMonth() === part(2) - 1 && back.getUTCDate() === part(3);
  if (!isReal || part(4) > 23 || part(5) > 59 || part(6) > 59) return undefined;
  const sign = found[7] === "-" ? -1 : 1;
  const asked = sign * (part(8) * 60 + part(9));
  const offset = found[7] === undefined ? zone.utcOffsetMinutes : asked;
  const first = utc - offset * MINUTE_SECONDS;
  return { first, last: first + (missing(found) - 1) };
}

/** How many seconds the part left out spans. */
function missing(found: RegExpExecArray): number {
  if (found[4] === undefined) return DAY_SECONDS;
  if (found[5] === undefined) return 60 * MINUTE_SECONDS;
  return found[6] === undefined ? MINUTE_SECONDS : 1;
}

/** Days since 1970 of YYYY-MM-DD; undefined when there is no such day. */
export function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text
    ? undefined
    : ms / 1000 / DAY_SECONDS;
}

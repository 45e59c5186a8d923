/** Seconds since 1970 and their spelling: QuickBooks answers in Pacific time, to the second. */
export const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
const HOURS_CACHED_MAX = 200_000;
const DAYS_CACHED_MAX = 50_000;
const PACIFIC_STANDARD_HOURS = -8;
const PACIFIC_DAYLIGHT_HOURS = -7;

interface HourParts {
  prefix: string;
  suffix: string;
  /** Days since 1970 in Pacific time. */
  day: number;
}

const PAIRS: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));
const hours = new Map<number, HourParts>();
const days = new Map<number, string>();

const pair = (n: number): string => PAIRS[n] ?? String(n);

/** The n-th Sunday of a month, as a day of the month. */
function nthSunday(year: number, month: number, n: number): number {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return 1 + ((7 - first) % 7) + (n - 1) * 7;
}

/** Pacific time's distance from UTC in hours at a moment, by the rule in force since 2007. */
function pacificOffsetHours(seconds: number): number {
  const year = new Date(seconds * 1000).getUTCFullYear();
  const begin = Date.UTC(year, 2, nthSunday(year, 2, 2), 10) / 1000;
  const end = Date.UTC(year, 10, nthSunday(year, 10, 1), 9) / 1000;
  return seconds >= begin && seconds < end ? PACIFIC_DAYLIGHT_HOURS : PACIFIC_STANDARD_HOURS;
}

/** The two halves around minutes and seconds; both change only at full hours. */
function hourParts(hour: number): HourParts {
  const known = hours.get(hour);
  if (known !== undefined) return known;
  const offset = pacificOffsetHours(hour * HOUR_SECONDS);
  const local = new Date((hour + offset) * HOUR_SECONDS * 1000).toISOString();
  const day = Math.floor(((hour + offset) * HOUR_SECONDS) / DAY_SECONDS);
  const parts = { prefix: local.slice(0, 14), suffix: `-${pair(-offset)}:00`, day };
  if (hours.size >= HOURS_CACHED_MAX) hours.clear();
  hours.set(hour, parts);
  return parts;
}

/** A moment in seconds as MetaData shows it: 2026-03-08T03:00:00-07:00. */
export function stamp(seconds: number): string {
  const hour = Math.floor(seconds / HOUR_SECONDS);
  const rest = seconds - hour * HOUR_SECONDS;
  const minute = (rest / 60) | 0;
  const { prefix, suffix } = hourParts(hour);
  return `${prefix}${pair(minute)}:${pair(rest - minute * 60)}${suffix}`;
}

/** A moment in milliseconds as an answer's `time` shows it: 2026-03-08T03:00:00.042-07:00. */
export function stampMs(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const text = stamp(seconds);
  return `${text.slice(0, 19)}.${String(ms - seconds * 1000).padStart(3, "0")}${text.slice(19)}`;
}

/** A day (days since 1970) as YYYY-MM-DD. */
export function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
  if (days.size >= DAYS_CACHED_MAX) days.clear();
  days.set(day, text);
  return text;
}

/** The calendar day of a moment in the company's zone, as days since 1970. */
export function pacificDay(seconds: number): number {
  return hourParts(Math.floor(seconds / HOUR_SECONDS)).day;
}

const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Seconds of an ISO 8601 text, fractions cut off; without an offset it is company time.
 * Undefined when it is no moment.
 */
export function parseMoment(text: string): number | undefined {
  const found = MOMENT.exec(text.trim());
  if (found === null) return undefined;
  const [, year, month, date, hour = "0", minute = "0", second = "0", zone] = found;
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(date),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (new Date(utc).getUTCMonth() !== Number(month) - 1 || Number(hour) > 24) return undefined;
  const seconds = utc / 1000;
  if (zone === undefined) {
    const guess = seconds - PACIFIC_STANDARD_HOURS * HOUR_SECONDS;
    return seconds - pacificOffsetHours(guess) * HOUR_SECONDS;
  }
  if (zone.toUpperCase() === "Z") return seconds;
  const digits = zone.replace(":", "");
  const away = Number(digits.slice(1, 3)) * HOUR_SECONDS + Number(digits.slice(3)) * 60;
  return digits.startsWith("-") ? seconds + away : seconds - away;
}

const DAY = /^(\d{4}-\d\d-\d\d)(?:T.*)?$/;

/** Days since 1970 of YYYY-MM-DD (a time behind it is ignored); undefined when it is no date. */
export function parseDay(text: string): number | undefined {
  const found = DAY.exec(text.trim())?.[1];
  if (found === undefined) return undefined;
  const ms = Date.parse(`${found}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms / (DAY_SECONDS * 1000);
}

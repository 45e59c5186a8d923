const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const YEAR_MIN = 1900;
/** The furthest that any place on earth is ahead of UTC. */
const AHEAD_MS = 14 * 3_600_000;

/** The text itself when it is a day of the calendar since 1900, else null: no 30th of February. */
export function calendarDay(text: string): string | null {
  if (!DAY.test(text) || Number(text.slice(0, 4)) < YEAR_MIN) return null;
  const at = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
}

/** Has this day begun somewhere on earth? */
export const isPast = (day: string, now: Date): boolean =>
  day <= new Date(now.getTime() + AHEAD_MS).toISOString().slice(0, 10);

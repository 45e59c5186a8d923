/** Some months in a row, by their first days (YYYY-MM-01), both included. */
export interface Months {
  first: string;
  last: string;
}

/** The first day of a day's month. */
export const startOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** The last day of the month that begins with this day. */
export function endOfMonth(first: string): string {
  const next = new Date(`${nextMonth(first)}T00:00:00Z`);
  return new Date(next.getTime() - 86_400_000).toISOString().slice(0, 10);
}

/** Their first days, oldest first. */
export function monthsBetween({ first, last }: Months): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = nextMonth(month)) months.push(month);
  return months;
}

function nextMonth(first: string): string {
  const year = Number(first.slice(0, 4));
  const month = Number(first.slice(5, 7));
  const next = month === 12 ? [year + 1, 1] : [year, month + 1];
  return `${String(next[0]).padStart(4, "0")}-${String(next[1]).padStart(2, "0")}-01`;
}

import { fullName, type Row, type Txn } from "../file/books.ts";
import { dayOf, momentOf, shiftSeconds, type Zone } from "../file/times.ts";
import { childOf, textOf, textsOf, type XmlElement } from "./document.ts";
import { StatusError } from "./status.ts";

const FEATURE_OFF = "This feature is not enabled or not available in this version of QuickBooks.";

export const featureOff = (): StatusError => new StatusError(3250, FEATURE_OFF);

/** A range of seconds or days; both ends belong to it. */
export interface Range {
  from: number;
  to: number;
}

const EVER: Range = { from: -Infinity, to: Infinity };

const noDate = (text: string): StatusError =>
  new StatusError(3020, `There was an error when converting the date value "${text}".`);

function ordered(range: Range): Range {
  if (range.from <= range.to) return range;
  throw new StatusError(3030, 'The "from" date is after the "to" date.');
}

/**
 * A range of moments as QuickBooks writes them: without an offset in the PC's wall time, and where
 * that writes times an hour off, an hour off.
 */
export function momentRange(
  element: XmlElement | undefined,
  names: [string, string],
  zone: Zone,
): Range {
  if (element === undefined) return EVER;
  const [from, to] = names.map((name) => textOf(element, name));
  const read = (text: string | undefined): { first: number; last: number } | undefined => {
    if (text === undefined || text === "") return undefined;
    const found = momentOf(text, zone);
    if (found === undefined) throw noDate(text);
    return found;
  };
  const shift = shiftSeconds(zone);
  return ordered({
    from: (read(from)?.first ?? -Infinity) - shift,
    to: (read(to)?.last ?? Infinity) - shift,
  });
}

/** TxnDateRangeFilter, as days since 1970. `today` is the PC's. */
export function dayRange(element: XmlElement | undefined, today: number): Range {
  if (element === undefined) return EVER;
  const macro = textOf(element, "DateMacro");
  if (macro !== "") return macroRange(macro, today);
  const read = (name: string): number | undefined => {
    const text = textOf(element, name);
    if (text === "") return undefined;
    const day = dayOf(text);
    if (day === undefined) throw noDate(text);
    return day;
  };
  return ordered({ from: read("FromTxnDate") ?? -Infinity, to: read("ToTxnDate") ?? Infinity });
}

/** The stretches of time that are simulated; the books of the fiscal year begin in January. */
function macroRange(macro: string, today: number): Range {
  const day = new Date(today * 86_400_000);
  const start = (year: number, month: number): number => Date.UTC(year, month, 1) / 86_400_000;
  const year = day.getUTCFullYear();
  const month = day.getUTCMonth();
  const ranges: Record<string, Range> = {
    All: EVER,
    Today: { from: today, to: today },
    Yesterday: { from: today - 1, to: today - 1 },
    ThisMonth: { from: start(year, month), to: start(year, month + 1) - 1 },
    ThisMonthToDate: { from: start(year, month), to: today },
    LastMonth: { from: start(year, month - 1), to: start(year, month) - 1 },
    ThisCalendarYear: { from: start(year, 0), to: start(year + 1, 0) - 1 },
    ThisCalendarYearToDate: { from: start(year, 0), to: today },
    LastCalendarYear: { from: start(year - 1, 0), to: start(year, 0) - 1 },
    ThisFiscalYear: { from: start(year, 0), to: start(year + 1, 0) - 1 },
    ThisFiscalYearToDate: { from: start(year, 0), to: today },
    LastFiscalYear: { from: start(year - 1, 0), to: start(year, 0) - 1 },
  };
  const found = ranges[macro];
  if (found === undefined) throw new StatusError(1030, `The date macro ${macro} is not simulated.`);
  return found;
}

const within = (text: string, part: string, criterion: string): boolean => {
  if (criterion === "StartsWith") return text.startsWith(part);
  return criterion === "EndsWith" ? text.endsWith(part) : text.includes(part);
};

/** NameFilter or RefNumberFilter: `of` names the element with the text that is looked for. */
export function matcher(filter: XmlElement | undefined, of: string): (text: string) => boolean {
  if (filter === undefined) return () => true;
  const part = textOf(filter, of).toLowerCase();
  const criterion = textOf(filter, "MatchCriterion");
  return (text) => within(text.toLowerCase(), part, criterion);
}

/** NameRangeFilter: both ends belong to it, case does not matter. */
export function nameRange(filter: XmlElement | undefined): (name: string) => boolean {
  if (filter === undefined) return () => true;
  const from = textOf(filter, "FromName").toLowerCase();
  const to = textOf(filter, "ToName").toLowerCase();
  if (to !== "" && from > to)
    throw new StatusError(3031, 'The "from" name is after the "to" name.');
  return (name) => {
    const low = name.toLowerCase();
    return low >= from && (to === "" || low <= to);
  };
}

/** RefNumberRangeFilter: numbers by their size, anything else by letter. */
export function refRange(filter: XmlElement | undefined): (ref: string) => boolean {
  if (filter === undefined) return () => true;
  const from = textOf(filter, "FromRefNumber");
  const to = textOf(filter, "ToRefNumber");
  return (ref) =>
    ref !== "" && (from === "" || !isBelow(ref, from)) && (to === "" || !isBelow(to, ref));
}

function isBelow(one: string, other: string): boolean {
  const areNumbers = /^\d+$/.test(one) && /^\d+$/.test(other);
  return areNumbers ? Number(one) < Number(other) : one.toLowerCase() < other.toLowerCase();
}

/** EntityFilter, AccountFilter and ItemFilter: which records of a list are meant. */
export function rowFilter(filter: XmlElement | undefined): (row: Row | null) => boolean {
  if (filter === undefined) return () => true;
  const ids = new Set(textsOf(filter, "ListID"));
  const names = new Set(textsOf(filter, "FullName").map((name) => name.toLowerCase()));
  const idAbove = childOf(filter, "ListIDWithChildren")?.text;
  const nameAbove = childOf(filter, "FullNameWithChildren")?.text.toLowerCase();
  const isMeant = (row: Row): boolean => ids.has(row.id) || names.has(fullName(row).toLowerCase());
  const isBelowOne = (row: Row): boolean =>
    row.id === idAbove ||
    fullName(row).toLowerCase() === nameAbove ||
    (row.parent !== null && isBelowOne(row.parent));
  return (row) => row !== null && (isMeant(row) || isBelowOne(row));
}

/** The accounts that a transaction touches. */
export const accountsIn = ({ account, toAccount, lines }: Txn): (Row | null)[] => [
  account,
  toAccount,
  ...lines.map((line) => line.account),
];

export const itemsIn = ({ lines }: Txn): (Row | null)[] => lines.map(({ item }) => item);

import { eachMember, valueAt } from "./cut.ts";

/** More places than any amount has, and more than PostgreSQL keeps. */
const BEYOND = /[eE][+-]?0*\d{4,}$/;
const DIGITS_MAX = 200;

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The digits of a top-level number of a record as they stand in its text, never through a float.
 * `parsed` is the same record parsed: it says whether there is such a number at the top. Throws
 * RangeError for one that is no amount of money.
 */
export function amountIn(
  text: string,
  property: string,
  parsed: Readonly<Record<string, unknown>>,
): string | null {
  if (typeof parsed[property] !== "number") return null;
  const digits = amountsNamed(text, property, 1)?.[0] ?? digitsAtTop(text, property);
  if (digits !== null && (digits.length > DIGITS_MAX || BEYOND.test(digits))) {
    throw new RangeError(`"${digits.slice(0, 40)}" is no amount`);
  }
  return digits;
}

/** The digits of all numbers of that name anywhere in a text, as they follow one another; null where there are not so many. */
export function amountsNamed(text: string, property: string, count: number): string[] | null {
  // Looked for without its first quote, because a record holds hundreds of quotes to begin at in vain.
  const named = `${property}":`;
  const found: string[] = [];
  for (let at = text.indexOf(named); at >= 0; at = text.indexOf(named, at + named.length)) {
    if (text[at - 1] !== '"') continue;
    const digits = found.length < count ? digitsFrom(text, at + named.length) : null;
    if (digits === null) return null;
    found.push(digits);
  }
  return found.length === count ? found : null;
}

function digitsFrom(text: string, from: number): string | null {
  const pattern = /\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
  pattern.lastIndex = from;
  return pattern.exec(text)?.[1] ?? null;
}

/** The slow way, for a property whose name stands below the top as well. */
function digitsAtTop(text: string, property: string): string | null {
  const json = Buffer.from(text);
  let found: string | null = null;
  eachMember(json, 0, (key, from) => {
    const value = key === property ? valueAt(json, from) : "";
    if (NUMBER.test(value)) found = value;
    return null;
  });
  return found;
}

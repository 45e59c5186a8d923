import { eachMember, valueAt } from "./cut.ts";

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The digits of a top-level number of a record as they stand in its text, never through a float.
 * `parsed` is the same record parsed: it says whether there is such a number at the top.
 */
export function amountIn(
  text: string,
  property: string,
  parsed: Readonly<Record<string, unknown>>,
): string | null {
  if (typeof parsed[property] !== "number") return null;
  return onlyAmountIn(text, property) ?? digitsAtTop(text, property);
}

/** The digits of the only number of that name anywhere in a text; null where there are several, or none. */
export function onlyAmountIn(text: string, property: string): string | null {
  const named = `"${property}":`;
  const first = text.indexOf(named);
  const isAlone = first >= 0 && !text.includes(named, first + named.length);
  return isAlone ? digitsFrom(text, first + named.length) : null;
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

/**
 * Cuts an answer of QuickBooks into the texts of its parts, byte for byte, without parsing what is
 * inside. A record that does not parse is then its own trouble alone, and amounts keep their digits.
 */

/** The answer breaks off or is not JSON at this position. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
  constructor(position: number) {
    super(`not complete JSON at character ${position}`);
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Goes over a value itself: is told where it starts and answers where it ends. */
export type Walker = (from: number) => number;

/**
 * Visits the members of the object at `start`; the value's text is `text.slice(from, to)`. A value
 * whose key has a walker is left to it, and so gone over once instead of twice. Answers where the
 * object ends.
 */
export function eachMember(
  text: string,
  start: number,
  visit: (key: string, from: number, to: number) => void,
  walkers: Readonly<Record<string, Walker>> = {},
): number {
  let at = skipSpace(text, start);
  if (text.charCodeAt(at) !== OPEN_BRACE) throw new BrokenJson(at);
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  for (;;) {
    const keyEnd = skipString(text, at);
    const key = text.slice(at + 1, keyEnd - 1);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== COLON) throw new BrokenJson(at);
    const from = skipSpace(text, at + 1);
    const walker = Object.hasOwn(walkers, key) ? walkers[key] : undefined;
    const to = walker === undefined ? skipValue(text, from) : walker(from);
    if (walker === undefined) visit(key, from, to);
    at = skipSpace(text, to);
    if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
    if (text.charCodeAt(at) !== COMMA) throw new BrokenJson(at);
    at = skipSpace(text, at + 1);
  }
}

/** Visits the elements of the array at `start`. Answers where it ends. */
export function eachElement(
  text: string,
  start: number,
  visit: (from: number, to: number) => void,
): number {
  let at = skipSpace(text, start);
  if (text.charCodeAt(at) !== OPEN_BRACKET) throw new BrokenJson(at);
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_BRACKET) return at + 1;
  for (;;) {
    const to = skipValue(text, at);
    visit(at, to);
    at = skipSpace(text, to);
    if (text.charCodeAt(at) === CLOSE_BRACKET) return at + 1;
    if (text.charCodeAt(at) !== COMMA) throw new BrokenJson(at);
    at = skipSpace(text, at + 1);
  }
}

/**
 * The digits of a top-level number of a record as they stand in its text, never through a float.
 * `parsed` is the same record parsed: it says whether there is such a number at the top.
 */
export function numberIn(
  record: string,
  key: string,
  parsed: Readonly<Record<string, unknown>>,
): string | null {
  if (typeof parsed[key] !== "number") return null;
  const named = `"${key}":`;
  const first = record.indexOf(named);
  if (first >= 0 && record.indexOf(named, first + named.length) < 0) {
    return numberAt(record, first + named.length);
  }
  let found: string | null = null;
  eachMember(record, 0, (name, from) => {
    if (name === key) found = numberAt(record, from);
  });
  return found;
}

function numberAt(text: string, from: number): string | null {
  const pattern = /\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
  pattern.lastIndex = from;
  return pattern.exec(text)?.[1] ?? null;
}

function skipValue(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return skipString(text, start);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) return skipNested(text, start);
  let at = start;
  for (; at < text.length; at++) {
    const next = text.charCodeAt(at);
    if (next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET || next <= 32) break;
  }
  if (at === start || at === text.length) throw new BrokenJson(at);
  return at;
}

function skipNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = skipString(text, at) - 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  throw new BrokenJson(text.length);
}

function skipString(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) throw new BrokenJson(start);
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  throw new BrokenJson(text.length);
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

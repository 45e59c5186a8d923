/**
 * Cuts an answer of QuickBooks into its parts, byte for byte, without parsing what is inside. A
 * record that does not parse is then its own trouble alone, and its payload stays what was sent.
 */

/** The answer breaks off or is not JSON at this byte. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
  constructor(position: number) {
    super(`not complete JSON at byte ${position}`);
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
const SPACE = 32;

/**
 * Visits the members of the object at `start` and answers where it ends. A visitor that reads a
 * value itself answers where that value ends, so that nothing is gone through twice; others answer null.
 */
export function eachMember(
  json: Buffer,
  start: number,
  visit: (key: string, from: number) => number | null,
): number {
  let at = skipSpace(json, start);
  if (json[at] !== OPEN_BRACE) throw new BrokenJson(at);
  at = skipSpace(json, at + 1);
  if (json[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    const keyEnd = skipString(json, at);
    const key = json.toString("utf8", at + 1, keyEnd - 1);
    at = skipSpace(json, keyEnd);
    if (json[at] !== COLON) throw new BrokenJson(at);
    const from = skipSpace(json, at + 1);
    at = skipSpace(json, visit(key, from) ?? skipValue(json, from));
    if (json[at] === CLOSE_BRACE) return at + 1;
    if (json[at] !== COMMA) throw new BrokenJson(at);
    at = skipSpace(json, at + 1);
  }
}

/** Visits the elements of the array at `start`, as their own bytes, and answers where it ends. */
export function eachElement(json: Buffer, start: number, visit: (element: Buffer) => void): number {
  let at = skipSpace(json, start);
  if (json[at] !== OPEN_BRACKET) throw new BrokenJson(at);
  at = skipSpace(json, at + 1);
  if (json[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    const to = skipValue(json, at);
    visit(json.subarray(at, to));
    at = skipSpace(json, to);
    if (json[at] === CLOSE_BRACKET) return at + 1;
    if (json[at] !== COMMA) throw new BrokenJson(at);
    at = skipSpace(json, at + 1);
  }
}

/** The text of the value at `start`. */
export const valueAt = (json: Buffer, start: number): string =>
  json.toString("utf8", start, skipValue(json, start));

function skipValue(json: Buffer, start: number): number {
  const byte = json[start];
  if (byte === QUOTE) return skipString(json, start);
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipNested(json, start);
  let at = start;
  for (; at < json.length; at++) {
    const next = json[at] ?? 0;
    if (next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET || next <= SPACE) break;
  }
  if (at === start || at === json.length) throw new BrokenJson(at);
  return at;
}

function skipNested(json: Buffer, start: number): number {
  const end = json.length;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = skipString(json, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
  }
  throw new BrokenJson(end);
}

function skipString(json: Buffer, start: number): number {
  if (json[start] !== QUOTE) throw new BrokenJson(start);
  const end = json.length;
  for (let at = start + 1; at < end; at++) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  throw new BrokenJson(end);
}

function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && (json[at] ?? 0) <= SPACE) at++;
  return at;
}

import { unparsable } from "./refusal.ts";

export interface Token {
  type: "word" | "text" | "number" | "sign" | "end";
  text: string;
}

const QUERY_CHARACTERS_MAX = 200_000;
const SPACE = /\s+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_.]*/y;
const NUMBER = /[+-]?\d+(?:\.\d+)?/y;
const TEXT = /'((?:[^'\\]|\\[^])*)'/y;
const SIGN = /<=|>=|!=|<>|[=<>(),*]/y;

const PATTERNS: readonly (readonly [Token["type"], RegExp])[] = [
  ["word", WORD],
  ["text", TEXT],
  ["sign", SIGN],
  ["number", NUMBER],
];

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Cuts a statement into tokens; texts lose their quotes, `\'` becomes `'` (facts 4). */
export function tokens(statement: string): Token[] {
  if (statement.length > QUERY_CHARACTERS_MAX) throw unparsable("<TOO LONG>", "a shorter query");
  const found: Token[] = [];
  let at = match(SPACE, statement, 0)?.[0].length ?? 0;
  while (at < statement.length) {
    const next = nextToken(statement, at);
    found.push(next.token);
    at += next.length;
    at += match(SPACE, statement, at)?.[0].length ?? 0;
  }
  found.push({ type: "end", text: "<EOF>" });
  return found;
}

function nextToken(statement: string, at: number): { token: Token; length: number } {
  for (const [type, pattern] of PATTERNS) {
    const hit = match(pattern, statement, at);
    if (hit === null) continue;
    const text = type === "text" ? (hit[1] ?? "").replaceAll(/\\([^])/g, "$1") : hit[0];
    return { token: { type, text }, length: hit[0].length };
  }
  throw unparsable(statement.slice(at, at + 20), "a quoted text, a number, a name");
}

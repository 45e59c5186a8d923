import { invalid, unparsable } from "./refusal.ts";
import { tokens, type Token } from "./tokens.ts";

const PAGE_ROWS_MAX = 1000;
const PAGE_ROWS_DEFAULT = 100;

export type Operator = "=" | "<" | ">" | "<=" | ">=" | "LIKE" | "IN";

export interface Condition {
  property: string;
  operator: Operator;
  /** One value, or for IN as many as were written. */
  values: readonly string[];
}

export interface Statement {
  isCount: boolean;
  entity: string;
  where: readonly Condition[];
  orderBy: readonly { property: string; isDescending: boolean }[];
  start: number;
  max: number;
}

const OPERATORS: ReadonlySet<string> = new Set(["=", "<", ">", "<=", ">="]);
const isOperator = (text: string): text is Operator => OPERATORS.has(text);

/** Walks the tokens of one statement. */
class Reader {
  private readonly list: readonly Token[];
  private at = 0;

  constructor(statement: string) {
    this.list = tokens(statement);
  }

  peek(): Token {
    return this.list[this.at] ?? { type: "end", text: "<EOF>" };
  }

  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  /** Takes a keyword in any case, or a sign; false and nothing taken when it is not there. */
  take(text: string): boolean {
    const token = this.peek();
    const isIt =
      (token.type === "word" || token.type === "sign") && token.text.toUpperCase() === text;
    if (isIt) this.at++;
    return isIt;
  }

  need(text: string): void {
    if (!this.take(text)) throw unparsable(this.peek().text, `"${text.toLowerCase()}"`);
  }

  word(): string {
    const token = this.next();
    if (token.type !== "word") throw unparsable(token.text, "a name");
    return token.text;
  }
}

/**
 * Reads a statement of QuickBooks' query language (facts 4); what it lacks (OR, JOIN, GROUP BY,
 * column lists, !=) is refused with 4000.
 */
export function parse(statement: string): Statement {
  const reader = new Reader(statement);
  reader.need("SELECT");
  const isCount = target(reader);
  reader.need("FROM");
  const entity = reader.word();
  const where = reader.take("WHERE") ? conditions(reader) : [];
  const orderBy = order(reader);
  const { start, max } = bounds(reader);
  const rest = reader.peek();
  if (rest.type !== "end") throw unparsable(rest.text, '"startposition", "maxresults", <EOF>');
  return { isCount, entity, where, orderBy, start, max };
}

function target(reader: Reader): boolean {
  if (reader.take("*")) return false;
  if (!reader.take("COUNT")) throw unparsable(reader.peek().text, '"*", "count"');
  reader.need("(");
  reader.need("*");
  reader.need(")");
  return true;
}

function conditions(reader: Reader): Condition[] {
  const found = [condition(reader)];
  while (reader.take("AND")) found.push(condition(reader));
  return found;
}

function condition(reader: Reader): Condition {
  const property = reader.word();
  if (reader.take("IN")) {
    reader.need("(");
    const values = [value(reader)];
    while (reader.take(",")) values.push(value(reader));
    reader.need(")");
    return { property, operator: "IN", values };
  }
  if (reader.take("LIKE")) return { property, operator: "LIKE", values: [value(reader)] };
  const { text } = reader.next();
  if (!isOperator(text)) throw unparsable(text, '"=", "<", ">", "<=", ">=", "like", "in"');
  return { property, operator: text, values: [value(reader)] };
}

function value(reader: Reader): string {
  const token = reader.next();
  const isBare = token.type === "word" && /^(?:true|false)$/i.test(token.text);
  if (token.type === "text" || token.type === "number" || isBare) return token.text;
  throw unparsable(token.text, "a value");
}

function order(reader: Reader): Statement["orderBy"] {
  if (!reader.take("ORDERBY")) {
    if (!reader.take("ORDER")) return [];
    reader.need("BY");
  }
  const keys = [sortKey(reader)];
  while (reader.take(",")) keys.push(sortKey(reader));
  return keys;
}

function sortKey(reader: Reader): { property: string; isDescending: boolean } {
  const property = reader.word();
  const isDescending = reader.take("DESC");
  if (!isDescending) reader.take("ASC");
  return { property, isDescending };
}

function bounds(reader: Reader): { start: number; max: number } {
  let start: number | undefined;
  let max: number | undefined;
  for (;;) {
    if (start === undefined && reader.take("STARTPOSITION")) start = wholeNumber(reader);
    else if (max === undefined && reader.take("MAXRESULTS")) max = wholeNumber(reader);
    else break;
  }
  if (start !== undefined && start < 1) {
    throw invalid(`value ${start} for startPosition is invalid. Should be greater than zero`);
  }
  if (max !== undefined && (max < 1 || max > PAGE_ROWS_MAX)) {
    throw invalid(`value ${max} for maxResults is invalid. Should be from 1 to ${PAGE_ROWS_MAX}`);
  }
  return { start: start ?? 1, max: max ?? PAGE_ROWS_DEFAULT };
}

function wholeNumber(reader: Reader): number {
  const token = reader.next();
  if (token.type !== "number" || token.text.includes(".")) {
    throw unparsable(token.text, "<INTEGER>");
  }
  return Number(token.text);
}

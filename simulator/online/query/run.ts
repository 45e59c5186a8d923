import { shelfOf } from "../books/books.ts";
import { ChangeRefused } from "../books/named.ts";
import { companyInfo, preferences } from "../books/company.ts";
import { kindNamed } from "../books/kinds.ts";
import { change } from "../change.ts";
import { payloads } from "../rows.ts";
import type { Realm, Simulator } from "../simulator.ts";
import { parse, type Statement } from "./parse.ts";
import { QueryRefused, invalid } from "./refusal.ts";
import { select } from "./select.ts";

/** What stands inside "QueryResponse", in pieces. */
export interface QueryResult {
  begin: string;
  texts: Iterable<string>;
  end: string;
  rows: number;
}

const counted = (total: number): QueryResult => ({
  begin: `{"totalCount":${total}`,
  texts: [],
  end: "}",
  rows: 0,
});

function paged(
  name: string,
  start: number,
  { texts, rows }: Pick<QueryResult, "texts" | "rows">,
): QueryResult {
  // No rows: the entity's key is absent (facts 4).
  if (rows === 0) return { begin: "{", texts, end: "}", rows };
  const end = `],"startPosition":${start},"maxResults":${rows}}`;
  return { begin: `{"${name}":[`, texts, end, rows };
}

/** Runs a statement; throws QueryRefused with what QuickBooks says. */
export function runQuery(simulator: Simulator, realm: Realm, text: string): QueryResult {
  const statement = parse(text);
  const single = onlyOne(realm, statement);
  if (single !== undefined) return single;
  const kind = kindNamed(statement.entity);
  if (kind === undefined) {
    throw invalid(`Metadata not found for Entity: ${statement.entity}`);
  }
  const { books } = realm;
  if (books.plan.without.has(kind)) {
    const detail = `Feature Not Supported Error : ${kind} is not available in this subscription.`;
    throw new QueryRefused("5030", "Feature Not Supported Error", detail);
  }
  if (!statement.isCount) interrupt(simulator, realm, kind);
  const shelf = shelfOf(books, kind);
  const ties = simulator.settings.unstableTies ? realm.pagesServed : "stable";
  const { rows, total } = select(books, shelf, statement, ties);
  if (statement.isCount) return counted(total);
  realm.pagesServed++;
  const texts = payloads(books, shelf, rows);
  return paged(kind, statement.start, { texts, rows: rows.length });
}

/** CompanyInfo and Preferences have one row each. */
function onlyOne({ books }: Realm, { entity, isCount, start }: Statement): QueryResult | undefined {
  const asked = entity.toLowerCase();
  if (asked !== "companyinfo" && asked !== "preferences") return undefined;
  if (isCount) return counted(1);
  const isCompany = asked === "companyinfo";
  const text = isCompany ? companyInfo(books.plan) : preferences(books);
  const texts = start === 1 ? [text] : [];
  const name = isCompany ? "CompanyInfo" : "Preferences";
  return paged(name, start, { texts, rows: texts.length });
}

/** Changes that were ordered for every n-th page happen just before it is made. */
function interrupt(simulator: Simulator, realm: Realm, kind: string): void {
  for (const interruption of realm.interruptions) {
    const { entity, everyPages, changes } = interruption;
    if (entity !== undefined && entity !== kind) continue;
    interruption.pages++;
    if (interruption.pages % everyPages !== 0) continue;
    try {
      change(simulator, realm, changes);
    } catch (error) {
      // Too few rows left to change; the page itself is fine.
      if (!(error instanceof ChangeRefused)) throw error;
      simulator.log(`between pages: ${error.message}`);
    }
  }
}

import { RECORD_KINDS, type RecordKind } from "../../core/record-kinds.ts";
import type { Books, CompanyAnswer } from "../source.ts";
import { filterText, instantOf } from "./clock.ts";
import type { Exchanges } from "./exchanges.ts";
import { faultOfStatus } from "./faults.ts";
import { appLockOf, type Host } from "./host.ts";
import { DESKTOP_KINDS, type DesktopKind, type DesktopQuery } from "./kinds.ts";
import type { Learned } from "./learned.ts";
import { createPc, type Pc } from "./pc.ts";
import { EVERYTHING, pickQuery, trimmed } from "./queries.ts";
import type { Response } from "./reader.ts";
import type { Request } from "./writer.ts";

/** Documents that people know by their numbers. */
const NUMBERED: readonly RecordKind[] = [
  "invoice",
  "sales_receipt",
  "bill",
  "estimate",
  "credit_memo",
];
/** The newest number is looked for among those modified within these days. */
const NUMBERS_OF_DAYS = 60;
const NUMBERS_MAX = 500;
/** Where no lock tells the clock, the newest modification does, among those of these days, one after the other. */
const CLOCK_DAYS = [3, 60, 1_000];
const DAY_MS = 86_400_000;
/** No company file is older. */
const BEGINNING = new Date("1998-01-01T00:00:00Z");

/** What a person looks at before saying "yes, these are the books". */
export interface FirstLook {
  counts: { kind: RecordKind; count: number }[];
  lastNumbers: { kind: RecordKind; number: string; date: string | null }[];
  mode: Host["mode"];
  unattendedAccess: boolean | null;
  personalDataAccess: boolean | null;
}

/** Whose books these are, on QuickBooks' clock when the session began. */
export async function readDesktopCompany(
  pc: Pc,
  learned: Learned,
  signal: AbortSignal,
): Promise<CompanyAnswer> {
  const { session, host } = await pc.judged(signal);
  const locked = appLockOf(host.company, learned.offsetMs)?.at ?? null;
  return { books: booksOf(host, session.file), at: locked ?? (await newestChange(pc, signal)) };
}

const booksOf = (host: Host, file: string): Books => ({
  name: host.company?.name ?? file,
  quickbooksId: host.company?.fileId ?? null,
  file,
  edition: host.product,
  country: host.country,
  currency: host.company?.currency ?? null,
});

/** The newest TimeModified of a first look at the last days; the beginning where there is none. */
async function newestChange(pc: Pc, signal: AbortSignal): Promise<Date> {
  for (const days of CLOCK_DAYS) {
    const since = filterText(new Date(Date.now() - days * DAY_MS), null);
    const request: Request = {
      name: "TransactionQuery",
      content: [["TransactionModifiedDateRangeFilter", [["FromModifiedDate", since]]]],
    };
    const { responses } = await pc.ask([request], signal);
    const times = (responses[0]?.records ?? [])
      .map(({ fields }) => fields.get("TimeModified"))
      .filter((time) => time !== undefined)
      .map((time) => Date.parse(instantOf(time, "")));
    // An hour earlier: its offset may be wrong by as much.
    if (times.length > 0) return new Date(Math.max(...times) - 3_600_000);
  }
  return BEGINNING;
}

/**
 * First contact, in one message set: whose file it is, what it holds, its last numbers, and what we
 * may do there. Nothing is stored. A file that belongs to another company ends in that fault.
 */
export async function meetFile(
  exchanges: Exchanges,
  signal: AbortSignal,
): Promise<{ books: Books; look: FirstLook }> {
  const pc = createPc(exchanges);
  const { session, host } = await pc.session();
  const queries = queriesOf(host.qbxml);
  const since = filterText(new Date(Date.now() - NUMBERS_OF_DAYS * DAY_MS), null);
  const numbered = queries.filter(({ kind }) => NUMBERED.includes(kind));
  const { responses } = await pc.ask(
    [
      ...queries.map(({ desktop, query }) =>
        pickQuery(desktop, query, EVERYTHING, { is: "count" }),
      ),
      ...numbered.map(({ desktop, query }) => numbersQuery(desktop, query, since)),
    ],
    signal,
  );
  return {
    books: booksOf(host, session.file),
    look: {
      counts: countsOf(queries, responses.slice(0, queries.length)),
      lastNumbers: numbered.flatMap(({ kind }, index) =>
        lastNumber(kind, responses[queries.length + index]),
      ),
      mode: host.mode,
      unattendedAccess: host.unattendedAccess,
      personalDataAccess: host.personalDataAccess,
    },
  };
}

interface KindQuery {
  kind: RecordKind;
  desktop: DesktopKind;
  query: DesktopQuery;
}

/** Every query that this version of qbXML has, kind by kind. */
export const queriesOf = (
  qbxml: number,
  kinds: readonly RecordKind[] = RECORD_KINDS,
): KindQuery[] =>
  kinds.flatMap((kind) => {
    const desktop = DESKTOP_KINDS[kind];
    return desktop === undefined
      ? []
      : desktop.queries
          .filter(({ since }) => since <= qbxml)
          .map((query) => ({ kind, desktop, query }));
  });

const numbersQuery = (desktop: DesktopKind, query: DesktopQuery, since: string): Request =>
  trimmed(
    pickQuery(
      desktop,
      query,
      { ...EVERYTHING, modified: { from: since, until: null } },
      { is: "first", size: NUMBERS_MAX, iterator: false },
    ),
    ["TxnID", "TimeCreated", "TxnDate", "RefNumber"],
  );

function countsOf(
  queries: readonly KindQuery[],
  responses: readonly Response[],
): FirstLook["counts"] {
  const counts = new Map<RecordKind, number>();
  for (const [index, { kind }] of queries.entries()) {
    const response = responses[index];
    if (response === undefined || faultOfStatus(response, "query-refused") !== null) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + (response.retCount ?? response.records.length));
  }
  return [...counts].map(([kind, count]) => ({ kind, count }));
}

/** The number of the document that was made last. */
function lastNumber(kind: RecordKind, response: Response | undefined): FirstLook["lastNumbers"] {
  const documents = (response?.records ?? []).map(({ fields }) => ({
    made: fields.get("TimeCreated") ?? "",
    number: fields.get("RefNumber") ?? "",
    date: fields.get("TxnDate") ?? null,
  }));
  const [last] = documents
    .filter(({ number }) => number !== "")
    .sort((one, other) => other.made.localeCompare(one.made));
  return last === undefined ? [] : [{ kind, number: last.number, date: last.date }];
}

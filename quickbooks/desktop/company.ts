import { RECORD_KINDS, type RecordKind } from "../../core/record-kinds.ts";
import type { Books, CompanyAnswer } from "../source.ts";
import { earliestMoment, momentOf, textOf } from "./clock.ts";
import type { DesktopSession, Exchanges, Fingerprint } from "./exchanges.ts";
import { faultIn } from "./faults.ts";
import { editionOf, type Host } from "./host.ts";
import { idElement } from "./kinds.ts";
import type { Learned } from "./learned.ts";
import { createPc, type OpenSession, type Pc } from "./pc.ts";
import { askingsOf, EVERYTHING, pickQuery, trimmed, type Asking } from "./queries.ts";
import type { Response } from "./reader.ts";
import { readRecords } from "./record.ts";
import type { Request } from "./writer.ts";

/** Documents that people know by their numbers. */
const NUMBERED: readonly RecordKind[] = [
  "invoice",
  "credit_memo",
  "sales_receipt",
  "estimate",
  "purchase_order",
  "bill",
];
/** The newest number is looked for among those dated within these days before the session. */
const NUMBERS_OF_DAYS = 60;
const NUMBERS_MAX = 500;
/** Where no lock tells the clock, the newest modification of these last days does: looked for further back as long as there is none. */
const CLOCK_DAYS = [7, 60, 1_000];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What a person looks at before saying "yes, these are the books". */
export interface FirstLook {
  counts: { kind: RecordKind; count: number }[];
  lastNumbers: { kind: RecordKind; number: string; date: string | null }[];
  mode: Host["mode"];
  unattendedAccess: boolean | null;
  personalDataAccess: boolean | null;
}

/**
 * Whose books these are, and QuickBooks' own clock, rather too early than too late: the PC's, as its
 * lock says when the session began, with what has passed since; without a lock the newest
 * modification of the last days.
 */
export async function readDesktopCompany(
  pc: Pc,
  learned: Learned,
  signal: AbortSignal,
): Promise<CompanyAnswer> {
  const before = await pc.session();
  const known = learned.clock.seasons.size > 0 ? clockOf(before, learned) : null;
  if (known !== null && before.session.isJudged)
    return {
      books: booksOf(before, await pc.judged()),
      closedUntil: before.host.closedUntil,
      at: known,
    };
  // Some account shows how the wall clock and its offsets are written; and the file is judged.
  const { responses, ...open } = await pc.ask([accountQuery(before)], signal);
  const [accounts] = responses;
  if (accounts !== undefined && faultIn(accounts) === null) {
    readRecords("account", accounts, learned.clock);
  }
  const at = clockOf(open, learned) ?? (await newestChange(pc, learned, signal));
  return { books: booksOf(open, await pc.judged()), closedUntil: open.host.closedUntil, at };
}

/** QuickBooks' clock as its PC's lock tells it; null where there is no lock. */
export function clockOf({ session, host }: OpenSession, learned: Learned): Date | null {
  const sinceMs = seenSince(learned, session);
  const lock = host.company?.lock ?? null;
  if (lock === null) return null;
  return new Date(earliestMoment(learned.clock, lock.wallMs, Date.now()) + sinceMs);
}

/** How long this process has known a session, in milliseconds; its clock went on meanwhile. */
function seenSince(learned: Learned, { id }: DesktopSession): number {
  const nowMs = performance.now();
  if (learned.session?.id !== id) learned.session = { id, sinceMs: nowMs };
  return Math.floor(nowMs - learned.session.sinceMs);
}

const accountQuery = ({ host }: OpenSession): Request => {
  const [account] = askingsOf(host.qbxml, ["account"]);
  if (account === undefined) throw new Error("no accounts");
  return trimmed(pickQuery(account, EVERYTHING, { is: "some", size: 1 }), [
    "ListID",
    "TimeModified",
    "EditSequence",
  ]);
};

/** The newest modification that does not lie in the future; the last look's beginning where there is none. */
async function newestChange(pc: Pc, learned: Learned, signal: AbortSignal): Promise<Date> {
  let from = Date.now();
  for (const days of CLOCK_DAYS) {
    from = Date.now() - days * DAY_MS;
    const { responses } = await pc.ask([changesQuery(textOf(from))], signal);
    const newest = (responses[0]?.records ?? [])
      .map(({ fields }) => momentOf(fields.get("TimeModified") ?? "", learned.clock))
      .filter((ms) => ms <= Date.now() + DAY_MS)
      .reduce((one, other) => Math.max(one, other), -Infinity);
    // An hour earlier: its offset may be wrong by as much.
    if (newest > -Infinity) return new Date(newest - HOUR_MS);
  }
  return new Date(from);
}

const changesQuery = (from: string): Request => ({
  name: "TransactionQuery",
  content: [
    ["TransactionModifiedDateRangeFilter", [["FromModifiedDate", from]]],
    ["IncludeRetElement", "TimeModified"],
  ],
});

/** Where the Web Connector told nothing of the company, its name is what the judged file said. */
const booksOf = ({ session, host }: OpenSession, judged: Fingerprint | null): Books => ({
  name: host.company?.name ?? judged?.companyName ?? session.file,
  quickbooksId: host.company?.fileId ?? judged?.fileId ?? null,
  file: session.file,
  edition: editionOf(host),
  country: host.country,
  currency: host.currency,
});

/**
 * First contact, in one message set: whose file it is, what it holds, its last numbers, and what we
 * may do there. A file that belongs to another company ends in that fault.
 */
export async function meetFile(
  exchanges: Exchanges,
  signal: AbortSignal,
): Promise<{ books: Books; look: FirstLook }> {
  const pc = createPc(exchanges);
  const { host } = await pc.session();
  const askings = askingsOf(host.qbxml, RECORD_KINDS);
  const numbered = askings.filter(({ of }) => NUMBERED.includes(of));
  const since = textOf((host.company?.lock?.wallMs ?? Date.now()) - NUMBERS_OF_DAYS * DAY_MS);
  const { responses, ...open } = await pc.ask(
    [
      ...askings.map((asking) => pickQuery(asking, EVERYTHING, { is: "count" })),
      ...numbered.map((asking) => numbersQuery(asking, since.slice(0, 10))),
    ],
    signal,
  );
  return {
    books: booksOf(open, await pc.judged()),
    look: {
      counts: countsOf(askings, responses),
      lastNumbers: numbered.flatMap(({ of }, index) =>
        lastNumber(of, responses[askings.length + index]),
      ),
      mode: host.mode,
      unattendedAccess: host.unattendedAccess,
      personalDataAccess: host.personalDataAccess,
    },
  };
}

const numbersQuery = (asking: Asking, since: string): Request =>
  trimmed(
    pickQuery(
      asking,
      { ...EVERYTHING, dated: { from: since, until: null } },
      { is: "some", size: NUMBERS_MAX },
    ),
    [idElement(asking.kind), "TimeCreated", "TxnDate", "RefNumber"],
  );

function countsOf(
  askings: readonly { of: RecordKind }[],
  responses: readonly Response[],
): FirstLook["counts"] {
  const counts = new Map<RecordKind, number>();
  for (const [index, { of }] of askings.entries()) {
    const response = responses[index];
    if (response === undefined || faultIn(response) !== null) continue;
    counts.set(of, (counts.get(of) ?? 0) + (response.retCount ?? response.records.length));
  }
  return [...counts].map(([kind, count]) => ({ kind, count }));
}

/** The number of the document that was made last. */
function lastNumber(kind: RecordKind, response: Response | undefined): FirstLook["lastNumbers"] {
  const documents = (response?.records ?? []).map(({ fields }) => ({
    made: Date.parse(fields.get("TimeCreated") ?? ""),
    number: fields.get("RefNumber") ?? "",
    date: fields.get("TxnDate") ?? null,
  }));
  const [last] = documents
    .filter(({ number, made }) => number !== "" && !Number.isNaN(made))
    .sort((one, other) => other.made - one.made);
  return last === undefined ? [] : [{ kind, number: last.number, date: last.date }];
}

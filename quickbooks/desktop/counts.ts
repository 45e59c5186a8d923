import { FaultError } from "../../core/faults.ts";
import { kindLabel } from "../../core/record-kinds.ts";
import type { Listing } from "../source.ts";
import { wallText, type WallClock } from "./clock.ts";
import { faultIn } from "./faults.ts";
import { idElement, type DesktopKind } from "./kinds.ts";
import type { OpenSession, Pc } from "./pc.ts";
import { EVERYTHING, pickQuery, trimmed, type Asking, type Picked } from "./queries.ts";
import type { Response } from "./reader.ts";
import type { Request } from "./writer.ts";

/** Counting this many requests in one message set keeps QuickBooks busy for seconds, not minutes. */
const REQUESTS_MAX = 60;
/** Before this QuickBooks has no records: a stretch that begins earlier has no beginning. */
const BEGINNING = new Date("1998-01-01T00:00:00Z");
/** What was modified up to this long before the session began is not much. */
const RECENT_MS = 2 * 86_400_000;
/** Of a time the part that a wall clock shows: 2026-11-02T09:00:00. */
const WALL_LENGTH = 19;

interface Waiting {
  request: Request;
  settle: (response: Response) => void;
  fail: (error: unknown) => void;
}

type Ask = (request: Request, signal: AbortSignal) => Promise<Response>;

/** Asks what is wanted in one turn of the event loop in as few message sets as possible. */
export function createGatherer(pc: Pc): Ask {
  let waiting: Waiting[] = [];
  const flush = async (signal: AbortSignal): Promise<void> => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += REQUESTS_MAX) {
      const some = all.slice(from, from + REQUESTS_MAX);
      try {
        const requests = some.map(({ request }) => request);
        const { responses } = await pc.ask(requests, signal);
        for (const [index, { settle, fail }] of some.entries()) {
          const response = responses[index];
          if (response === undefined) fail(new Error("an answer without its response"));
          else settle(response);
        }
      } catch (error) {
        for (const { fail } of all.slice(from)) fail(error);
        return;
      }
    }
  };
  return (request, signal) =>
    new Promise((settle, fail) => {
      waiting.push({ request, settle, fail });
      if (waiting.length === 1) setImmediate(() => void flush(signal));
    });
}

export interface Counting {
  listing: Listing;
  kind: DesktopKind;
  open: OpenSession;
  clock: WallClock;
  ask: (request: Request) => Promise<Response>;
}

/**
 * How many records a listing holds: QuickBooks counts them. Where both dates of transactions and
 * modification pick out, which it cannot do at once, the dates of a stretch are looked at; a stretch up
 * to about now is counted by date, less what was modified since. Throws the fault
 * `kind-not-available`, or `query-refused` for open documents that QuickBooks cannot pick out.
 */
export async function countListing(counting: Counting): Promise<number> {
  const { listing, kind, open } = counting;
  const queries = kind.queries.filter(({ since }) => since <= open.host.qbxml);
  if (queries.length === 0) {
    const message = `This release has none that can be read (qbXML ${open.host.version}).`;
    throw new FaultError({ kind: "kind-not-available", message, rawMessage: message });
  }
  if (listing.scope === "open" && !queries.some(({ paidStatus }) => paidStatus)) {
    throw new FaultError({
      kind: "query-refused",
      message: `QuickBooks Desktop cannot pick out open ${kindLabel(listing.kind)} records.`,
    });
  }
  const counts = await Promise.all(
    queries.map((query) => countQuery(counting, { kind, query, qbxml: open.host.qbxml })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countQuery(counting: Counting, asking: Asking): Promise<number> {
  const { listing } = counting;
  const modified = rangeOf(counting);
  if (asking.kind.family === "list" || !isDated(listing)) {
    return counted(counting, asking, { ...base(listing), modified });
  }
  const dated = { from: listing.datedFrom, until: listing.datedUntil };
  if (modified === null) return counted(counting, asking, { ...base(listing), dated });
  if (!endsAboutNow(counting)) return byDates(counting, asking, modified);
  const { until } = modified;
  const [all, later] = await Promise.all([
    counted(counting, asking, { ...base(listing), dated }),
    byDates(counting, asking, { from: until, until: null }, (at) => until !== null && at > until),
  ]);
  return all - later;
}

const base = (listing: Listing): Picked => ({
  ...EVERYTHING,
  unpaidOnly: listing.scope === "open",
});

const isDated = ({ datedFrom, datedUntil }: Listing): boolean =>
  datedFrom !== null || datedUntil !== null;

function rangeOf({ listing, clock }: Counting): Picked["modified"] {
  const { modifiedFrom, modifiedUntil } = listing;
  if (modifiedFrom === null && modifiedUntil === null) return null;
  return {
    from: modifiedFrom === null ? null : wallText(clock, modifiedFrom, "from"),
    until: modifiedUntil === null ? null : wallText(clock, modifiedUntil, "until"),
  };
}

/** Has the stretch no beginning, and so late an end that hardly anything lies behind it? */
function endsAboutNow({ listing, open, clock }: Counting): boolean {
  const { modifiedFrom, modifiedUntil } = listing;
  const lock = open.host.company?.lock ?? null;
  if (lock === null || modifiedUntil === null) return false;
  if (modifiedFrom !== null && modifiedFrom > BEGINNING) return false;
  return Date.parse(`${wallText(clock, modifiedUntil, "until")}Z`) > lock.wallMs - RECENT_MS;
}

async function counted(counting: Counting, asking: Asking, picked: Picked): Promise<number> {
  const response = await answered(counting, pickQuery(asking, picked, { is: "count" }));
  const { retCount, records, statusCode } = response;
  if (retCount !== null) return retCount;
  // Some records without their number, or the word that there are none.
  if (records.length > 0 || statusCode !== 0) return records.length;
  const query = pickQuery(asking, picked, { is: "all" });
  const told = await answered(counting, trimmed(query, [idElement(asking.kind)]));
  return told.records.length;
}

/** Looks at the dates of all records of a stretch. */
async function byDates(
  counting: Counting,
  asking: Asking,
  modified: Picked["modified"],
  isMeant: (modifiedAt: string) => boolean = () => true,
): Promise<number> {
  const { datedFrom, datedUntil } = counting.listing;
  const query = pickQuery(asking, { ...base(counting.listing), modified }, { is: "all" });
  const elements = [idElement(asking.kind), "TimeModified", "TxnDate"];
  const { records } = await answered(counting, trimmed(query, elements));
  return records.filter(({ fields }) => {
    const date = fields.get("TxnDate") ?? "";
    return (
      isMeant((fields.get("TimeModified") ?? "").slice(0, WALL_LENGTH)) &&
      (datedFrom === null || date >= datedFrom) &&
      (datedUntil === null || date <= datedUntil)
    );
  }).length;
}

async function answered({ ask }: Counting, request: Request): Promise<Response> {
  const response = await ask(request);
  const fault = faultIn(response);
  if (fault !== null) throw new FaultError(fault);
  return response;
}

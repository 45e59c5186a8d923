import { FaultError } from "../../core/faults.ts";
import type { Checkpoint, Listing, Page, Trouble } from "../source.ts";
import { filterText } from "./clock.ts";
import { faultOfStatus, ITERATOR_LOST } from "./faults.ts";
import type { DesktopKind, DesktopQuery } from "./kinds.ts";
import { learnPage, pageSizeOf, type Learned } from "./learned.ts";
import type { Answered, Pc } from "./pc.ts";
import {
  firstWindow,
  nextWindow,
  narrowed,
  packPlace,
  unpackPlace,
  type Place,
} from "./windows.ts";
import { EVERYTHING, pickQuery, type Picked, type Portion } from "./queries.ts";
import type { RawRecord, Response } from "./reader.ts";
import { readRecords } from "./record.ts";

/** Lists without iterators up to this size are taken whole. */
const WHOLE_MAX = 2_000;
/** A window is to hold about this many pages: read again when a session breaks in the middle of it. */
export const PAGES_A_WINDOW = 2;

/** What a walk goes through: one kind, with the queries that bring it. */
export interface Walked {
  listing: Listing;
  kind: DesktopKind;
  learned: Learned;
  pc: Pc;
}

/** The checkpoint before the first record of a listing, which holds about `total` of them. */
export function startOf(
  { listing, learned }: Pick<Walked, "listing" | "learned">,
  total: number | null,
): Checkpoint {
  const bounds = boundsOf(listing, learned);
  const isSmall = total !== null && total <= pageSizeOf(learned) * PAGES_A_WINDOW;
  return packPlace({
    query: 0,
    ...(isSmall ? { ...bounds, width: 0 } : firstWindow(bounds, bounds.unit)),
    floor: bounds.low,
    left: total,
    iterator: null,
    nameFrom: null,
  });
}

/** One page from a checkpoint on: what was read, and where the walk goes on. */
export async function walkPage(
  walked: Walked,
  from: Checkpoint,
  signal: AbortSignal,
): Promise<Page> {
  const place = unpackPlace(from);
  const query = walked.kind.queries[place.query];
  if (query === undefined) throw new Error("a walk stands behind its last query");
  return query.hasIterator
    ? iteratorPage(walked, query, place, signal)
    : namesPage(walked, query, place, signal);
}

async function iteratorPage(
  walked: Walked,
  query: DesktopQuery,
  place: Place,
  signal: AbortSignal,
): Promise<Page> {
  const { pc, kind, listing, learned } = walked;
  const { session } = await pc.judged(signal);
  const going = place.iterator?.sessionId === session.id ? place.iterator : null;
  const size = going?.size ?? pageSizeOf(learned);
  const portion: Portion =
    going === null
      ? { is: "first", size, iterator: true }
      : { is: "next", size, iteratorId: going.id };
  const request = pickQuery(kind, query, pickedOf(listing, place), portion);
  const answer = await pc.ask([request], signal);
  const [response] = answer.responses;
  if (response === undefined) throw new Error("an answer without its response");
  if (response.statusCode === ITERATOR_LOST) {
    return page([], [], { ...place, iterator: null });
  }
  const refused = faultOfStatus(response, "page-refused");
  if (refused?.kind === "page-refused") return refusedPage(walked, place, refused.message);
  if (refused !== null) throw new FaultError(refused);
  return takePage({ walked, place, signal }, answer, response);
}

interface Taking {
  walked: Walked;
  place: Place;
  signal: AbortSignal;
}

function takePage(taking: Taking, answer: Answered, response: Response): Page {
  const { walked, place, signal } = taking;
  const { session } = answer;
  const { learned, listing, kind, pc } = walked;
  const { records: raw, remaining, iteratorId } = response;
  learnPage(learned, {
    records: raw.length,
    insideMs: answer.insideMs,
    characters: answer.characters,
  });
  const content = readRecords(listing.kind, kind, raw, learned);
  const read = (place.iterator?.read ?? 0) + raw.length;
  const left = place.left === null ? null : Math.max(0, place.left - raw.length);
  const size = pageSizeOf(learned);
  const isTooLarge = read + remaining > size * PAGES_A_WINDOW * 2;
  const smaller =
    place.iterator === null && isTooLarge
      ? narrowed(place, { rows: read + remaining, wanted: size * PAGES_A_WINDOW })
      : null;
  if (smaller !== null) return { ...content, next: packPlace({ ...smaller, left: place.left }) };
  if (remaining > 0 && iteratorId !== null) {
    const iterator = { id: iteratorId, sessionId: session.id, read, size };
    const next: Place = { ...place, left, iterator };
    const query = kind.queries[place.query];
    if (query !== undefined) {
      const portion: Portion = { is: "next", size, iteratorId };
      pc.askAhead(pickQuery(kind, query, pickedOf(listing, next), portion), session, signal);
    }
    return { ...content, next: packPlace(next) };
  }
  const after = nextWindow(place, { rows: read, wanted: size * PAGES_A_WINDOW, left });
  return {
    ...content,
    next: after === null ? nextQuery(walked, place) : packPlace({ ...after, left }),
  };
}

/** Something in a window makes QuickBooks refuse it: it is halved until one second holds it alone. */
function refusedPage({ listing, kind, ...walked }: Walked, place: Place, why: string): Page {
  const smaller = narrowed(place, { rows: 2, wanted: 1 });
  if (smaller !== null) return page([], [], smaller);
  const after = nextWindow(place, { rows: 0, wanted: 1, left: place.left });
  const trouble: Trouble = {
    kind: listing.kind,
    quickbooksId: null,
    key: `refused-window:${listing.kind}:${place.query}:${place.high}`,
    message: `QuickBooks refuses to show the ${listing.kind.replaceAll("_", " ")} records modified at ${place.high ?? "the end"}: ${why}`,
    raw: null,
  };
  const next = after === null ? nextQuery({ listing, kind, ...walked }, place) : packPlace(after);
  return { records: [], troubles: [trouble], next };
}

/** Lists that QuickBooks hands out whole: small ones at once, larger ones by their names. */
async function namesPage(
  walked: Walked,
  query: DesktopQuery,
  place: Place,
  signal: AbortSignal,
): Promise<Page> {
  const { pc, kind, listing, learned } = walked;
  const isWhole = place.left !== null && place.left <= WHOLE_MAX;
  const size = pageSizeOf(learned);
  const portion: Portion = isWhole ? { is: "all" } : { is: "first", size, iterator: false };
  const picked = { ...pickedOf(listing, place), nameFrom: place.nameFrom };
  const answer = await pc.ask([pickQuery(kind, query, picked, portion)], signal);
  const [response] = answer.responses;
  if (response === undefined) throw new Error("an answer without its response");
  const refused = faultOfStatus(response, "query-refused");
  if (refused !== null) throw new FaultError(refused);
  const { records: raw } = response;
  learnPage(learned, {
    records: raw.length,
    insideMs: answer.insideMs,
    characters: answer.characters,
  });
  const content = readRecords(listing.kind, kind, raw, learned);
  if (isWhole || raw.length < size) return { ...content, next: nextQuery(walked, place) };
  const last = nameOf(raw.at(-1));
  // A page that ends where it began makes no progress: the rest is taken whole.
  const left = last === null || last === place.nameFrom ? 0 : place.left;
  return { ...content, next: packPlace({ ...place, left, nameFrom: last ?? place.nameFrom }) };
}

const nameOf = (record: RawRecord | undefined): string | null =>
  record?.fields.get("FullName") ?? record?.fields.get("Name") ?? null;

function nextQuery({ listing, kind, learned }: Walked, place: Place): Checkpoint | null {
  const query = place.query + 1;
  if (kind.queries[query] === undefined) return null;
  const bounds = boundsOf(listing, learned);
  return packPlace({
    query,
    ...(place.width === 0 ? { ...bounds, width: 0 } : firstWindow(bounds, bounds.unit)),
    floor: bounds.low,
    left: null,
    iterator: null,
    nameFrom: null,
  });
}

const page = (records: Page["records"], troubles: Trouble[], next: Place): Page => ({
  records,
  troubles,
  next: packPlace(next),
});

/** What a listing picks out as a whole. */
export const pickedWhole = (listing: Listing, learned: Learned): Picked =>
  pickedOf(listing, boundsOf(listing, learned));

/** The bounds of a walk: days where dates of transactions are given, else seconds of modification. */
function boundsOf(listing: Listing, learned: Learned) {
  if (isByDate(listing)) {
    return { low: listing.datedFrom, high: listing.datedUntil, unit: "day" as const };
  }
  return {
    low: listing.modifiedFrom === null ? null : filterText(listing.modifiedFrom, learned.offsetMs),
    // What is modified while we walk is found by the sweeps: the newest end stays open unless it is a stretch.
    high:
      listing.modifiedFrom === null || listing.modifiedUntil === null
        ? null
        : filterText(listing.modifiedUntil, learned.offsetMs),
    unit: "second" as const,
  };
}

/** QuickBooks takes a range of dates or one of modification, not both: dates where nothing says otherwise. */
const isByDate = ({ datedFrom, datedUntil, modifiedFrom }: Listing): boolean =>
  modifiedFrom === null && (datedFrom !== null || datedUntil !== null);

function pickedOf(listing: Listing, { low, high }: Pick<Place, "low" | "high">): Picked {
  const range = low === null && high === null ? null : { from: low, until: high };
  return {
    ...EVERYTHING,
    ...(isByDate(listing) ? { dated: range } : { modified: range }),
    unpaidOnly: listing.scope === "open",
  };
}

import { FaultError, faultIn as faultOf } from "../../core/faults.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type {
  Changes,
  ChangesWanted,
  Checkpoint,
  Deletion,
  Listing,
  PageContent,
} from "../source.ts";
import { momentOf, wallText, type WallClock } from "./clock.ts";
import { clockOf } from "./company.ts";
import { faultIn } from "./faults.ts";
import { desktopKind, KIND_OF_DELETED } from "./kinds.ts";
import { pageSizeOf, type Learned } from "./learned.ts";
import type { Pc } from "./pc.ts";
import { atQuery, packPosition, startOf, unpackPosition, type Position } from "./position.ts";
import { askingsOf, deletedQueries, EVERYTHING, pickQuery, type Asking } from "./queries.ts";
import type { RawRecord, Response } from "./reader.ts";
import { readRecords } from "./record.ts";
import { walkPage } from "./walk.ts";

const DAY_MS = 86_400_000;
/** An hour that the offset of a time may be wrong by, read once more. */
const OVERLAP_MS = 3_600_000;
/** QuickBooks remembers deletions for 90 days; the last of them is not relied on. */
const REMEMBERED_MS = 89 * DAY_MS;
/** All kinds together are to fit one answer: of each at most so many in the first one. */
const FIRST_PAGE_MAX = 100;

export interface ChangeReader {
  pc: Pc;
  learned: Learned;
  signal: AbortSignal;
}

type KindAsking = Asking & { of: RecordKind };

/**
 * Everything modified or deleted since a moment: all kinds and all deletions asked in one message
 * set, so that a company with nothing new costs one exchange. What does not fit a page is read on with
 * the iterators of that set, and in another session in windows, like any listing. Kinds whose deletions
 * nobody remembers are named.
 */
export async function* changesSince(
  reader: ChangeReader,
  wanted: ChangesWanted,
): AsyncGenerator<Changes> {
  let rest = unpackRest(wanted.rest ?? null);
  if (rest === null) {
    const first = await firstSet(reader, wanted);
    if (first === null) return;
    rest = first.rest;
    yield { ...first, rest: packRest(rest) };
  }
  yield* readOn(reader, rest);
}

/** What the first message set of a stretch answers, and what is left to read behind it; null where no kind can be asked for. */
async function firstSet(
  reader: ChangeReader,
  wanted: ChangesWanted,
): Promise<(Omit<Changes, "rest"> & { rest: Rest }) | null> {
  const { pc, learned, signal } = reader;
  const before = await pc.session();
  const askings = askingsOf(before.host.qbxml, wanted.kinds);
  if (askings.length === 0) return null;
  const asked = clockOf(before, learned);
  const since = soundSince(wanted, asked);
  const overlapping = new Date(since.getTime() - OVERLAP_MS);
  const from = wallText(learned.clock, overlapping, "from");
  const sizes = askings.map(({ query }) =>
    Math.min(FIRST_PAGE_MAX, pageSizeOf(learned, query.name)),
  );
  const answer = await pc.ask(
    [
      ...askings.map((asking, index) => firstQuery(asking, from, sizes[index] ?? FIRST_PAGE_MAX)),
      ...deletedQueries(kindsIn(askings), from),
    ],
    signal,
    { isFresh: true },
  );
  const responses = answer.responses.slice(0, askings.length);
  const found = contentOf(askings, responses, learned.clock);
  // In a session that began while we waited, the clock is that one's.
  const isSame = answer.session.id === before.session.id;
  const at = (isSame ? asked : null) ?? clockOf(answer, learned) ?? newest(found, since);
  const walks = askings.flatMap((asking, index) => {
    const [response, size] = [responses[index], sizes[index]];
    if (response === undefined || size === undefined) return [];
    return leftOf(asking, response, { since: overlapping, from, size, session: answer.session.id });
  });
  return {
    ...found,
    deletions: answer.responses
      .slice(askings.length)
      .flatMap((response) => deletionsIn(response, learned.clock)),
    deletionsUntold: [...untold(askings, at.getTime() - since.getTime())],
    notOffered: askings.flatMap(({ of }, index) => withdrawnIn(of, responses[index])),
    at,
    extent: { records: modifiedIn(responses), from: earliestOf(learned.clock, overlapping) },
    rest: { at, walks },
  };
}

/**
 * A PC's clock that was ahead and was set right gives what changed since then times before the moment
 * that is asked for: then it is the moment that lies as long ago on that clock as it does on ours.
 */
function soundSince({ since, agoMs }: ChangesWanted, now: Date | null): Date {
  if (now === null || agoMs === undefined) return since;
  return new Date(Math.min(since.getTime(), now.getTime() - agoMs));
}

function firstQuery(asking: Asking, from: string, size: number) {
  const picked = { ...EVERYTHING, modified: { from, until: null } };
  return pickQuery(
    asking,
    picked,
    asking.query.hasIterator ? { is: "first", size } : { is: "all" },
  );
}

/** How many records a set's answers are about: what they hold, and what their iterators have left. */
const modifiedIn = (responses: readonly Response[]): number =>
  responses.reduce(
    (sum, { records, spoilt, remaining }) => sum + records.length + spoilt.length + remaining,
    0,
  );

/** A wall clock's text may mean a moment that is this much earlier. */
const earliestOf = ({ seasons }: WallClock, moment: Date): Date =>
  new Date(moment.getTime() - (seasons.size === 0 ? DAY_MS : OVERLAP_MS));

const kindsIn = (askings: readonly KindAsking[]) => [...new Set(askings.map(({ kind }) => kind))];

/** What of a set's answers can be read at once; what is refused is read, or told, afterwards. */
function contentOf(
  askings: readonly KindAsking[],
  responses: readonly Response[],
  clock: WallClock,
): PageContent {
  const contents = responses.map((response, index) => {
    const of = askings[index]?.of;
    return of === undefined || faultIn(response) !== null
      ? { records: [], troubles: [] }
      : readRecords(of, response, clock);
  });
  return {
    records: contents.flatMap(({ records }) => records),
    troubles: contents.flatMap(({ troubles }) => troubles),
  };
}

/** Without a lock QuickBooks' clock is at least what it wrote last. */
function newest({ records }: PageContent, since: Date): Date {
  const latest = Date.now() + OVERLAP_MS;
  return records
    .map(({ modifiedAt }) => Date.parse(modifiedAt))
    .filter((ms) => ms <= latest)
    .reduce((one, other) => (other > one.getTime() ? new Date(other) : one), since);
}

/** Kinds whose deletions are never told, or were so long ago that QuickBooks has forgotten them. */
function untold(askings: readonly KindAsking[], ageMs: number): Set<RecordKind> {
  const some = askings.filter(
    ({ query }) => ageMs > REMEMBERED_MS || query.deletedTypes.length === 0,
  );
  return new Set(some.map(({ of }) => of));
}

/** A kind that may not be seen any more has no changes; everything else is in nobody's way. */
function withdrawnIn(kind: RecordKind, response: Response | undefined) {
  const fault = response === undefined ? null : faultIn(response);
  return fault?.kind === "kind-not-available" ? [{ kind, fault }] : [];
}

/** What is left of a stretch behind its first message set: walks, each of one query or of a whole kind. */
interface Rest {
  at: Date;
  walks: Left[];
}

interface Left {
  of: RecordKind;
  position: Position;
  /** All queries of the kind from that position on, not its query alone. */
  isWhole: boolean;
}

const packRest = ({ at, walks }: Rest): Checkpoint | null =>
  walks.length === 0 ? null : { at: at.toISOString(), walks: JSON.stringify(walks) };

const unpackRest = (rest: Checkpoint | null): Rest | null =>
  rest === null
    ? null
    : { at: new Date(String(rest["at"])), walks: JSON.parse(String(rest["walks"])) as Left[] };

interface FirstPage {
  since: Date;
  from: string;
  size: number;
  session: string;
}

/**
 * What a query's first page has left: its iterator goes on in this session. Where QuickBooks refuses
 * because of a record the kind is walked like any listing.
 */
function leftOf(
  { of, kind, query }: KindAsking,
  response: Response,
  { since, from, size, session }: FirstPage,
): Left[] {
  const start = startOf(listingOf(of, since), kind.family, null);
  const fault = faultIn(response);
  if (fault !== null) {
    return fault.kind === "kind-not-available" ? [] : [{ of, position: start, isWhole: true }];
  }
  const { remaining, iteratorId, records, spoilt } = response;
  if (remaining === 0 || iteratorId === null) return [];
  const position: Position = {
    ...atQuery(start, kind.queries.indexOf(query)),
    low: from,
    width: null,
    iterator: iteratorId,
    session,
    read: records.length + spoilt.length,
    left: remaining,
    size,
  };
  return [{ of, position, isWhole: false }];
}

const listingOf = (kind: RecordKind, modifiedFrom: Date): Listing => ({
  kind,
  scope: "all",
  datedFrom: null,
  datedUntil: null,
  modifiedFrom,
  modifiedUntil: null,
});

/** Page by page what is left, each with where to go on behind it. */
async function* readOn(reader: ChangeReader, { at, walks }: Rest): AsyncGenerator<Changes> {
  for (let [left, ...later] = walks; left !== undefined; [left, ...later] = later) {
    const { next, ...content } = await pageOf(reader, left);
    if (next !== null) later.unshift({ ...left, position: next });
    const rest = packRest({ at, walks: later });
    yield { deletions: [], deletionsUntold: [], ...content, at, rest };
  }
}

/** The next page of a walk; a kind that is withdrawn just then has no more of them. */
async function pageOf(
  { pc, learned, signal }: ChangeReader,
  { of, position, isWhole }: Left,
): Promise<PageContent & Pick<Changes, "notOffered"> & { next: Position | null }> {
  const listing = listingOf(of, new Date(position.from ?? 0));
  const { queries, ...kind } = desktopKind(of);
  const meant = isWhole ? queries : queries.slice(0, position.query + 1);
  const walk = { pc, learned, listing, kind: { ...kind, queries: meant }, signal };
  try {
    const page = await walkPage(walk, packPosition(position));
    return { ...page, next: page.next === null ? null : unpackPosition(page.next) };
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.kind !== "kind-not-available") throw error;
    return { records: [], troubles: [], notOffered: [{ kind: of, fault }], next: null };
  }
}

function deletionsIn(response: Response, clock: WallClock): Deletion[] {
  const fault = faultIn(response);
  if (fault !== null) throw new FaultError(fault);
  return response.records
    .map((record) => deletionOf(record, clock))
    .filter((deletion) => deletion !== null);
}

function deletionOf({ fields }: RawRecord, clock: WallClock): Deletion | null {
  const kind = KIND_OF_DELETED.get(fields.get("ListDelType") ?? fields.get("TxnDelType") ?? "");
  const quickbooksId = fields.get("ListID") ?? fields.get("TxnID");
  const time = fields.get("TimeDeleted");
  if (kind === undefined || quickbooksId === undefined || time === undefined) return null;
  return { kind, quickbooksId, deletedAt: new Date(momentOf(time, clock)).toISOString() };
}

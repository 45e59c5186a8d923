import { FaultError } from "../../core/faults.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type { Changes, Checkpoint, Deletion, Listing, PageContent } from "../source.ts";
import { momentOf, wallText, type WallClock } from "./clock.ts";
import { askingsOf, clockOf } from "./company.ts";
import { faultIn } from "./faults.ts";
import { desktopKind, KIND_OF_DELETED } from "./kinds.ts";
import { learnPage, pageSizeOf, type Learned } from "./learned.ts";
import type { Pc } from "./pc.ts";
import { packPosition, startOf } from "./position.ts";
import { deletedQueries, EVERYTHING, pickQuery, type Asking } from "./queries.ts";
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
 * set, so that a company with nothing new costs one exchange. What does not fit a page is read on
 * with the iterators of that set. Kinds whose deletions nobody remembers are named.
 */
export async function* changesSince(
  reader: ChangeReader,
  wanted: { since: Date; agoMs?: number | undefined },
  kinds: readonly RecordKind[],
): AsyncGenerator<Changes> {
  const { pc, learned, signal } = reader;
  const before = await pc.session();
  const askings = askingsOf(before.host.qbxml, kinds);
  if (askings.length === 0) return;
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
  const found = answer.responses.slice(0, askings.length);
  const first = contentOf(askings, found, learned.clock);
  // In a session that began while we waited, the clock is that one's.
  const isSame = answer.session.id === before.session.id;
  const at = (isSame ? asked : null) ?? clockOf(answer, learned) ?? newest(first, since);
  const deletions = answer.responses
    .slice(askings.length)
    .flatMap((response) => deletionsIn(response, learned.clock));
  const extent = { records: modifiedIn(found), from: earliestOf(learned.clock, overlapping) };
  yield { ...first, deletions, deletionsUntold: null, at, extent };
  for (const kind of untold(askings, at.getTime() - since.getTime())) {
    yield { records: [], troubles: [], deletions: [], deletionsUntold: kind, at };
  }
  for (const [index, asking] of askings.entries()) {
    const response = found[index];
    if (response === undefined) continue;
    const more = { asking, response, from, size: sizes[index] ?? FIRST_PAGE_MAX };
    for await (const content of restOf(reader, overlapping, more)) {
      yield { ...content, deletions: [], deletionsUntold: null, at };
    }
  }
}

/**
 * A PC's clock that was ahead and was set right gives what changed since then times before the moment
 * that is asked for: then it is the moment that lies as long ago on that clock as it does on ours.
 */
function soundSince(
  { since, agoMs }: { since: Date; agoMs?: number | undefined },
  now: Date | null,
): Date {
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

interface More {
  asking: KindAsking;
  response: Response;
  from: string;
  size: number;
}

/**
 * What did not fit the first answer, with its iterator. Where QuickBooks refuses because of a record,
 * or the iterator's pages do not add up, the kind is walked like any listing.
 */
async function* restOf(
  reader: ChangeReader,
  since: Date,
  { asking, response, from, size }: More,
): AsyncGenerator<PageContent & Pick<Changes, "notOffered">> {
  const { pc, learned, signal } = reader;
  const fault = faultIn(response);
  if (fault?.kind === "page-refused" || fault?.kind === "unknown-fault") {
    yield* walked(reader, asking.of, since);
    return;
  }
  // A kind that may not be seen any more has no changes; everything else is in nobody's way.
  if (fault?.kind === "kind-not-available") {
    yield { records: [], troubles: [], notOffered: { kind: asking.of, fault } };
    return;
  }
  if (fault !== null) throw new FaultError(fault);
  const picked = { ...EVERYTHING, modified: { from, until: null } };
  for (let last = response; last.remaining > 0 && last.iteratorId !== null;) {
    const request = pickQuery(asking, picked, { is: "next", size, iteratorId: last.iteratorId });
    const { responses, insideMs, characters } = await pc.ask([request], signal, { isFresh: true });
    const [next] = responses;
    const rows = (next?.records.length ?? 0) + (next?.spoilt.length ?? 0);
    if (next === undefined || faultIn(next) !== null || rows + next.remaining !== last.remaining) {
      yield* walked(reader, asking.of, since);
      return;
    }
    learnPage(learned, asking.query.name, { records: rows, insideMs, characters });
    yield readRecords(asking.of, next, learned.clock);
    last = next;
  }
}

async function* walked(
  { pc, learned, signal }: ChangeReader,
  of: RecordKind,
  since: Date,
): AsyncGenerator<PageContent> {
  const listing: Listing = {
    kind: of,
    scope: "all",
    datedFrom: null,
    datedUntil: null,
    modifiedFrom: since,
    modifiedUntil: null,
  };
  const kind = desktopKind(of);
  const walk = { pc, learned, listing, kind, signal };
  let at: Checkpoint | null = packPosition(startOf(listing, kind.family, null));
  while (at !== null) {
    const page = await walkPage(walk, at);
    yield { records: page.records, troubles: page.troubles };
    at = page.next;
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

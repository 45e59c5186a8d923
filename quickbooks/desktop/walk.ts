import { FaultError } from "../../core/faults.ts";
import { kindLabel } from "../../core/record-kinds.ts";
import type { Checkpoint, Listing, Page, PageContent, SourceRecord } from "../source.ts";
import { byIds, idsIn } from "./by-ids.ts";
import { faultIn, ITERATOR_LOST } from "./faults.ts";
import type { DesktopKind } from "./kinds.ts";
import { learnPage, pageSizeOf, type Learned } from "./learned.ts";
import { namesPage } from "./names.ts";
import type { OpenSession, Pc } from "./pc.ts";
import {
  again,
  atQuery,
  below,
  firstWindow,
  narrowed,
  packPosition,
  stepOf,
  unpackPosition,
  withoutSession,
  type Outcome,
  type Position,
  type Step,
} from "./position.ts";
import {
  EVERYTHING,
  pickQuery,
  stopQuery,
  type Asking,
  type Picked,
  type Portion,
} from "./queries.ts";
import { countRecords, headOf, type Response } from "./reader.ts";
import { readRecords, refusedRecord } from "./record.ts";
import type { Request } from "./writer.ts";

/** What a walk goes through. */
export interface Walk {
  pc: Pc;
  learned: Learned;
  listing: Listing;
  kind: DesktopKind;
  signal: AbortSignal;
}

/** One page of a walk from a checkpoint on; the one behind it is asked for before this one is read. */
export async function walkPage(walk: Walk, from: Checkpoint): Promise<Page> {
  const position = unpackPosition(from);
  const query = walk.kind.queries[position.query];
  if (query === undefined) throw new Error("a walk stands behind its last query");
  const open = await walk.pc.session();
  const asking: Asking = { kind: walk.kind, query, qbxml: open.host.qbxml };
  if (query.since > asking.qbxml) return page(NOTHING, packed(walk, nextQuery(walk, position)));
  if (!query.hasIterator) {
    const { content, next } = await namesPage(walk, { ...asking, open }, position);
    return page(content, packed(walk, next === "end" ? nextQuery(walk, position) : next));
  }
  return iteratorPage(walk, asking, { from, begun: begin(walk, asking, position, open), open });
}

/** A position that can be asked for: in another session the window is read again from its start. */
function begin(walk: Walk, asking: Asking, position: Position, open: OpenSession): Position {
  const isLost = position.iterator !== null && position.session !== open.session.id;
  return ready(walk, asking, isLost ? withoutSession(position) : position);
}

/** With its window and page size, so that asking for it ahead and later is asking the same. */
function ready({ learned }: Walk, { query }: Asking, position: Position): Position {
  const size = position.size > 0 ? position.size : pageSizeOf(learned, query.name);
  const window = { clock: learned.clock, size, nowMs: Date.now() };
  return { ...(position.width === 0 ? firstWindow(position, window) : position), size };
}

async function iteratorPage(
  walk: Walk,
  asking: Asking,
  { from, begun, open: seen }: { from: Checkpoint; begun: Position; open: OpenSession },
): Promise<Page> {
  const { pc, learned, listing, signal } = walk;
  let isLearned = false;
  const learn = (records: number, insideMs: number, characters: number): void => {
    if (!isLearned) learnPage(learned, asking.query.name, { records, insideMs, characters });
    isLearned = true;
  };
  const requests = requestsOf(walk, asking, begun);
  const answer = await pc.ask(requests, signal, {
    open: seen,
    name: JSON.stringify(from),
    onAnswer: ({ response, insideMs }, open) => {
      const head = requests.length === 1 ? headOf(response) : null;
      if (head === null || head.statusCode !== 0) return;
      const rows = countRecords(response, asking.query.rets);
      learn(rows, insideMs, response.length);
      const { next } = decide(walk, asking, begun, { ...head, rows, session: open.session.id });
      if (next !== null) askAhead(walk, next, open);
    },
  });
  const response = lastOf(answer.responses);
  if (response.statusCode === ITERATOR_LOST && begun.iterator !== null) {
    return page(NOTHING, packed(walk, again(begun)));
  }
  const fault = faultIn(response);
  if (fault !== null) {
    if (fault.kind === "page-refused" || fault.kind === "unknown-fault") {
      return refusedPage(walk, asking, begun, response);
    }
    throw new FaultError(fault);
  }
  const rows = response.records.length + response.spoilt.length;
  learn(rows, answer.insideMs, answer.characters);
  const outcome = { ...response, rows, session: answer.session.id };
  const step = decide(walk, asking, begun, outcome);
  if (step.again) return page(NOTHING, packed(walk, step.next));
  const content = within(listing, readRecords(listing.kind, response, learned.clock));
  return page(content, packed(walk, step.next));
}

/** Where the walk goes on, with everything that asking for it needs. */
function decide(walk: Walk, asking: Asking, begun: Position, outcome: Omit<Outcome, "size">): Step {
  const { learned } = walk;
  const size = pageSizeOf(learned, asking.query.name);
  const step = stepOf(begun, { ...outcome, size }, learned.clock);
  const next = step.next ?? nextQuery(walk, begun);
  return { ...step, next };
}

const nextQuery = ({ kind }: Walk, position: Position): Position | null =>
  kind.queries[position.query + 1] === undefined ? null : atQuery(position, position.query + 1);

/** The checkpoint of a position; it holds the window and the size, so that whoever comes next asks the same. */
function packed(walk: Walk, position: Position | null): Checkpoint | null {
  if (position === null) return null;
  const query = walk.kind.queries[position.query];
  if (query === undefined || !query.hasIterator) return packPosition(position);
  return packPosition(ready(walk, { kind: walk.kind, query, qbxml: 0 }, position));
}

function askAhead(walk: Walk, next: Position, open: OpenSession): void {
  const checkpoint = packed(walk, next);
  const query = walk.kind.queries[next.query];
  const { qbxml } = open.host;
  if (checkpoint === null || query === undefined || !query.hasIterator || query.since > qbxml)
    return;
  const asking: Asking = { kind: walk.kind, query, qbxml };
  const requests = requestsOf(walk, asking, unpackPosition(checkpoint));
  walk.pc.askAhead(JSON.stringify(checkpoint), requests, open, walk.signal);
}

function requestsOf({ listing }: Walk, asking: Asking, position: Position): Request[] {
  const { iterator, size, stop } = position;
  const portion: Portion =
    iterator === null ? { is: "first", size } : { is: "next", size, iteratorId: iterator };
  return [
    ...(stop === null ? [] : [stopQuery(asking.query, stop)]),
    pickQuery(asking, pickedIn(listing, position), portion),
  ];
}

function pickedIn(listing: Listing, { by, low, high }: Position): Picked {
  const range = low === null && high === null ? null : { from: low, until: high };
  return {
    ...EVERYTHING,
    modified: by === "modified" ? range : null,
    dated: by === "dated" ? range : null,
    unpaidOnly: listing.scope === "open",
  };
}

/**
 * QuickBooks refuses a page because of one of its records: their ids are asked for, and then the
 * records themselves, by halves where that is refused. Where not even the ids are to be had, the
 * window is halved; one second that stays refused is left out and told.
 */
async function refusedPage(
  walk: Walk,
  asking: Asking,
  position: Position,
  refused: Response,
): Promise<Page> {
  const { pc, listing, learned, kind, signal } = walk;
  const ids = await idsIn({ pc, signal }, asking, pickedIn(listing, position));
  if (ids !== null) {
    const content = await byIds({ pc, clock: learned.clock, signal }, listing.kind, asking, ids);
    const found = { rows: ids.length, size: position.size, clock: learned.clock };
    const seen = { ...position, seen: position.seen - position.read + ids.length };
    return page(
      within(listing, content),
      packed(walk, below(seen, found) ?? nextQuery(walk, position)),
    );
  }
  const smaller = narrowed(position, 0.5);
  if (smaller !== null) return page(NOTHING, packed(walk, smaller));
  const what = `${kind.family === "list" ? "the" : "all"} ${kindLabel(listing.kind)} records of ${position.low ?? position.high ?? "the company"}`;
  const trouble = refusedRecord(listing.kind, { id: null, what, status: refused });
  const next = below(position, { rows: 1, size: position.size, clock: learned.clock });
  return page(
    { records: [], troubles: [trouble] },
    packed(walk, next ?? nextQuery(walk, position)),
  );
}

/** Of a stretch of modification time, the transactions dated as wanted: QuickBooks picks out one of the two alone. */
function within(
  { datedFrom, datedUntil }: Listing,
  { records, troubles }: PageContent,
): PageContent {
  const isWanted = ({ date }: SourceRecord): boolean =>
    date === null ||
    ((datedFrom === null || date >= datedFrom) && (datedUntil === null || date <= datedUntil));
  return { records: records.filter(isWanted), troubles };
}

function lastOf(responses: readonly Response[]): Response {
  const last = responses.at(-1);
  if (last === undefined) throw new Error("an answer without its response");
  return last;
}

const NOTHING: PageContent = { records: [], troubles: [] };

const page = (content: PageContent, next: Checkpoint | null): Page => ({ ...content, next });

import { setMaxListeners } from "node:events";

import type { Pool } from "pg";

import { FaultError, type Fault } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import { commitPage } from "../db/pages.ts";
import type { StepPart } from "../db/steps.ts";
import type { Checkpoint, Listing, Page, Piece, Source } from "../quickbooks/source.ts";
import { createDesk, type Desk } from "./desk.ts";
import { createGate, type Gate } from "./gate.ts";
import { withheldIn } from "./withhold.ts";

/** A piece of fewer pages is quicker read than cut. */
const PAGES_A_PIECE_MIN = 2;
/** With this many pieces for every stream, the last ones end at about the same time. */
const PIECES_A_STREAM = 2;
const PIECES_MAX = 50;
/** More rows than this that QuickBooks refuses in one stream are no bad rows but a bad day. */
const REFUSED_MAX = 50;
/**
 * A company's pages stored at once. One process reads them all: with more, each only takes longer, and whoever
 * asks PostgreSQL something else meanwhile waits behind more of them.
 */
const STORED_AT_ONCE = 3;

export interface StreamWork {
  pool: Pool;
  source: Source;
  lease: Lease;
  parts: readonly StepPart[];
  /** Parts of what is read later, for streams that would have to wait for others. */
  later: readonly StepPart[];
  listingOf(part: StepPart): Listing;
  /** No page is begun any more. */
  isTimeUp(): boolean;
  onCommit(): void;
  /** QuickBooks does not offer this kind any more. */
  withhold(kind: RecordKind, fault: Fault): Promise<void>;
  signal: AbortSignal;
}

interface Streaming extends StreamWork {
  gate: Gate;
}

/**
 * Works through parts in the order given, with as many streams as QuickBooks serves side by side. A
 * part larger than its share is cut before it is walked, and a stream without a part is fed by one
 * that has much left, which cuts that between two of its pages; until then it reads ahead. The first
 * stream that fails stops all of them; what they committed stays.
 */
export async function runStreams(
  work: StreamWork,
): Promise<{ finished: boolean; records: number }> {
  const failed = new AbortController();
  const signal = AbortSignal.any([work.signal, failed.signal]);
  // Every request of every stream listens to it; that many are no leak.
  setMaxListeners(0, signal);
  const desk = createDesk(work.parts, work.later);
  const streaming = { ...work, signal, gate: createGate(STORED_AT_ONCE) };
  const counts = await Promise.all(
    Array.from({ length: work.source.streams }, () =>
      runStream(streaming, desk).catch((error: unknown) => {
        failed.abort(error);
        desk.close();
        return 0;
      }),
    ),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return { finished: desk.finished, records: counts.reduce((sum, count) => sum + count, 0) };
}

async function runStream(work: Streaming, desk: Desk): Promise<number> {
  let records = 0;
  for (let part = await desk.take(); part !== null; part = await desk.take()) {
    const walked = await walkUnlessWithheld(work, desk, part);
    records += walked.records;
    desk.done(part, walked.finished);
    if (work.isTimeUp()) break;
  }
  return records;
}

/** A kind that is taken away while it is read ends its part and holds up no other. */
async function walkUnlessWithheld(
  work: Streaming,
  desk: Desk,
  part: StepPart,
): Promise<{ finished: boolean; records: number }> {
  try {
    return await walkPart(work, desk, part);
  } catch (error) {
    const fault = withheldIn(error);
    if (fault === null || part.kind === null) throw error;
    await work.withhold(part.kind, fault);
    return { finished: true, records: 0 };
  }
}

/** Walks one part, page by page: while a page is stored, the next one is on its way. */
async function walkPart(
  work: Streaming,
  desk: Desk,
  part: StepPart,
): Promise<{ finished: boolean; records: number }> {
  const { source, signal } = work;
  const listing = work.listingOf(part);
  const walk = { records: 0, refused: 0 };
  if (work.isTimeUp()) return { finished: false, records: 0 };
  await cutToShare(work, desk, part);
  let page: Promise<Page> | null = source.listPage(listing, checkpointOf(part), signal);
  while (page !== null) {
    const current: Page = await page;
    walk.refused += current.troubles.filter((trouble) => trouble.quickbooksId === null).length;
    if (walk.refused > REFUSED_MAX) throw refusedTooOften(part);
    const cut = await cutForHungry(work, desk, { part, page: current });
    const next: Checkpoint | null = cut?.near.checkpoint ?? current.next;
    page =
      next !== null && !work.isTimeUp() && !desk.callsBack(part)
        ? source.listPage(listing, next, signal)
        : null;
    // Failing while this page is stored is heard of when it is awaited, or not at all.
    page?.catch(() => undefined);
    await commit(work, part, { page: current, next, cut });
    if (cut !== null) desk.feed(cut.born, cut.promised);
    walk.records += current.records.length;
    if (next === null) return { finished: true, records: walk.records };
  }
  return { finished: false, records: walk.records };
}

/** What is left of a part, cut: its own piece, and parts for others. */
interface Cut {
  near: Piece;
  born: StepPart[];
  /** The streams that wait for these parts. */
  promised: number;
}

/** A part much larger than its share of all that is left is cut before its first page. */
async function cutToShare(work: Streaming, desk: Desk, part: StepPart): Promise<void> {
  const { source } = work;
  if (desk.isAhead(part)) return;
  const all = work.parts.reduce((sum, each) => sum + leftOf(each), 0);
  const share = Math.max(
    PAGES_A_PIECE_MIN * source.pageSize,
    all / (source.streams * PIECES_A_STREAM),
  );
  const left = leftOf(part);
  if (part.done > 0 || part.part > 0 || left < share * 2) return;
  const ways = Math.min(PIECES_MAX, Math.ceil(left / share));
  const cut = await cutPart(work, desk, { part, at: checkpointOf(part), left, ways });
  if (cut === null) return;
  await commit(work, part, { page: NO_PAGE, next: cut.near.checkpoint, cut });
  desk.feed(cut.born, 0);
}

/** Cuts what is left behind a page for streams that have nothing to do; null when there is none or no need. */
async function cutForHungry(
  work: Streaming,
  desk: Desk,
  walk: { part: StepPart; page: Page },
): Promise<Cut | null> {
  const { part, page } = walk;
  const left = leftOf(part) - page.records.length;
  const pieces = Math.floor(left / work.source.pageSize);
  if (page.next === null || pieces < PAGES_A_PIECE_MIN || desk.isAhead(part)) return null;
  const promised = desk.promiseHungry();
  if (promised === 0) return null;
  const ways = Math.min(pieces, promised + 1);
  const cut = await cutPart(work, desk, { part, at: page.next, left, ways });
  if (cut === null) {
    desk.feed([], promised);
    return null;
  }
  return { ...cut, promised };
}

async function cutPart(
  work: Streaming,
  desk: Desk,
  what: { part: StepPart; at: Checkpoint; left: number; ways: number },
): Promise<Cut | null> {
  const { part, at, left, ways } = what;
  const pieces = await work.source.cut(work.listingOf(part), at, { left, ways }, work.signal);
  const [near, ...far] = pieces ?? [];
  if (near === undefined) return null;
  const born = far.map(({ checkpoint, total }) => {
    const number = desk.newNumber(part.name);
    return { ...part, part: number, checkpoint, total, done: 0, status: "queued" as const };
  });
  return { near, born, promised: 0 };
}

/** Stores a page, moves the part on, and adds the parts that were cut off it, in one transaction. */
async function commit(
  work: Streaming,
  part: StepPart,
  what: { page: Omit<Page, "next">; next: Checkpoint | null; cut: Cut | null },
): Promise<void> {
  const { page, next, cut } = what;
  const done = part.done + page.records.length + page.troubles.length;
  const total = cut === null ? part.total : done + cut.near.total;
  await work.gate(() => {
    work.signal.throwIfAborted();
    return commitPage(work.pool, {
      lease: work.lease,
      step: { name: part.name, part: part.part },
      from: part.checkpoint,
      to: next,
      finished: next === null,
      records: page.records,
      deletions: [],
      troubles: page.troubles,
      wins: work.source.wins,
      // A window of the history is proven by its amounts, too.
      isSummed: part.datedUntil !== null,
      ...(cut === null || total === null ? {} : { total, born: cut.born.map(newPart) }),
    });
  });
  Object.assign(part, { checkpoint: next, done, total });
  work.onCommit();
}

const NO_PAGE: Omit<Page, "next"> = { records: [], troubles: [] };

const newPart = (part: StepPart) => ({
  part: part.part,
  checkpoint: checkpointOf(part),
  total: part.total ?? 0,
});

/** How many records a part has left, as far as is known. */
export const leftOf = (part: StepPart): number => Math.max(0, (part.total ?? 0) - part.done);

function checkpointOf(part: StepPart): Checkpoint {
  if (part.checkpoint === null) throw new Error(`${part.name} stands nowhere`);
  return part.checkpoint;
}

const refusedTooOften = (part: StepPart): FaultError =>
  new FaultError({
    kind: "page-refused",
    message: `QuickBooks refused more than ${REFUSED_MAX} records of ${part.name} one by one.`,
  });

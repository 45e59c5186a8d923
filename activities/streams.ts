import { setMaxListeners } from "node:events";

import type { Pool } from "pg";

import { FaultError } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import { commitPage, type PageCommit } from "../db/pages.ts";
import type { StepPart } from "../db/steps.ts";
import type { Checkpoint, Listing, Page, Source, Split } from "../quickbooks/source.ts";
import { createDesk, type Desk } from "./desk.ts";

/** A stream with fewer pages left than this is quicker done than split. */
const SPLIT_PAGES_MIN = 3;
/** More rows than this that QuickBooks refuses in one stream are no bad rows but a bad day. */
const REFUSED_MAX = 50;

export interface StreamWork {
  pool: Pool;
  source: Source;
  lease: Lease;
  parts: readonly StepPart[];
  listingOf(name: string, kind: RecordKind): Listing;
  /** No page is begun after this moment (milliseconds since 1970). */
  stopAt: number;
  onCommit(): void;
  signal: AbortSignal;
}

/**
 * Works through parts with as many streams as QuickBooks serves side by side. A stream without a
 * part is fed by one that has much left, which splits it between two of its pages. The first
 * stream that fails stops all of them; what they committed stays.
 */
export async function runStreams(
  work: StreamWork,
): Promise<{ finished: boolean; records: number }> {
  const failed = new AbortController();
  const signal = AbortSignal.any([work.signal, failed.signal]);
  // Every request of every stream listens to it; that many are no leak.
  setMaxListeners(0, signal);
  const desk = createDesk(work.parts);
  const counts = await Promise.all(
    Array.from({ length: work.source.streams }, () =>
      runStream({ ...work, signal }, desk).catch((error: unknown) => {
        failed.abort(error);
        desk.close();
        return 0;
      }),
    ),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return { finished: desk.finished, records: counts.reduce((sum, count) => sum + count, 0) };
}

async function runStream(work: StreamWork, desk: Desk): Promise<number> {
  let records = 0;
  for (let part = await desk.take(); part !== null; part = await desk.take()) {
    const walked = await walkPart(work, desk, part);
    records += walked.records;
    desk.done(part, walked.finished);
  }
  return records;
}

/** Walks one part, page by page: while a page is stored, the next one is on its way. */
async function walkPart(
  work: StreamWork,
  desk: Desk,
  part: StepPart,
): Promise<{ finished: boolean; records: number }> {
  const { source, signal } = work;
  if (part.kind === null || part.checkpoint === null) throw new Error(`${part.name} is no listing`);
  const listing = work.listingOf(part.name, part.kind);
  const walk = { at: part.checkpoint, left: (part.total ?? 0) - part.done, records: 0, refused: 0 };
  let page = Date.now() < work.stopAt ? source.listPage(listing, walk.at, signal) : null;
  while (page !== null) {
    const current: Page = await page;
    walk.left -= current.records.length;
    walk.refused += current.troubles.filter((trouble) => trouble.quickbooksId === null).length;
    if (walk.refused > REFUSED_MAX) throw refusedTooOften(part);
    const split = await splitFor(work, desk, { listing, part, page: current, left: walk.left });
    const next: Checkpoint | null = split?.near ?? current.next;
    const more = next !== null && Date.now() < work.stopAt;
    page = more ? source.listPage(listing, next, signal) : null;
    // Failing while this page is stored is heard of when it is awaited, or not at all.
    page?.catch(() => undefined);
    await commitPage(
      work.pool,
      commitOf(work, part, { page: current, from: walk.at, next, split }),
    );
    if (split?.born !== undefined) desk.feed(split.born);
    work.onCommit();
    walk.records += current.records.length;
    if (next === null) return { finished: true, records: walk.records };
    walk.at = next;
    if (split !== null) walk.left = split.nearTotal;
  }
  return { finished: false, records: walk.records };
}

interface Halves {
  near: Checkpoint;
  nearTotal: number;
  born?: StepPart;
}

/** Splits what is left of a part for a stream that has nothing to do; null when there is no such stream or no need. */
async function splitFor(
  work: StreamWork,
  desk: Desk,
  walk: { listing: Listing; part: StepPart; page: Page; left: number },
): Promise<Halves | null> {
  const { listing, part, page, left } = walk;
  if (page.next === null || left < SPLIT_PAGES_MIN * work.source.pageSize) return null;
  if (!desk.claimHungry()) return null;
  let split: Split | null = null;
  try {
    split = await work.source.split(listing, page.next, left, work.signal);
  } finally {
    if (split?.far === undefined || split.far === null) desk.feed(null);
  }
  if (split === null) return null;
  if (split.far === null) return { near: split.near, nearTotal: left };
  const { checkpoint, total } = split.far;
  const number = desk.newNumber(part.name);
  return {
    near: split.near,
    nearTotal: Math.max(0, left - total),
    born: { ...part, part: number, checkpoint, total, done: 0, status: "queued" },
  };
}

function commitOf(
  work: StreamWork,
  part: StepPart,
  walk: { page: Page; from: Checkpoint; next: Checkpoint | null; split: Halves | null },
): PageCommit {
  const { page, from, next, split } = walk;
  const born = split?.born;
  if (born !== undefined) part.total = Math.max(0, (part.total ?? 0) - (born.total ?? 0));
  return {
    lease: work.lease,
    step: { name: part.name, part: part.part },
    from,
    to: next,
    finished: next === null,
    records: page.records,
    deletions: [],
    troubles: page.troubles,
    ...(born === undefined || born.checkpoint === null
      ? {}
      : {
          total: part.total ?? 0,
          born: { part: born.part, checkpoint: born.checkpoint, total: born.total ?? 0 },
        }),
  };
}

const refusedTooOften = (part: StepPart): FaultError =>
  new FaultError({
    kind: "page-refused",
    message: `QuickBooks refused more than ${REFUSED_MAX} records of ${part.name} one by one.`,
  });

import { expect } from "vitest";

import { findBatch, type Batch } from "../../db/batches.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { countsOf } from "./batches.ts";
import { startCommitProxy, type Commit, type CommitProxy, type Decision } from "./commit-proxy.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  type Stage,
} from "./sync.ts";

/** QuickBooks serves a company this many pages side by side, so that many streams run at most. */
const STREAMS = 10;
/** A crash costs a heartbeat or an activity's time, and the wait before the next attempt. */
const OVER_TIMEOUT_MS = 150_000;

/** A worker that reaches PostgreSQL through a proxy, and the place to kill it from. */
export interface Victim {
  readonly stage: Stage;
  readonly proxy: CommitProxy;
  /** Starts a worker where none runs. */
  start(): Promise<void>;
  /** SIGKILL; no byte more reaches PostgreSQL. What decided about commits decides no longer. */
  kill(): void;
}

/** Sets a victim on a stage; ends its proxy with `close`, its worker ends with the stage. */
export async function victimOn(stage: Stage): Promise<Victim & { close(): Promise<void> }> {
  const proxy = await startCommitProxy(stage.databaseUrl);
  let worker: NodeProcess | undefined;
  return {
    stage,
    proxy,
    async start() {
      if (worker !== undefined && !worker.isOver()) return;
      worker = await stage.worker({ DATABASE_URL: proxy.url });
    },
    kill() {
      worker?.kill("SIGKILL");
      proxy.cut();
      proxy.before = () => "pass";
      proxy.after = () => "pass";
      worker = undefined;
    },
    close: () => proxy.close(),
  };
}

/** The transactions whose ends are boundaries: pages, and what gives, plans and ends a batch. */
const BOUNDARIES = new Set([
  "claimNextBatch",
  "raiseFence",
  "planSteps",
  "holdFence",
  "markWorkable",
  "closeBatch",
]);

export const isBoundary = ({ names }: Commit): boolean =>
  names.some((name) => BOUNDARIES.has(name));

export interface Point {
  /** Which boundary of a sync, from 1 on. */
  boundary: number;
  where: "before" | "after";
}

/** A company whose sync stands still at a point, as it would have been killed there. */
export interface Frozen {
  decideBefore(commit: Commit): Decision;
  decideAfter(commit: Commit): Decision;
  /** Resolves with the transaction at the point, once it is held. */
  reached: Promise<Commit>;
}

/**
 * Freezes a company at a point: that transaction is held, before its COMMIT is passed on or before
 * its answer is, and no later one commits. Companies frozen side by side are killed by one kill.
 */
export function freezeAt(companyId: string, point: Point, isAt = isBoundary): Frozen {
  let seen = 0;
  let last: Commit | null = null;
  let tell: (commit: Commit) => void = () => undefined;
  const reached = new Promise<Commit>((settle) => {
    tell = settle;
  });
  return {
    reached,
    decideBefore(commit) {
      if (commit.companyId !== companyId || !isAt(commit)) return "pass";
      if (last !== null) return "hold";
      if (++seen < point.boundary) return "pass";
      last = commit;
      if (point.where === "after") return "pass";
      tell(commit);
      return "hold";
    },
    decideAfter(commit) {
      if (commit !== last) return "pass";
      tell(commit);
      return "hold";
    },
  };
}

/** Lets a company's worker commit once, gives it a while, and kills it. False when the batch ended before. */
export async function lifeAndDeath(
  victim: Victim,
  run: Pick<Run, "companyId" | "batchId">,
  lifeMs: number,
): Promise<boolean> {
  const { stage, proxy } = victim;
  const stored = new AbortController();
  proxy.after = (commit) => {
    if (commit.companyId === run.companyId && isBoundary(commit)) stored.abort();
    return "pass";
  };
  let diesAt = Infinity;
  for (;;) {
    const batch = await findBatch(stage.pool, run.companyId, run.batchId);
    if (batch === null || isOver(batch)) return false;
    if (stored.signal.aborted && diesAt === Infinity) diesAt = Date.now() + lifeMs;
    if (Date.now() >= diesAt) {
      victim.kill();
      return true;
    }
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

/** A connected company of its own, and its initial sync once it is started. */
export interface Run {
  companyId: string;
  realmId: string;
  batchId: string;
}

export async function prepareRun(
  stage: Stage,
  order: { records: number; seed?: number; without?: string[] },
): Promise<Omit<Run, "batchId">> {
  const realmId = await stage.simulator.company(order);
  return { companyId: await connectedCompany(stage, realmId), realmId };
}

export async function startRun(stage: Stage, prepared: Omit<Run, "batchId">): Promise<Run> {
  return { ...prepared, batchId: await startInitialSync(stage, prepared.companyId) };
}

/** Waits for a batch to end by itself. */
export async function untilOver(stage: Stage, run: Run): Promise<Batch> {
  let last: Batch | null = null;
  await eventually(async () => {
    last = await findBatch(stage.pool, run.companyId, run.batchId);
    expect(last !== null && isOver(last), JSON.stringify(last)).toBe(true);
  }, OVER_TIMEOUT_MS);
  if (last === null) throw new Error("no such batch");
  return last;
}

/** The batch of a company that stands still succeeded, and everything it says and holds is true: rows, kept counts, steps. */
export async function expectWhole(stage: Stage, run: Run): Promise<void> {
  const batch = await untilOver(stage, run);
  expect(batch).toMatchObject({ status: "succeeded", failure: null, waitingFor: null });
  await expectEqualBooks(stage, run.companyId, run.realmId);
  const { kept, real } = await countsOf(stage.pool, run.companyId);
  expect(kept).toEqual(real);
  const { rows } = await stage.pool.query(
    `select name, part, status, done::int, total::int from batch_steps
      where batch_id = $1 and (status <> 'succeeded' or done <> total)`,
    [run.batchId],
  );
  expect(rows, "steps that are not done in full, or counted twice").toEqual([]);
  await expectNothingMended(stage, run, real);
}

/** Every record came from a stream, once: the sweeps and the proof, which bring what is missing, found nothing to do. */
async function expectNothingMended(
  stage: Stage,
  run: Run,
  real: readonly { present: number }[],
): Promise<void> {
  const { rows } = await stage.pool.query(
    `select sum(created) filter (where kind is not null)::int as streamed,
        sum(created) filter (where kind is null)::int as mended,
        sum(updated)::int as updated, sum(deleted)::int as deleted
      from batch_steps where batch_id = $1`,
    [run.batchId],
  );
  const held = real.reduce((sum, { present }) => sum + present, 0);
  expect(rows).toEqual([{ streamed: held, mended: 0, updated: 0, deleted: 0 }]);
}

/**
 * Page after page that the streams of a sync were served. Sweeps ask for what was modified since the
 * sync began, where streams end; a cut asks for the one row at an edge.
 */
export async function pagesServed(stage: Stage, realmId: string): Promise<string[]> {
  const { queries } = await stage.simulator.calls(realmId);
  const { rows } = await stage.pool.query<{ at: Date }>(
    "select changes_from as at from connections where realm_id = $1",
    [realmId],
  );
  const began = rows[0]?.at.toISOString().slice(0, 19) ?? "";
  const sinceOf = (query: string): string =>
    /LastUpdatedTime >= '([^']{19})/.exec(query)?.[1] ?? "";
  return queries
    .filter(({ query }) => sinceOf(query) < began)
    .filter(({ status, query }) => status === 200 && query.startsWith("SELECT * "))
    .filter(({ query }) => query.includes("MetaData.LastUpdatedTime <= "))
    .filter(({ query }) => !query.endsWith("MAXRESULTS 1"))
    .map(({ query }) => query);
}

/**
 * How many streams can have been at work: as many as there are unfinished parts in what is read
 * together. Lists and open balances are, and the first sweep runs beside the records; a stream that
 * would have to wait for the others reads records ahead.
 */
export async function streamsAtWork(stage: Stage, run: Run): Promise<number> {
  const { rowCount } = await stage.pool.query(
    `select from batch_steps s join batches b on b.id = s.batch_id
      where b.id = $1 and s.kind is not null and s.status in ('queued', 'running')
        and s.phase = any(case
          when b.phase in ('preflight', 'lists', 'open-balances') then array['lists', 'open-balances', 'records']
          else array['records'] end)`,
    [run.batchId],
  );
  return Math.min(STREAMS, rowCount ?? 0);
}

/** A full page keeps a row or two of its last second for the next one. */
const ROWS_A_PAGE_MIN = 990;

/**
 * The pages that a sync needs as it was split between streams: each part is read in full pages and
 * one that is not. What was served beyond that was read again.
 */
export async function pagesNeeded(stage: Stage, run: Run): Promise<number> {
  const { rows } = await stage.pool.query<{ pages: number }>(
    `select coalesce(sum(done / $2 + 1), 0)::int as pages from batch_steps
      where batch_id = $1 and kind is not null`,
    [run.batchId, ROWS_A_PAGE_MIN],
  );
  return rows[0]?.pages ?? 0;
}

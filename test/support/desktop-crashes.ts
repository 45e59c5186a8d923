import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";

import { wantAutoSync } from "../../db/autosync.ts";
import { findBatch, type Batch } from "../../db/batches.ts";
import { freePort } from "../../dev/embedded/ports.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { countsOf } from "./batches.ts";
import { startCommitProxy, type Commit } from "./commit-proxy.ts";
import { victimOn, type Frozen, type Victim } from "./crashes.ts";
import { expectEqualFile, metCompany, type DesktopCompany, type Door } from "./desktop.ts";
import { withProcesses } from "./services.ts";
import { eventually, isOver, startInitialSync, type Stage } from "./sync.ts";

/** A killed worker costs a heartbeat, and the wait before the next attempt. */
const OVER_TIMEOUT_MS = 120_000;
const REACHED_TIMEOUT_MS = 55_000;
const POLL_MS = 200;

/** A process that reaches PostgreSQL through a proxy, and what PostgreSQL calls its connections. */
export interface Target extends Victim {
  readonly application: string;
}

/** One api for the calling file, at one port for good, that can be killed at a commit. */
export function withBreakableDoor(stage: Stage): { door: Door; api: Target } {
  const launch = withProcesses();
  const door = {} as Door;
  const api = {} as { -readonly [K in keyof Target]: Target[K] };
  let running: NodeProcess | undefined;
  beforeAll(async () => {
    const port = await freePort();
    const proxy = await startCommitProxy(stage.databaseUrl);
    door.url = `http://localhost:${port}`;
    door.start = async () => {
      const env = { ...stage.env, DATABASE_URL: proxy.url, PORT: String(port) };
      running = await launch("api/main.ts", { ...env, PUBLIC_URL: door.url });
      await eventually(async () => expect((await fetch(`${door.url}/readyz`)).ok).toBe(true));
      return running;
    };
    Object.assign(api, {
      stage,
      proxy,
      application: "evenbooks-api",
      start: async () => {
        if (running === undefined || running.isOver()) await door.start();
      },
      kill: () => {
        running?.kill("SIGKILL");
        running = undefined;
        release(api);
      },
    });
    await door.start();
  }, 60_000);
  afterAll(() => api.proxy.close());
  return { door, api };
}

/** One worker for the calling file that can be killed at a commit. */
export function withBreakableWorker(stage: Stage): Target {
  const worker = {} as Target;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const victim = await victimOn(stage);
    close = () => victim.close();
    Object.assign(worker, victim, { application: "evenbooks-worker" });
    await worker.start();
  }, 60_000);
  afterAll(() => close());
  return worker;
}

/** Cuts every connection through a target's proxy, and decides about commits no longer. */
function release({ proxy }: Pick<Target, "proxy">): void {
  proxy.cut();
  proxy.before = () => "pass";
  proxy.after = () => "pass";
}

/** Ends a target's connections in PostgreSQL; the process lives, and must make new ones. Answers how many. */
export async function cutDatabase(target: Target): Promise<number> {
  const { rowCount } = await target.stage.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like $1 || '%'`,
    [target.application],
  );
  release(target);
  return rowCount ?? 0;
}

/** The n-th transaction of a company with this statement in it, before its COMMIT is passed on or before its answer is. */
export interface StopPoint {
  statement: string;
  nth: number;
  where: "before" | "after";
}

function stopAt(companyId: string, { statement, nth, where }: StopPoint): Frozen {
  let seen = 0;
  let last: Commit | null = null;
  let tell: (commit: Commit) => void = () => undefined;
  const reached = new Promise<Commit>((settle) => {
    tell = settle;
  });
  const hold = (commit: Commit): "hold" => {
    tell(commit);
    return "hold";
  };
  return {
    reached,
    decideBefore(commit) {
      if (commit.companyId !== companyId || !commit.names.includes(statement)) return "pass";
      if (++seen !== nth) return "pass";
      last = commit;
      return where === "before" ? hold(commit) : "pass";
    },
    decideAfter: (commit) => (commit === last && where === "after" ? hold(commit) : "pass"),
  };
}

/** A met company whose PC does not poll, so that nothing is under way. */
export async function quietCompany(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const company = await metCompany(stage, door, file);
  await company.order("polling", { pc: company.pc, everyMs: null });
  await company.order("run", { pc: company.pc });
  return company;
}

export const poll = ({ order, pc }: DesktopCompany): Promise<unknown> =>
  order("polling", { pc, everyMs: POLL_MS });

/** A company's initial sync, and how much its QuickBooks was asked before. */
export interface DesktopRun {
  company: DesktopCompany;
  batchId: string;
  askedBefore: number;
}

export async function startDesktopRun(stage: Stage, company: DesktopCompany): Promise<DesktopRun> {
  const askedBefore = (await askedOf(stage, company)).total;
  return { company, batchId: await startInitialSync(stage, company.companyId), askedBefore };
}

/** Syncs companies up to a point each, breaks the target when all have come there, and has it go on. */
export async function breakAt(
  target: Target,
  companies: readonly DesktopCompany[],
  points: readonly StopPoint[],
  breakIt: () => Promise<unknown>,
): Promise<DesktopRun[]> {
  const frozen = points.map((point, index) => stopAt(companies[index]?.companyId ?? "", point));
  const decided = (ask: (each: Frozen) => "pass" | "hold"): "pass" | "hold" =>
    frozen.map(ask).includes("hold") ? "hold" : "pass";
  target.proxy.before = (commit) => decided((each) => each.decideBefore(commit));
  target.proxy.after = (commit) => decided((each) => each.decideAfter(commit));
  const left = new Set(points);
  for (const [index, { reached }] of frozen.entries()) {
    void reached.then(() => left.delete(points[index] as StopPoint));
  }
  const runs = await Promise.all(
    companies.map(async (company) => {
      const run = await startDesktopRun(target.stage, company);
      await poll(company);
      return run;
    }),
  );
  await eventually(
    () => Promise.resolve(expect([...left], "points that were not come to").toEqual([])),
    REACHED_TIMEOUT_MS,
  );
  await breakIt();
  await target.start();
  return runs;
}

/**
 * Waits for a batch to end; meanwhile a Web Connector that has died is started again. Then it polls no
 * longer: each login is a password to check, and many companies are many logins.
 */
export async function untilOver(
  stage: Stage,
  run: Omit<DesktopRun, "askedBefore">,
): Promise<Batch> {
  const { company, batchId } = run;
  let last: Batch | null = null;
  await eventually(async () => {
    await company.order("power", { pc: company.pc, to: "start" });
    last = await findBatch(stage.pool, company.companyId, batchId);
    expect(last !== null && isOver(last), JSON.stringify(last)).toBe(true);
  }, OVER_TIMEOUT_MS);
  await company.order("polling", { pc: company.pc, everyMs: null });
  if (last === null) throw new Error("no such batch");
  return last;
}

/**
 * The sync succeeded; every record of the file is here, came from a walk and was stored once; kept
 * counts and steps say the same.
 */
export async function expectWholeFile(
  stage: Stage,
  run: DesktopRun,
  records: number,
): Promise<void> {
  const { companyId } = run.company;
  expect(await untilOver(stage, run)).toMatchObject({
    status: "succeeded",
    failure: null,
    waitingFor: null,
  });
  await expectEqualFile(stage, run.company);
  const { kept, real } = await countsOf(stage.pool, companyId);
  expect(kept).toEqual(real);
  expect(real.reduce((sum, { present }) => sum + present, 0)).toBe(records);
  const revisions = await stage.pool.query(
    "select kind, quickbooks_id, revision from records where company_id = $1 and revision <> 1",
    [companyId],
  );
  expect(revisions.rows, "records stored more than once").toEqual([]);
  // A window that was read again counts again in what was done of a step.
  const steps = await stage.pool.query(
    `select name, part, status, done::int, total::int from batch_steps
      where batch_id = $1 and (status <> 'succeeded' or (kind is not null and done < total))`,
    [run.batchId],
  );
  expect(steps.rows, "steps that are not done in full").toEqual([]);
  const { rows } = await stage.pool.query(
    `select sum(created) filter (where kind is not null)::int as streamed,
        sum(created) filter (where kind is null)::int as mended,
        sum(updated)::int as updated, sum(deleted)::int as deleted
      from batch_steps where batch_id = $1`,
    [run.batchId],
  );
  expect(rows).toEqual([{ streamed: records, mended: 0, updated: 0, deleted: 0 }]);
}

/** What changes in a file afterwards comes in, in a batch of its own. */
export async function expectGoesOn(stage: Stage, { company }: DesktopRun): Promise<void> {
  const { companyId, file } = company;
  await company.order("changes", {
    file,
    changes: [
      { do: "create", kind: "Estimate", draft: {} },
      { do: "create", kind: "Customer", draft: { name: "A new one" } },
    ],
  });
  const { batch } = await wantAutoSync(stage.pool, {
    companyId,
    trigger: "user",
    startedBy: "test",
    label: "Sync",
    everything: false,
  });
  await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
  await poll(company);
  expect(await untilOver(stage, { company, batchId: batch.id })).toMatchObject({
    status: "succeeded",
    failure: null,
  });
  await expectEqualFile(stage, company);
}

const Asked = z.object({
  total: z.number(),
  requests: z.array(
    z.object({
      query: z.string(),
      asked: z.string(),
      records: z.number(),
      iterator: z.string().nullable(),
      ids: z.array(z.string()),
    }),
  ),
});

/** What a company's QuickBooks was asked, from the n-th request on. */
export async function askedOf(
  stage: Stage,
  { pc }: DesktopCompany,
  from = 0,
): Promise<z.infer<typeof Asked>> {
  const query = new URLSearchParams({ pc, from: String(from) });
  const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/requests?${query}`);
  return Asked.parse(await answer.json());
}

/** What the walks of a sync were answered: records, different ones of them in each walk, and the largest window. */
export async function walked(
  stage: Stage,
  { company, askedBefore }: DesktopRun,
): Promise<{ answered: number; distinct: number; window: number }> {
  const windows = new Map<string, Set<string>>();
  const walks = new Map<string, Set<string>>();
  let answered = 0;
  for (const one of (await askedOf(stage, company, askedBefore)).requests) {
    if (one.iterator === null) continue;
    answered += one.records;
    const window = one.asked.replace(/^<(\w+)[^>]*>(<MaxReturned>\d+<\/MaxReturned>)?/, "$1");
    note(windows, window, one.ids);
    note(walks, `${one.query} ${one.asked.includes("NotPaidOnly")}`, one.ids);
  }
  return {
    answered,
    distinct: [...walks.values()].reduce((sum, { size }) => sum + size, 0),
    window: Math.max(0, ...[...windows.values()].map(({ size }) => size)),
  };
}

function note(sets: Map<string, Set<string>>, key: string, ids: readonly string[]): void {
  const set = sets.get(key) ?? new Set();
  for (const id of ids) set.add(id);
  sets.set(key, set);
}

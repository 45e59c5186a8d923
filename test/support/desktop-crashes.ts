import { afterAll, beforeAll, expect } from "vitest";

import { freePort } from "../../dev/embedded/ports.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { startCommitProxy, type Commit } from "./commit-proxy.ts";
import { victimOn, type Frozen, type Victim } from "./crashes.ts";
import { poll, startDesktopRun, type DesktopRun } from "./desktop-runs.ts";
import type { DesktopCompany, Door } from "./desktop.ts";
import { withProcesses } from "./services.ts";
import { eventually, type Stage } from "./sync.ts";

const REACHED_TIMEOUT_MS = 55_000;

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

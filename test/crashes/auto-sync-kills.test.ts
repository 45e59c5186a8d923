import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { countsOf } from "../support/batches.ts";
import type { Commit } from "../support/commit-proxy.ts";
import {
  freezeAt,
  lifeAndDeath,
  prepareRun,
  startRun,
  untilOver,
  victimOn,
  type Point,
  type Run,
  type Victim,
} from "../support/crashes.ts";
import { slowDown } from "../support/operators.ts";
import { randomFrom } from "../support/random.ts";
import { eventually, expectEqualBooks, withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

/** `CRASH_SEED` chooses other moments, `CRASH_KILLS` more of them. */
const KILLS = Number(process.env["CRASH_KILLS"] ?? 3);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_262);
/** A worker lives this long at most after what it stored first. */
const LIFE_MAX_MS = 800;
/** So slow an answer gives a run of AutoSync a middle. */
const ANSWER_MS = 150;

/** 2,000 changes; of invoices more than one answer of the feed holds. */
const CHANGES = [
  { op: "delete", entity: "Bill", count: 100 },
  { op: "delete", entity: "Invoice", count: 50 },
  { op: "update", entity: "Invoice", count: 1_050 },
  { op: "update", entity: "Customer", count: 100 },
  { op: "create", entity: "Payment", count: 400 },
  { op: "create", entity: "Invoice", count: 300 },
];
const CREATED = 700;
const COMPANY = { records: 3_500, seed: 11 };

/** What a run of AutoSync commits: pages, where it has read up to, that it looked for the last time, its end. */
const BOUNDARIES = ["holdFence", "moveCursors", "endLooking", "closeBatch"];

const isBoundary = ({ names }: Commit): boolean => names.some((name) => BOUNDARIES.includes(name));

describe("a worker killed in an AutoSync of 2,000 changes", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  /** A company whose initial sync is done and whose books have changed since. */
  const changedCompany = async (): Promise<Omit<Run, "batchId">> => {
    const run = await startRun(stage, await prepareRun(stage, COMPANY));
    expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
    await stage.simulator.post("changes", { realm: run.realmId, changes: CHANGES });
    return run;
  };

  const startAutoSync = async (company: Omit<Run, "batchId">): Promise<Run> => {
    const batch = await wishSync(stage, company.companyId);
    return { ...company, batchId: batch.id };
  };

  /** It ended well by itself; we hold what QuickBooks holds, and each change was stored once. */
  const expectEachChangeOnce = async (run: Run): Promise<void> => {
    expect(await untilOver(stage, run)).toMatchObject({
      status: "succeeded",
      failure: null,
      waitingFor: null,
    });
    await expectEqualBooks(stage, run.companyId, run.realmId);
    const { kept, real } = await countsOf(stage.pool, run.companyId);
    expect(kept).toEqual(real);
    const { rows } = await stage.pool.query<Record<string, number>>(
      `select max(revision)::int as "highest", sum(revision - 1)::int as updated,
          count(*) filter (where deleted_at is not null)::int as deleted
        from records where company_id = $1`,
      [run.companyId],
    );
    const { highest, ...held } = rows[0] ?? {};
    expect(highest, "a record was stored more than once").toBe(2);
    const told = await stage.pool.query(
      `select sum(created)::int as created, sum(updated)::int as updated, sum(deleted)::int as deleted
        from batch_steps where batch_id = $1`,
      [run.batchId],
    );
    expect(told.rows).toEqual([{ created: CREATED, ...held }]);
    // What hangs on a deleted invoice goes with it.
    expect(held["deleted"]).toBeGreaterThanOrEqual(150);
    expect(held["updated"]).toBeGreaterThanOrEqual(1_150);
  };

  test("before and after commits of every sort loses nothing, doubles nothing, and ends well by itself", async () => {
    await victim.start();
    const seen: Commit[] = [];
    const clean = await changedCompany();
    victim.proxy.before = (commit) => {
      if (commit.companyId === clean.companyId && isBoundary(commit)) seen.push(commit);
      return "pass";
    };
    await expectEachChangeOnce(await startAutoSync(clean));
    const points = pointsIn(seen);
    const companies: Omit<Run, "batchId">[] = [];
    for (const _ of points) companies.push(await changedCompany());
    const runs = await frozenAndKilled(victim, { companies, points, startAutoSync });
    await victim.start();
    for (const [index, run] of runs.entries()) {
      await expectEachChangeOnce(run).catch((cause: unknown) => {
        throw new Error(`killed at ${JSON.stringify(points[index])}`, { cause });
      });
    }
    console.log(`killed at ${points.length} of ${seen.length} commits of an AutoSync`);
  }, 300_000);

  test(`${KILLS} times at random moments loses nothing, doubles nothing, and ends well by itself`, async () => {
    const random = randomFrom(SEED);
    await victim.start();
    const company = await changedCompany();
    await slowDown(stage, company.realmId, ANSWER_MS);
    const run = await startAutoSync(company);
    let kills = 0;
    while (kills < KILLS && (await lifeAndDeath(victim, run, random() * LIFE_MAX_MS))) {
      kills++;
      await victim.start();
    }
    await victim.start();
    await expectEachChangeOnce(run);
    expect(kills, `seed ${SEED}: it was over before it was killed often enough`).toBeGreaterThan(
      KILLS / 2,
    );
  }, 300_000);
});

/** The first commit of each sort, before and after; of pages the last one too. */
function pointsIn(commits: readonly Commit[]): Point[] {
  const boundaries = new Set<number>();
  for (const name of BOUNDARIES) {
    const first = commits.findIndex(({ names }) => names.includes(name));
    if (first >= 0) boundaries.add(first + 1);
  }
  const isPage = ({ names }: Commit): boolean =>
    names.includes("mergePage") || names.includes("storeDeletions");
  boundaries.add(commits.findLastIndex(isPage) + 1);
  return [...boundaries].flatMap((boundary) => [
    { boundary, where: "before" as const },
    { boundary, where: "after" as const },
  ]);
}

interface Killing {
  companies: Omit<Run, "batchId">[];
  points: readonly Point[];
  startAutoSync: (company: Omit<Run, "batchId">) => Promise<Run>;
}

/** Runs side by side, each frozen at its point; then one kill for all of them. */
async function frozenAndKilled(victim: Victim, killing: Killing): Promise<Run[]> {
  const { companies, points, startAutoSync } = killing;
  const frozen = companies.flatMap(({ companyId }, index) => {
    const point = points[index];
    return point === undefined ? [] : [freezeAt(companyId, point, isBoundary)];
  });
  const reached = new Set<number>();
  for (const [index, each] of frozen.entries()) void each.reached.then(() => reached.add(index));
  const all = (ask: (each: (typeof frozen)[number]) => string) =>
    frozen.map(ask).includes("hold") ? ("hold" as const) : ("pass" as const);
  victim.proxy.before = (commit) => all((each) => each.decideBefore(commit));
  victim.proxy.after = (commit) => all((each) => each.decideAfter(commit));
  const runs = await Promise.all(companies.map(startAutoSync));
  await eventually(() => {
    const missing = points.filter((_, index) => !reached.has(index));
    expect(missing, "not every run came to its point").toEqual([]);
    return Promise.resolve();
  }, 60_000);
  victim.kill();
  return runs;
}

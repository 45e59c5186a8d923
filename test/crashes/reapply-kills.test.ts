import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { startReader } from "../support/applications-reader.ts";
import type { Commit, Decision } from "../support/commit-proxy.ts";
import { victimOn, type Run } from "../support/crashes.ts";
import { randomFrom } from "../support/random.ts";
import {
  editedCompany,
  expectNothingWritten,
  expectReapplied,
  startReapplying,
  type Company,
} from "../support/reapplying.ts";
import { walkAlong, type Stop, type Walk } from "../support/stops.ts";
import { eventually, isOver, withStage } from "../support/sync.ts";

/**
 * The long versions, over 10,000 invoices:
 * `REAPPLY_INVOICES=10000 npx vitest run test/crashes/reapply-kills.test.ts` kills at the first and the last
 * commit of each sort (a quarter of an hour), with `REAPPLY_STOPS=every` at every commit (half an hour).
 * `CRASH_SEED` chooses other edits and moments, `CRASH_KILLS` more of them.
 */
const INVOICES = Number(process.env["REAPPLY_INVOICES"] ?? 520);
const AT_EVERY = process.env["REAPPLY_STOPS"] === "every";
const IS_LONG = AT_EVERY || process.env["REAPPLY_INVOICES"] !== undefined;
const KILLS = Number(process.env["CRASH_KILLS"] ?? 2);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_263);
/** So many that their documents are swapped in more than one transaction. */
const EDITS = Math.max(150, Math.ceil(INVOICES / 10));
/**
 * One kill kills them all, each at a stop of its own. A company that stands still between its pages
 * holds a connection for each of its streams, and a worker has fifty.
 */
const COMPANIES = IS_LONG ? 6 : 14;
/** Judging ten thousand documents again takes a while, and so does the wait before a further attempt. */
const WAVE_TIMEOUT_MS = 90_000 + 30 * INVOICES;
const TEST_TIMEOUT_MS = IS_LONG ? 4 * 60 * 60_000 : 600_000;
/** A worker lives this long at most after its first commit of judging or swapping. */
const LIFE_MAX_MS = 80;

/** Every sort of commit that a re-application has, by one of its statements; the first that fits. */
const SORTS = [
  "claimNextBatch",
  "raiseFence",
  "planSteps",
  "dropPlan",
  "storeDeletions",
  "mergePage",
  "storePlan",
  "storeResult",
  // The last of judging: everything is judged.
  "moveStep",
  "markSwapped",
  "closeBatch",
];
const WORK = new Set(["dropPlan", "storePlan", "storeResult", "markSwapped"]);

const sortOf = ({ names }: Commit): string | null =>
  SORTS.find((name) => names.includes(name)) ?? null;

/** An attempt at judging drops the plan of the one before it. */
const COUNTING = {
  sortOf,
  begins: "dropPlan",
  beginsAnew: ["storeDeletions", "storePlan", "storeResult", "moveStep"],
  overByThen: ["mergePage"],
};

describe("a worker killed in a re-application of payments", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    // With very many invoices it lasts longer than the while after which a first sync is compared, which writes, too.
    stage.env["VERIFY_AFTER_MINUTES"] = "0";
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  const edited = (isSynced: boolean): Promise<Company> =>
    editedCompany(stage, { invoices: INVOICES, edits: EDITS, seed: SEED, isSynced });

  const reading = async (companies: readonly Company[]) => {
    const ids = companies.map(({ companyId }) => companyId);
    const reader = await startReader(stage, ids);
    onTestFinished(() => reader.stop());
    return reader;
  };

  test(
    `before and after ${AT_EVERY ? "every one" : "each sort"} of its commits swaps each document once, and never halfway`,
    async () => {
      await victim.start();
      const seen: Commit[] = [];
      const clean = await edited(false);
      victim.proxy.before = (commit) => {
        if (commit.companyId === clean.companyId && sortOf(commit) !== null) seen.push(commit);
        return "pass";
      };
      await expectReapplied(stage, await startReapplying(stage, clean));
      const steps = stepsIn(seen);
      expect(new Set(steps.map(({ sort }) => sort))).toEqual(new Set(SORTS));
      const stops = (AT_EVERY ? steps : firstAndLast(steps)).flatMap((step): Stop[] => [
        { ...step, where: "before" },
        { ...step, where: "after" },
      ]);
      const companies = await Promise.all(Array.from({ length: COMPANIES }, () => edited(false)));
      const reader = await reading(companies);
      const walks = companies.map(({ companyId }, index) => {
        const own = stops.filter((_, at) => at % companies.length === index);
        return walkAlong(companyId, own, COUNTING);
      });
      const { runs, kills, missed } = await killedAlong(companies, walks);
      await victim.start();
      for (const run of runs) await expectReapplied(stage, run);
      const { looks, moved } = await reader.expectNothingBetween();
      const [first] = runs;
      const rows = first === undefined ? 0 : await expectNothingWritten(stage, first);
      console.log(
        `${INVOICES} invoices, ${steps.length} commits; killed at ${stops.length - missed.length} of ${stops.length} stops ` +
          `by ${kills} kills; read ${looks} times, ${moved} documents moved; 0 of ${rows} rows written by two further runs`,
      );
      // Which page a stream stores last may differ between two runs.
      expect(missed.filter(({ sort }) => sort !== "mergePage")).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  test(
    `${KILLS} times at random moments swaps each document once, and never halfway`,
    async () => {
      const random = randomFrom(SEED);
      await victim.start();
      const company = await edited(true);
      const reader = await reading([company]);
      const run = await startReapplying(stage, company);
      let kills = 0;
      while (kills < KILLS && (await untilKilled(run, random() * LIFE_MAX_MS))) {
        kills++;
        await victim.start();
      }
      await expectReapplied(stage, run);
      await reader.expectNothingBetween();
      await expectNothingWritten(stage, run);
      console.log(`killed ${kills} times while judging or swapping`);
      expect(kills, `seed ${SEED}: it was over before it was killed often enough`).toBeGreaterThan(
        KILLS / 2,
      );
    },
    TEST_TIMEOUT_MS,
  );

  /** Runs side by side: every company comes to a stop of its own, one kill for all, and so on until no stop is left. */
  async function killedAlong(companies: readonly Company[], walks: readonly Walk[]) {
    const ask = (decide: (walk: Walk) => Decision): Decision =>
      walks.map(decide).includes("hold") ? "hold" : "pass";
    const runs: Run[] = [];
    let kills = 0;
    while (walks.some((walk) => walk.next() !== null)) {
      victim.proxy.before = (commit) => ask((walk) => walk.decideBefore(commit));
      victim.proxy.after = (commit) => ask((walk) => walk.decideAfter(commit));
      await victim.start();
      if (runs.length === 0) {
        runs.push(...(await Promise.all(companies.map((each) => startReapplying(stage, each)))));
      }
      await eventually(async () => {
        for (const [index, walk] of walks.entries()) {
          const stop = walk.next();
          if (stop === null || walk.isHeld()) continue;
          const [run] = runs.slice(index);
          const batch =
            run === undefined ? null : await findBatch(stage.pool, run.companyId, run.batchId);
          expect(batch !== null && isOver(batch), JSON.stringify(stop)).toBe(true);
        }
      }, WAVE_TIMEOUT_MS);
      victim.kill();
      kills++;
      if (IS_LONG)
        console.log(`kill ${kills} at ${JSON.stringify(walks.map((walk) => walk.next()))}`);
      for (const walk of walks) {
        if (walk.isHeld()) walk.goOn();
        else walk.giveUp();
      }
    }
    return { runs, kills, missed: walks.flatMap((walk) => walk.missed()) };
  }

  /** Lets the worker come to judging or swapping, gives it a while, and kills it; false when the batch ended before. */
  async function untilKilled(run: Run, lifeMs: number): Promise<boolean> {
    let diesAt = Infinity;
    victim.proxy.before = (commit) => {
      const isBegun = commit.companyId === run.companyId && WORK.has(sortOf(commit) ?? "");
      if (isBegun) diesAt = Math.min(diesAt, Date.now() + lifeMs);
      return "pass";
    };
    for (;;) {
      const batch = await findBatch(stage.pool, run.companyId, run.batchId);
      if (batch === null || isOver(batch)) return false;
      if (Date.now() >= diesAt) {
        victim.kill();
        return true;
      }
      await new Promise((wake) => setTimeout(wake, 2));
    }
  }
});

type Step = Omit<Stop, "where">;

/** The commits of a run in their order, up to its end, each counted among its sort as a walk counts them. */
function stepsIn(commits: readonly Commit[]): Step[] {
  const counts = new Map<string, number>();
  const end = commits.findIndex((commit) => sortOf(commit) === "closeBatch") + 1;
  return commits.slice(0, end).map((commit) => {
    const sort = sortOf(commit) ?? "";
    const nth = (counts.get(sort) ?? 0) + 1;
    counts.set(sort, nth);
    if (sort === COUNTING.begins) for (const other of COUNTING.beginsAnew) counts.delete(other);
    return { sort, nth };
  });
}

const firstAndLast = (steps: readonly Step[]): Step[] =>
  steps.filter((step, at) => {
    const isOfSort = ({ sort }: Step): boolean => sort === step.sort;
    return at === steps.findIndex(isOfSort) || at === steps.findLastIndex(isOfSort);
  });

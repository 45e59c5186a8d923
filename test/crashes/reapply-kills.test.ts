import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { compareDecimals } from "../../core/money.ts";
import { findBatch } from "../../db/batches.ts";
import { batchWorkflowId } from "../../workflows/contract.ts";
import {
  expectAddsUp,
  expectEqualApplications,
  expectFeedReplays,
} from "../support/applications.ts";
import type { Commit } from "../support/commit-proxy.ts";
import {
  freezeAt,
  prepareRun,
  startRun,
  untilOver,
  victimOn,
  type Point,
  type Run,
} from "../support/crashes.ts";
import { randomFrom } from "../support/random.ts";
import { eventually, isOver, withStage } from "../support/sync.ts";
import { wishReapply, wishSync } from "../support/wishes.ts";

/** `CRASH_SEED` chooses other edits and moments, `CRASH_KILLS` more of them. */
const KILLS = Number(process.env["CRASH_KILLS"] ?? 3);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_263);
const COMPANY = { records: 2_000, seed: 11 };
/** So many that their documents are swapped in more than one transaction. */
const EDITS = 200;
/** A worker lives this long at most after its first commit of judging or swapping. */
const LIFE_MAX_MS = 80;
const READ_EVERY_MS = 3;

/** What judging and swapping commit. */
const BOUNDARIES = ["storePlan", "storeResult", "settle", "markSwapped"];

/** A step that moves and stores no page: the last one says that everything is judged. */
const isStepAlone = ({ names }: Commit): boolean =>
  names.includes("moveStep") && !names.includes("mergePage");

const isWork = ({ names }: Commit): boolean => names.some((name) => BOUNDARIES.includes(name));
const isBoundary = (commit: Commit): boolean => isStepAlone(commit) || isWork(commit);

type Company = Omit<Run, "batchId">;

describe("a worker killed in a re-application of payments", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  /**
   * A company whose initial sync is done, whose payments were edited since, and whose AutoSync leaves
   * payments out: it brought the records, deletions among them, and moved no application.
   */
  const editedCompany = async (seed: number): Promise<Company> => {
    const run = await startRun(stage, await prepareRun(stage, COMPANY));
    expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
    const { companyId, realmId } = run;
    await stage.pool.query("update companies set auto_sync_payments = false where id = $1", [
      companyId,
    ]);
    const changes = [{ op: "random", seed, edits: EDITS }];
    await stage.simulator.post("changes", { realm: realmId, changes });
    const told = await changesOf(companyId);
    const batch = await wishSync(stage, companyId);
    const synced = await untilOver(stage, { ...run, batchId: batch.id });
    expect(synced).toMatchObject({ status: "succeeded" });
    expect(await changesOf(companyId)).toBe(told);
    return run;
  };

  const startReapplying = async (company: Company): Promise<Run> => {
    const { companyId } = company;
    const batch = await wishReapply(stage, companyId);
    return { ...company, batchId: batch.id };
  };

  /** The applications of every document of some companies: all of a document's in one line. */
  const applicationsOf = async (companyIds: readonly string[]): Promise<Map<string, string>> => {
    const { rows } = await stage.pool.query<{ document: string; applied: string }>(
      `select concat_ws(' ', company_id, to_kind, to_id) as document, string_agg(concat_ws(' ',
          said_by_kind, said_by_id, from_kind, from_id, role, amount, date), ', '
          order by said_by_kind, said_by_id, from_kind, from_id, role) as applied
        from applications where company_id = any($1) group by 1`,
      [companyIds],
    );
    return new Map(rows.map(({ document, applied }) => [document, applied]));
  };

  /** Reads all documents of some companies every few milliseconds, until it is asked what it saw. */
  const startReader = (companyIds: readonly string[]) => {
    /** What was applied to each document, one after the other. */
    const seen = new Map<string, string[]>();
    let isFirst = true;
    const look = async (): Promise<void> => {
      const held = await applicationsOf(companyIds);
      for (const document of new Set([...seen.keys(), ...held.keys()])) {
        const applied = held.get(document) ?? "nothing";
        const sofar = seen.get(document) ?? (isFirst ? [] : ["nothing"]);
        if (sofar.at(-1) !== applied) seen.set(document, [...sofar, applied]);
      }
      isFirst = false;
    };
    const ended = new AbortController();
    const reading = (async () => {
      while (!ended.signal.aborted) {
        await look();
        await new Promise((wake) => setTimeout(wake, READ_EVERY_MS));
      }
    })();
    const stop = async (): Promise<void> => {
      ended.abort();
      await reading;
    };
    onTestFinished(stop);
    return {
      /** Every document was at every moment as before or as it is now: none was ever a third thing, or went back. */
      async expectNothingBetween(): Promise<void> {
        await stop();
        await look();
        const moved = [...seen.values()].filter(({ length }) => length > 1);
        expect(moved.length, "nothing moved while it was watched").toBeGreaterThan(0);
        expect(moved.filter(({ length }) => length > 2)).toEqual([]);
      },
    };
  };

  const changesOf = async (companyId: string): Promise<number> => {
    const { rows } = await stage.pool.query<{ count: number }>(
      "select count(*)::int as count from changes where company_id = $1",
      [companyId],
    );
    return rows[0]?.count ?? 0;
  };

  /** It ended well by itself and proven, all is as QuickBooks says, and each change was told once. */
  const expectReapplied = async (run: Run): Promise<void> => {
    const batch = await untilOver(stage, run);
    expect(batch).toMatchObject({ status: "succeeded", failure: null, waitingFor: null });
    expect(batch.result).toMatchObject({ stopped: 0 });
    const { appliedAfter = "", mustBeApplied = "" } = batch.result ?? {};
    expect(compareDecimals(appliedAfter, mustBeApplied)).toBe(0);
    const { rows } = await stage.pool.query<{ state: string; documents: number; moves: number }>(
      `select state, count(*)::int as documents, sum(jsonb_array_length(moves))::int as moves
        from reapplied_documents where batch_id = $1 group by 1`,
      [run.batchId],
    );
    const { documents, differing, moves } = batch.result ?? {};
    expect(rows).toEqual([{ state: "swapped", documents: differing, moves }]);
    // However many attempts it took, what is said of it counts all of them.
    expect(await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).result()).toBe(
      `${differing} of ${documents} documents differed and now agree with QuickBooks.`,
    );
    const told = await stage.pool.query(
      "select count(*)::int as told from changes where batch_id = $1",
      [run.batchId],
    );
    expect(told.rows).toEqual([{ told: moves }]);
    await expectEqualApplications(stage, run.companyId, { realm: run.realmId });
    await expectAddsUp(stage, run.companyId);
    await expectFeedReplays(stage, run.companyId);
  };

  const expectNothingLeft = async (company: Company): Promise<void> => {
    const before = await changesOf(company.companyId);
    const again = await untilOver(stage, await startReapplying(company));
    expect(again).toMatchObject({ status: "succeeded", result: { differing: 0, moves: 0 } });
    expect(await changesOf(company.companyId)).toBe(before);
  };

  test("before and after each sort of its commits swaps each document once, and never halfway", async () => {
    await victim.start();
    const seen: Commit[] = [];
    const clean = await editedCompany(SEED);
    victim.proxy.before = (commit) => {
      if (commit.companyId === clean.companyId && isBoundary(commit)) seen.push(commit);
      return "pass";
    };
    await expectReapplied(await startReapplying(clean));
    const points = pointsIn(seen);
    expect(points.length).toBeGreaterThanOrEqual(2 * 3);
    const companies = await Promise.all(points.map(() => editedCompany(SEED)));
    const reader = startReader(companies.map(({ companyId }) => companyId));
    const frozen = companies.flatMap(({ companyId }, index) => {
      const point = points[index];
      return point === undefined ? [] : [freezeAt(companyId, point, isBoundary)];
    });
    const reached = new Set<number>();
    for (const [index, each] of frozen.entries()) void each.reached.then(() => reached.add(index));
    victim.proxy.before = (commit) =>
      frozen.map((each) => each.decideBefore(commit)).includes("hold") ? "hold" : "pass";
    victim.proxy.after = (commit) =>
      frozen.map((each) => each.decideAfter(commit)).includes("hold") ? "hold" : "pass";
    const runs = await Promise.all(companies.map(startReapplying));
    await eventually(() => {
      const missing = points.filter((_, index) => !reached.has(index));
      expect(missing, "not every run came to its point").toEqual([]);
      return Promise.resolve();
    }, 60_000);
    victim.kill();
    await victim.start();
    for (const [index, run] of runs.entries()) {
      await expectReapplied(run).catch((cause: unknown) => {
        throw new Error(`killed at ${JSON.stringify(points[index])}`, { cause });
      });
    }
    await reader.expectNothingBetween();
    const [first] = companies;
    if (first !== undefined) await expectNothingLeft(first);
    console.log(`killed at ${points.length} points of ${seen.length} commits`);
  }, 300_000);

  test(`${KILLS} times at random moments swaps each document once, and never halfway`, async () => {
    const random = randomFrom(SEED);
    await victim.start();
    const company = await editedCompany(SEED + 1);
    const reader = startReader([company.companyId]);
    const run = await startReapplying(company);
    let kills = 0;
    while (kills < KILLS && (await untilKilled(run, random() * LIFE_MAX_MS))) {
      kills++;
      await victim.start();
    }
    await expectReapplied(run);
    await reader.expectNothingBetween();
    await expectNothingLeft(company);
    console.log(`killed ${kills} times while judging or swapping`);
    expect(kills, `seed ${SEED}: it was over before it was killed often enough`).toBeGreaterThan(
      KILLS / 2,
    );
  }, 300_000);

  /** Lets the worker come to judging or swapping, gives it a while, and kills it; false when the batch ended before. */
  async function untilKilled(run: Run, lifeMs: number): Promise<boolean> {
    let diesAt = Infinity;
    victim.proxy.before = (commit) => {
      const isBegun = isWork(commit) || commit.names.includes("dropPlan");
      if (commit.companyId === run.companyId && isBegun)
        diesAt = Math.min(diesAt, Date.now() + lifeMs);
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

/** The first and the last commit of each sort, before and after. */
function pointsIn(commits: readonly Commit[]): Point[] {
  const boundaries = new Set([commits.findLastIndex(isStepAlone) + 1]);
  for (const name of BOUNDARIES) {
    const isOf = ({ names }: Commit): boolean => names.includes(name);
    for (const at of [commits.findIndex(isOf), commits.findLastIndex(isOf)]) {
      if (at >= 0) boundaries.add(at + 1);
    }
  }
  return [...boundaries].flatMap((boundary) => [
    { boundary, where: "before" as const },
    { boundary, where: "after" as const },
  ]);
}

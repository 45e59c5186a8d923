import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listBatches, type Batch } from "../../db/batches.ts";
import { TASK_QUEUE } from "../../workflows/contract.ts";
import type { Commit } from "../support/commit-proxy.ts";
import {
  freezeAt,
  prepareRun,
  startRun,
  untilOver,
  victimOn,
  type Frozen,
  type Point,
  type Run,
} from "../support/crashes.ts";
import { reconcileNow } from "../support/operators.ts";
import { isOver, untilBatch, withStage } from "../support/sync.ts";

const COMPANY = { records: 300 };
const WHERE = ["before", "after"] as const;
const TIMEOUT_MS = 180_000;

const isNamed =
  (name: string) =>
  ({ names }: Commit): boolean =>
    names.includes(name);

/** A comparison is owed by the transaction that ends a sync, and queued by another one: nothing between the two may lose or double it. */
describe("a worker killed before and after", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  const comparisons = async (companyId: string): Promise<Batch[]> => {
    const batches = await listBatches(stage.pool, companyId, { first: 50, after: null });
    return batches.filter(({ kind }) => kind === "verify");
  };

  /** Freezes each company at its commit of that name, lets `begin` lead there, and kills. */
  const killAt = async (
    name: string,
    companyIds: readonly string[],
    begin: (frozen: readonly Frozen[]) => Promise<unknown>,
  ): Promise<void> => {
    const frozen = companyIds.map((companyId, index): Frozen => {
      const point: Point = { boundary: 1, where: WHERE[index] ?? "before" };
      return freezeAt(companyId, point, isNamed(name));
    });
    victim.proxy.before = (commit) =>
      frozen.some((each) => each.decideBefore(commit) === "hold") ? "hold" : "pass";
    victim.proxy.after = (commit) =>
      frozen.some((each) => each.decideAfter(commit) === "hold") ? "hold" : "pass";
    await begin(frozen);
    await Promise.all(frozen.map(({ reached }) => reached));
    victim.kill();
    await victim.start();
  };

  /** One reconcileState after another, each until it is frozen; the next one finds what is left. */
  const reconcileFrozen = async (frozen: readonly Frozen[]): Promise<void> => {
    for (const { reached } of frozen.toReversed()) {
      await stage.client.workflow.start("reconcileState", {
        workflowId: `reconcile:${randomUUID()}`,
        taskQueue: TASK_QUEUE,
      });
      await reached;
    }
  };

  /** One comparison, whole, whatever happened on the way. */
  const expectOneComparison = async (companyId: string): Promise<void> => {
    await reconcileNow(stage);
    const [made, ...more] = await comparisons(companyId);
    expect(more).toEqual([]);
    expect(await untilBatch(stage, companyId, made?.id ?? "", isOver)).toMatchObject({
      status: "succeeded",
      trigger: "system",
    });
    await reconcileNow(stage);
    expect(await comparisons(companyId)).toHaveLength(1);
  };

  /**
   * As if the syncs had ended long ago, the last company's first: a run that is frozen before its commit
   * holds the company's row, so it must not be the one that others come to first.
   */
  const letTimePass = async (companyIds: readonly string[]): Promise<void> => {
    for (const [index, companyId] of companyIds.entries()) {
      await stage.pool.query(
        "update companies set verify_wanted_at = verify_wanted_at - make_interval(hours => $2) where id = $1",
        [companyId, index + 1],
      );
    }
  };

  test(
    "the commit that ends a first sync: its comparison is owed, and comes once",
    async () => {
      const prepared = [await prepareRun(stage, COMPANY), await prepareRun(stage, COMPANY)];
      await victim.start();
      let runs: Run[] = [];
      const companyIds = prepared.map(({ companyId }) => companyId);
      await killAt("closeBatch", companyIds, async () => {
        runs = await Promise.all(prepared.map((each) => startRun(stage, each)));
      });
      for (const run of runs) {
        expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
      }
      await letTimePass(companyIds);
      for (const companyId of companyIds) await expectOneComparison(companyId);
    },
    TIMEOUT_MS,
  );

  test(
    "the commit that queues the comparison: it comes once",
    async () => {
      await victim.start();
      const runs: Run[] = [];
      for (const _ of WHERE) runs.push(await startRun(stage, await prepareRun(stage, COMPANY)));
      for (const run of runs) await untilOver(stage, run);
      const companyIds = runs.map(({ companyId }) => companyId);
      await letTimePass(companyIds);
      await killAt("addComparison", companyIds, reconcileFrozen);
      for (const companyId of companyIds) await expectOneComparison(companyId);
    },
    TIMEOUT_MS,
  );
});

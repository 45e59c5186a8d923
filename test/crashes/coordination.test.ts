import { beforeAll, describe, expect, test } from "vitest";

import { enqueueBatch, findBatch, requeueBatch, requestCancel } from "../../db/batches.ts";
import {
  batchWorkflowId,
  COORDINATOR,
  coordinatorId,
  coordinatorStart,
  RECONCILE_SCHEDULE_ID,
} from "../../workflows/contract.ts";
import { countsOf } from "../support/batches.ts";
import {
  expectWhole,
  pagesNeeded,
  pagesServed,
  prepareRun,
  startRun,
  streamsAtWork,
  untilOver,
  type Run,
} from "../support/crashes.ts";
import { describeOf, reconcileNow, slowDown, untilMidway } from "../support/operators.ts";
import { withStage } from "../support/sync.ts";

const COMPANY = { records: 3_000 };
/** Slow enough that there is a middle to be hit in. */
const SLOW_MS = 300;
const TIMEOUT_MS = 180_000;

const stage = withStage();

beforeAll(async () => {
  await stage.worker();
});

/** A sync in its middle, and how many streams are at work there. */
async function aRunMidway(): Promise<Run> {
  const prepared = await prepareRun(stage, COMPANY);
  await slowDown(stage, prepared.realmId, SLOW_MS);
  const run = await startRun(stage, prepared);
  await untilMidway(stage, run);
  return run;
}

const queue = (companyId: string) =>
  enqueueBatch(stage.pool, {
    companyId,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "Initial sync of the test's company",
    historyFrom: null,
  });

const wake = (companyId: string) =>
  stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));

const retry = async (run: Run): Promise<void> => {
  expect(await requeueBatch(stage.pool, run.companyId, run.batchId)).toMatchObject({
    status: "queued",
    trigger: "retry",
  });
  await wake(run.companyId);
};

const expectFewPagesAgain = async (run: Run, streams: number): Promise<void> => {
  const served = (await pagesServed(stage, run.realmId)).length;
  const needed = await pagesNeeded(stage, run);
  expect(served - needed, `${streams} streams at work`).toBeLessThanOrEqual(2 * streams);
};

const batchOf = (run: Run) => findBatch(stage.pool, run.companyId, run.batchId);

describe.concurrent(
  "what a crash between PostgreSQL and Temporal left",
  { timeout: TIMEOUT_MS },
  () => {
    test("a batch that was queued when the api died is taken up by reconcileState", async () => {
      const prepared = await prepareRun(stage, COMPANY);
      const { batch } = await queue(prepared.companyId);
      const run = { ...prepared, batchId: batch.id };
      await expect(describeOf(stage.client, coordinatorId(run.companyId))).rejects.toThrow();
      await stage.client.schedule.getHandle(RECONCILE_SCHEDULE_ID).trigger();
      await expectWhole(stage, run);
    });

    test("a running batch that lost its workflow and its coordinator is taken up again", async () => {
      const run = await aRunMidway();
      const streams = await streamsAtWork(stage, run);
      await stage.client.workflow.getHandle(coordinatorId(run.companyId)).terminate("test");
      await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).terminate("test");
      expect((await batchOf(run))?.status).toBe("running");
      await reconcileNow(stage);
      await expectWhole(stage, run);
      await expectFewPagesAgain(run, streams);
      expect(await batchOf(run)).toMatchObject({ trigger: "user" });
    });

    test("a running batch whose workflow alone was terminated fails as stopped, and a retry goes on where it stood", async () => {
      const run = await aRunMidway();
      const streams = await streamsAtWork(stage, run);
      await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).terminate("test");
      expect(await untilOver(stage, run)).toMatchObject({
        status: "failed",
        failure: { kind: "stopped", nextStep: expect.stringContaining("retryBatch") },
      });
      await retry(run);
      await expectWhole(stage, run);
      await expectFewPagesAgain(run, streams);
    });

    test("a cancel that was asked for while Temporal was away is carried out", async () => {
      const run = await aRunMidway();
      await requestCancel(stage.pool, run.companyId, run.batchId);
      await reconcileNow(stage);
      expect(await untilOver(stage, run)).toMatchObject({ status: "cancelled", failure: null });
    });

    test("a cancel is carried out although the batch lost its workflow and its coordinator", async () => {
      const run = await aRunMidway();
      await stage.client.workflow.getHandle(coordinatorId(run.companyId)).terminate("test");
      await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).terminate("test");
      await requestCancel(stage.pool, run.companyId, run.batchId);
      await reconcileNow(stage);
      expect(await untilOver(stage, run)).toMatchObject({ status: "cancelled", failure: null });
    });
  },
);

describe("cancelling", { timeout: TIMEOUT_MS }, () => {
  test("in the middle leaves nothing half stored, and a retry goes on where it stood", async () => {
    const run = await aRunMidway();
    const streams = await streamsAtWork(stage, run);
    await requestCancel(stage.pool, run.companyId, run.batchId);
    await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).cancel();
    expect(await untilOver(stage, run)).toMatchObject({ status: "cancelled", failure: null });

    const { kept, real } = await countsOf(stage.pool, run.companyId);
    expect(kept).toEqual(real);
    const { rows } = await stage.pool.query<{ created: number; done: number }>(
      `select sum(created)::int as created, sum(done)::int as done
        from batch_steps where batch_id = $1`,
      [run.batchId],
    );
    const held = real.reduce((sum, count) => sum + count.present, 0);
    expect(rows[0]?.created).toBe(held);
    expect(held).toBeGreaterThan(0);

    await retry(run);
    await expectWhole(stage, run);
    await expectFewPagesAgain(run, streams);
  });

  test("before the worker has begun ends the batch without a trace", async () => {
    const run = await startRun(stage, await prepareRun(stage, COMPANY));
    await stage.client.workflow
      .getHandle(batchWorkflowId(run.batchId))
      .cancel()
      .catch(() => undefined);
    await requestCancel(stage.pool, run.companyId, run.batchId);
    await reconcileNow(stage);
    const batch = await untilOver(stage, run);
    // It may have been quicker than the cancel; half of it is never.
    if (batch.status === "succeeded") await expectWhole(stage, run);
    else expect(batch).toMatchObject({ status: "cancelled", failure: null });
  });
});

describe("fifty starts at once", { timeout: TIMEOUT_MS }, () => {
  test("on one company are one batch, one workflow, one lease, and no page is read twice", async () => {
    const prepared = await prepareRun(stage, COMPANY);
    const { companyId } = prepared;
    const start = async () => {
      const answer = await queue(companyId);
      await wake(companyId);
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 50 }, start));
    const ids = new Set(answers.map(({ batch }) => batch.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ joined }) => !joined)).toHaveLength(1);
    const [batchId = ""] = ids;
    const run = { ...prepared, batchId };
    await untilMidway(stage, run);
    const late = await Promise.all(Array.from({ length: 50 }, start));
    expect(late.every(({ batch, joined }) => joined && batch.id === batchId)).toBe(true);
    await expectWhole(stage, run);

    const { rows } = await stage.pool.query<{ fence: number; batches: number }>(
      `select max(fence)::int as fence, count(*)::int as batches from batches where company_id = $1`,
      [companyId],
    );
    expect(rows).toEqual([{ fence: 1, batches: 1 }]);
    const query = `WorkflowId = '${batchWorkflowId(batchId)}'`;
    expect((await stage.client.workflow.count(query)).count).toBe(1);
    const pages = await pagesServed(stage, run.realmId);
    expect(new Set(pages).size).toBe(pages.length);
    await expectFewPagesAgain(run, 0);
  });
});

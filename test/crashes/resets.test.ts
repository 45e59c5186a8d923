import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { batchWorkflowId, COORDINATOR, coordinatorId } from "../../workflows/contract.ts";
import { expectWhole, prepareRun, startRun, untilOver, type Run } from "../support/crashes.ts";
import {
  reconcileNow,
  reset,
  resultOf,
  slowDown,
  startLike,
  untilMidway,
} from "../support/operators.ts";
import { eventually, withStage } from "../support/sync.ts";

const COMPANY = { records: 1_500 };
/** Slow enough that there is a middle to be hit in. */
const SLOW_MS = 300;
const TIMEOUT_MS = 180_000;

const stage = withStage();

beforeAll(async () => {
  await stage.worker();
});

async function aRunMidway(): Promise<Run> {
  const prepared = await prepareRun(stage, COMPANY);
  await slowDown(stage, prepared.realmId, SLOW_MS);
  const run = await startRun(stage, prepared);
  await untilMidway(stage, run);
  return run;
}

async function aSucceededRun(): Promise<Run> {
  const run = await startRun(stage, await prepareRun(stage, COMPANY));
  await expectWhole(stage, run);
  return run;
}

/** A batch that failed by itself in its middle, for a reason that has gone meanwhile. */
async function aFailedRun(): Promise<Run> {
  const prepared = await prepareRun(stage, COMPANY);
  await stage.simulator.post("faults", {
    kind: "subscription-ended",
    times: 1,
    match: { realm: prepared.realmId, contains: "SELECT * FROM Invoice" },
  });
  const run = await startRun(stage, prepared);
  expect(await untilOver(stage, run)).toMatchObject({
    status: "failed",
    failure: { kind: "subscription-ended" },
  });
  await expect(resultOf(stage.client, batchWorkflowId(run.batchId))).rejects.toThrow();
  return run;
}

const batchOf = (run: Run) => findBatch(stage.pool, run.companyId, run.batchId);

const fenceOf = async (run: Run): Promise<number> => {
  const { rows } = await stage.pool.query<{ fence: number }>(
    "select fence::int from batches where id = $1",
    [run.batchId],
  );
  return rows[0]?.fence ?? 0;
};

const resetBatch = (run: Run, to: "first" | "last") =>
  reset(stage.client, batchWorkflowId(run.batchId), to);

const said = (run: Run, runId?: string) =>
  resultOf(stage.client, batchWorkflowId(run.batchId), runId);

const batchLike = (run: Run, id = batchWorkflowId(run.batchId)) =>
  startLike(stage.client, {
    type: "initialSync",
    id,
    input: { batchId: run.batchId, companyId: run.companyId },
  });

/** It went back through the queue: another lease, another success, and the same books. */
async function expectRunAgain(run: Run, fenceBefore: number): Promise<void> {
  await eventually(async () => {
    expect(await fenceOf(run)).toBe(fenceBefore + 1);
    expect((await batchOf(run))?.status).toBe("succeeded");
  }, 60_000);
  await expectWhole(stage, run);
  expect(await batchOf(run)).toMatchObject({ trigger: "retry" });
}

/** Nothing of the batch has moved. */
async function expectUntouched(run: Run, fenceBefore: number, status: string): Promise<void> {
  expect(await fenceOf(run)).toBe(fenceBefore);
  expect((await batchOf(run))?.status).toBe(status);
}

/** The coordinator has nothing left to do. */
const untilIdle = (run: Run): Promise<unknown> =>
  resultOf(stage.client, coordinatorId(run.companyId));

describe.concurrent("a batch's workflow reset", { timeout: TIMEOUT_MS }, () => {
  test("to its first task while it runs begins anew under a lease of its own", async () => {
    const run = await aRunMidway();
    const fence = await fenceOf(run);
    await resetBatch(run, "first");
    await expectWhole(stage, run);
    expect(await fenceOf(run)).toBe(fence + 1);
    expect(await batchOf(run)).toMatchObject({ trigger: "user" });
    await untilIdle(run);
  });

  test("to a later task while it runs goes on under the lease it has", async () => {
    const run = await aRunMidway();
    const fence = await fenceOf(run);
    await resetBatch(run, "last");
    await expectWhole(stage, run);
    expect(await fenceOf(run)).toBe(fence);
    await untilIdle(run);
  });

  test("to its first task three times while it runs ends well once", async () => {
    const run = await aRunMidway();
    for (let times = 0; times < 3; times++) await resetBatch(run, "first");
    await expectWhole(stage, run);
    await untilIdle(run);
  });

  test("to its first task after it succeeded puts the batch back into the queue, and says so", async () => {
    const run = await aSucceededRun();
    const fence = await fenceOf(run);
    const runId = await resetBatch(run, "first");
    expect(await said(run, runId)).toContain("had succeeded; it was put back into the queue");
    await expectRunAgain(run, fence);
  });

  test("to a later task after it succeeded does nothing", async () => {
    const run = await aSucceededRun();
    const fence = await fenceOf(run);
    await said(run, await resetBatch(run, "last"));
    await expectUntouched(run, fence, "succeeded");
    await expectWhole(stage, run);
  });

  test("to its first task after it failed puts the batch back into the queue, and it goes on where it stood", async () => {
    const run = await aFailedRun();
    const fence = await fenceOf(run);
    const runId = await resetBatch(run, "first");
    expect(await said(run, runId)).toContain("had failed; it was put back into the queue");
    await expectRunAgain(run, fence);
  });

  test("to a later task after it failed changes nothing", async () => {
    const run = await aFailedRun();
    const fence = await fenceOf(run);
    await said(run, await resetBatch(run, "last")).catch(() => undefined);
    await expectUntouched(run, fence, "failed");
  });
});

describe.concurrent("a workflow started like a batch's", { timeout: TIMEOUT_MS }, () => {
  test("under its own id after it succeeded puts the batch back into the queue", async () => {
    const run = await aSucceededRun();
    const fence = await fenceOf(run);
    expect(await batchLike(run)).toContain("put back into the queue");
    await expectRunAgain(run, fence);
  });

  test("under its own id after it failed puts the batch back into the queue", async () => {
    const run = await aFailedRun();
    const fence = await fenceOf(run);
    expect(await batchLike(run)).toContain("had failed; it was put back into the queue");
    await expectRunAgain(run, fence);
  });

  test("under another id after it succeeded puts the batch back into the queue", async () => {
    const run = await aSucceededRun();
    const fence = await fenceOf(run);
    expect(await batchLike(run, `copy:${randomUUID()}`)).toContain("put back into the queue");
    await expectRunAgain(run, fence);
  });

  test("under its own id while it runs is refused by Temporal", async () => {
    const run = await aRunMidway();
    await expect(batchLike(run)).rejects.toThrow("already started");
    await expectWhole(stage, run);
    expect(await fenceOf(run)).toBe(1);
  });

  test("under other ids while it runs does nothing, and says so", async () => {
    const run = await aRunMidway();
    const copies = await Promise.all(
      Array.from({ length: 5 }, () => batchLike(run, `copy:${randomUUID()}`)),
    );
    for (const sentence of copies) expect(sentence).toContain("is running already");
    await expectWhole(stage, run);
    expect(await fenceOf(run)).toBe(1);
    await untilIdle(run);
  });
});

describe.concurrent("a coordinator", { timeout: TIMEOUT_MS }, () => {
  test.each(["first", "last"] as const)(
    "reset to its %s task while its batch runs leaves the batch alone, and ends after it",
    async (to) => {
      const run = await aRunMidway();
      const fence = await fenceOf(run);
      await reset(stage.client, coordinatorId(run.companyId), to);
      await expectWhole(stage, run);
      await untilIdle(run);
      await expectUntouched(run, fence, "succeeded");
    },
  );

  test.each(["first", "last"] as const)(
    "reset to its %s task after its batch ended finds nothing to do",
    async (to) => {
      const run = await aSucceededRun();
      await untilIdle(run);
      const fence = await fenceOf(run);
      await reset(stage.client, coordinatorId(run.companyId), to);
      await untilIdle(run);
      await expectUntouched(run, fence, "succeeded");
    },
  );

  test("started a second time under another id waits beside the first, and runs nothing twice", async () => {
    const run = await aRunMidway();
    const fence = await fenceOf(run);
    const copies = Array.from({ length: 3 }, () =>
      startLike(stage.client, {
        type: COORDINATOR,
        id: `copy:${randomUUID()}`,
        input: run.companyId,
      }),
    );
    await expectWhole(stage, run);
    await Promise.all(copies);
    await untilIdle(run);
    await expectUntouched(run, fence, "succeeded");
  });

  test("terminated while its batch runs leaves it running, and the next one waits for its end", async () => {
    const run = await aRunMidway();
    await stage.client.workflow.getHandle(coordinatorId(run.companyId)).terminate("test");
    await reconcileNow(stage);
    await expectWhole(stage, run);
    await untilIdle(run);
    await expectUntouched(run, 1, "succeeded");
  });

  test("cancelled while its batch runs cancels the batch", async () => {
    const run = await aRunMidway();
    await stage.client.workflow.getHandle(coordinatorId(run.companyId)).cancel();
    expect(await untilOver(stage, run)).toMatchObject({ status: "cancelled", failure: null });
    await expect(untilIdle(run)).rejects.toThrow("cancelled");
  });

  test("reset together with its batch still ends well", async () => {
    const run = await aRunMidway();
    await Promise.all([
      reset(stage.client, coordinatorId(run.companyId), "first"),
      resetBatch(run, "first"),
    ]);
    await expectWhole(stage, run);
    await untilIdle(run);
    expect((await batchOf(run))?.status).toBe("succeeded");
  });
});

import { randomUUID } from "node:crypto";

import { NativeConnection, Worker } from "@temporalio/worker";
import { describe, expect, test } from "vitest";

import type { Activities } from "../../activities/index.ts";
import { workflowBundle } from "../../worker/bundle.ts";
import { longTaskQueue } from "../../workflows/contract.ts";
import { services } from "../support/services.ts";
import { withStage } from "../support/sync.ts";

/** Temporal suggests a new history at 4,096 events or 4 MiB: large answers make the second come soon. */
const CHUNKS = 30;
const PADDING = { padding: "x".repeat(200_000) };

describe("a sync of very many chunks", () => {
  const stage = withStage();

  test("begins a new history by itself, takes its lease again, and is not closed in between", async () => {
    const closed: string[] = [];
    const leases: string[] = [];
    let chunks = 0;
    const lease = { companyId: "company", batchId: "batch", fence: 1 };
    const activities: Partial<Activities> = {
      takeLease: ({ batchId }) => {
        leases.push(batchId);
        return Promise.resolve({ is: "held", lease, historyFrom: null });
      },
      preflight: () => Promise.resolve(),
      sweep: () => Promise.resolve(),
      markWorkable: () => Promise.resolve(),
      prove: () => Promise.resolve({ differing: [] }),
      settlePayments: () => Promise.resolve({ moves: 0, outOfBalance: 0 }),
      closeBatch: ({ outcome }) => {
        closed.push(outcome.is);
        return Promise.resolve();
      },
      yieldTurn: () => Promise.resolve(false),
      pullChunk: ({ phases }) =>
        Promise.resolve({
          finished: !phases.includes("records") || ++chunks >= CHUNKS,
          records: 1,
          ...PADDING,
        }),
    };
    const connection = await NativeConnection.connect({ address: services().temporalAddress });
    const taskQueue = `chunks-${randomUUID()}`;
    const { namespace } = stage;
    const long = await Worker.create({
      connection,
      namespace,
      taskQueue: longTaskQueue(taskQueue),
      activities,
    });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities,
    });
    const workflowId = `batch:${randomUUID()}`;
    const execute = () =>
      stage.client.workflow.execute("initialSync", {
        workflowId,
        taskQueue,
        args: [{ batchId: "batch", companyId: "company" }],
      });
    const said = await long.runUntil(() => worker.runUntil(execute));
    await connection.close();

    expect(said).toContain("Everything is in");
    expect(chunks).toBe(CHUNKS);
    expect(closed).toEqual(["succeeded"]);
    expect(leases).toHaveLength(2);
  }, 120_000);
});

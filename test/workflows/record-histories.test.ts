import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";

import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { beforeAll, describe, expect, test } from "vitest";

import { enqueueBatch, requeueBatch } from "../../db/batches.ts";
import { storeAutoSync } from "../../db/autosync-settings.ts";
import {
  ALIGN_AUTO_SYNC,
  alignStart,
  batchWorkflowId,
  COORDINATOR,
  coordinatorId,
  coordinatorStart,
} from "../../workflows/contract.ts";
import { prepareRun, startRun, untilOver, type Run } from "../support/crashes.ts";
import {
  reconcileNow,
  reset,
  resultOf,
  slowDown,
  startLike,
  untilMidway,
} from "../support/operators.ts";
import { metCompany, withDoor } from "../support/desktop.ts";
import { eventually, isOver, startInitialSync, untilBatch, withStage } from "../support/sync.ts";

const FOLDER = fileURLToPath(new URL("../histories/", import.meta.url));
const COMPANY = { records: 400 };
const TIMEOUT_MS = 120_000;

/** After a change of workflows, for versions that will run from now on: `RECORD_HISTORIES=1 npx vitest run test/workflows/record-histories.test.ts`. */
const isWanted = process.env["RECORD_HISTORIES"] === "1";

describe.runIf(isWanted)("recording histories for the replay tests", () => {
  const stage = withStage();
  const door = withDoor(stage);

  beforeAll(() => stage.worker(), TIMEOUT_MS);

  const record = async (name: string, workflowId: string, runId?: string): Promise<void> => {
    const history = await stage.client.workflow.getHandle(workflowId, runId).fetchHistory();
    await writeFile(`${FOLDER}${name}.json`, withoutPlaces(historyToJSON(history)));
  };

  const aRun = async (troubles: object[] = [], slowMs = 0): Promise<Run> => {
    const prepared = await prepareRun(stage, COMPANY);
    for (const trouble of troubles) {
      await stage.simulator.post("faults", { match: { realm: prepared.realmId }, ...trouble });
    }
    if (slowMs > 0) await slowDown(stage, prepared.realmId, slowMs);
    return startRun(stage, prepared);
  };

  /** Waits for batch and coordinator to end, and records both. */
  const recordBoth = async (run: Run, how: string): Promise<void> => {
    await untilOver(stage, run);
    await resultOf(stage.client, coordinatorId(run.companyId));
    await record(`initial-sync-${how}`, batchWorkflowId(run.batchId));
    await record(`company-coordinator-${how}`, coordinatorId(run.companyId));
  };

  test(
    "of syncs that succeed, are throttled, fail, are retried and are cancelled",
    { timeout: TIMEOUT_MS },
    async () => {
      const succeeded = await aRun();
      await recordBoth(succeeded, "succeeded");

      await recordBoth(
        await aRun([{ kind: "throttle-json", retryAfterSeconds: 1, times: 2 }]),
        "throttled",
      );

      const failed = await aRun([{ kind: "subscription-ended", times: 1 }]);
      await recordBoth(failed, "failed");
      await requeueBatch(stage.pool, failed.companyId, failed.batchId);
      await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(failed.companyId));
      await recordBoth(failed, "retried");

      const cancelled = await aRun([], 200);
      await untilMidway(stage, cancelled);
      await stage.client.workflow.getHandle(batchWorkflowId(cancelled.batchId)).cancel();
      await recordBoth(cancelled, "cancelled");
    },
  );

  test(
    "of what operators do: a reset, a copy, a second coordinator",
    { timeout: TIMEOUT_MS },
    async () => {
      const run = await aRun([], 200);
      await untilMidway(stage, run);
      await reset(stage.client, coordinatorId(run.companyId), "first");
      await reset(stage.client, batchWorkflowId(run.batchId), "first");
      const copy = `copy:${randomUUID()}`;
      await startLike(stage.client, {
        type: "initialSync",
        id: copy,
        input: { batchId: run.batchId, companyId: run.companyId },
      });
      await record("initial-sync-refused", copy);
      await recordBoth(run, "reset");
    },
  );

  test("of keeping even, and of the history", { timeout: TIMEOUT_MS }, async () => {
    const run = await aRun();
    await untilOver(stage, run);
    const { companyId } = run;
    await storeAutoSync(stage.pool, companyId, { enabled: true, everyMinutes: 60, payments: null });
    await stage.client.workflow.signalWithStart(ALIGN_AUTO_SYNC, alignStart(companyId));
    await resultOf(stage.client, `align:${companyId}`);
    await record("align-auto-sync", `align:${companyId}`);
    const tick = `tick:${companyId}`;
    await startLike(stage.client, { type: "autoSyncTick", id: tick, input: companyId });
    await record("auto-sync-tick", tick);
    const batchId = await idOf("autosync", companyId);
    await untilBatch(stage, companyId, batchId, isOver);
    await record("auto-sync-succeeded", batchWorkflowId(batchId));

    await stage.pool.query("update batches set history_from = '2026-01-01' where id = $1", [
      run.batchId,
    ]);
    const { batch } = await enqueueBatch(stage.pool, {
      companyId,
      kind: "historical",
      trigger: "user",
      startedBy: "test",
      label: "History",
      historyFrom: "2020-01-01",
    });
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    await untilBatch(stage, companyId, batch.id, isOver);
    await record("historical-sync-succeeded", batchWorkflowId(batch.id));
    const reapplied = await enqueueBatch(stage.pool, {
      companyId,
      kind: "reapply_payments",
      trigger: "user",
      startedBy: "test",
      label: "Payments",
      historyFrom: null,
      reapply: { from: "2020-01-01", by: "modified", preview: false, closedUntil: null },
    });
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    await untilBatch(stage, companyId, reapplied.batch.id, isOver);
    await record("reapply-payments-succeeded", batchWorkflowId(reapplied.batch.id));
    const verifyTick = `verify-tick:${companyId}`;
    await startLike(stage.client, { type: "verifyTick", id: verifyTick, input: companyId });
    await record("verify-tick", verifyTick);
    const verifiedId = await idOf("verify", companyId);
    await untilBatch(stage, companyId, verifiedId, isOver);
    await record("verify-succeeded", batchWorkflowId(verifiedId));
  });

  const idOf = async (kind: string, companyId: string): Promise<string> =>
    eventually(async () => {
      const { rows } = await stage.pool.query<{ id: string }>(
        "select id from batches where company_id = $1 and kind = $2",
        [companyId, kind],
      );
      if (rows[0] === undefined) throw new Error(`no batch of kind ${kind}`);
      return rows[0].id;
    });

  test(
    "of a company file: first contact, and a sync whose PC slept",
    { timeout: TIMEOUT_MS },
    async () => {
      const { companyId, pc, order } = await metCompany(stage, door, { records: 400 });
      await record("meet-company", `meeting:${companyId}`);
      await order("power", { pc, to: "sleep" });
      const batchId = await startInitialSync(stage, companyId);
      await untilBatch(
        stage,
        companyId,
        batchId,
        ({ waitingFor }) => waitingFor === "connector-away",
      );
      await order("power", { pc, to: "wake" });
      await untilBatch(stage, companyId, batchId, isOver);
      await record("initial-sync-of-a-file", batchWorkflowId(batchId));
    },
  );

  test("of reconciling", async () => {
    const workflowId = await reconcileNow(stage);
    await record("reconcile-state", workflowId);
    expect(workflowId).toContain("reconcile");
  });
});

/** A history says nothing of the machine it was recorded on. */
const withoutPlaces = (json: string): string =>
  `${JSON.stringify(
    JSON.parse(json),
    (key, value: unknown) => {
      if (key === "stackTrace" || key === "identity") return "";
      return typeof value === "string" ? value.replaceAll(hostname(), "host") : value;
    },
    1,
  )}\n`;

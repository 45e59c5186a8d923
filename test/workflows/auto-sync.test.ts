import { describe, expect, test } from "vitest";

import { tickAutoSync, wantAutoSync } from "../../db/autosync.ts";
import { storeAutoSync } from "../../db/autosync-settings.ts";
import { findCompany } from "../../db/companies.ts";
import {
  ALIGN_AUTO_SYNC,
  alignStart,
  autoSyncScheduleId,
  COORDINATOR,
  coordinatorStart,
  nextTick,
} from "../../workflows/contract.ts";
import { reconcileNow } from "../support/operators.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
  type Stage,
} from "../support/sync.ts";

describe("AutoSync", () => {
  const stage = withStage();

  /** A company whose initial sync is done. */
  const syncedCompany = async (records = 500): Promise<{ companyId: string; realmId: string }> => {
    const realmId = await stage.simulator.company({ records });
    const companyId = await connectedCompany(stage, realmId);
    await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
    return { companyId, realmId };
  };

  const runOnce = async (companyId: string, everything = false) => {
    const { batch } = await wantAutoSync(stage.pool, wanted(companyId, everything));
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    return untilBatch(stage, companyId, batch.id, isOver);
  };

  test("brings what was changed, created and deleted since; with nothing to do it costs one metered call", async () => {
    await stage.worker();
    const { companyId, realmId } = await syncedCompany();
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [
        { op: "update", entity: "Invoice", count: 5 },
        { op: "create", entity: "Payment", count: 3 },
        { op: "delete", entity: "Bill", count: 2 },
        { op: "update", entity: "TaxCode", count: 1 },
        { op: "delete", entity: "TimeActivity", count: 1 },
      ],
    });
    const batch = await runOnce(companyId, true);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);

    const before = await stage.simulator.calls(realmId);
    expect(await runOnce(companyId)).toMatchObject({ status: "succeeded" });
    const after = await stage.simulator.calls(realmId);
    expect(after.metered - before.metered).toBe(1);
  });

  test("one run works and one waits at most, however many are wanted; all of them are part of these", async () => {
    const { companyId, realmId } = await syncedCompany(200);
    const joined = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        index % 2 === 0
          ? wantAutoSync(stage.pool, wanted(companyId))
          : tickAutoSync(stage.pool, wanted(companyId)),
      ),
    );
    // One more where a coordinator that was still awake began the first meanwhile.
    const ids = new Set(joined.map(({ batch }) => batch.id));
    expect(ids.size).toBeLessThanOrEqual(2);
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    for (const id of ids) await untilBatch(stage, companyId, id, isOver);
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("a run that is hurried while it looks, looks again before it ends", async () => {
    const { companyId, realmId } = await syncedCompany(200);
    await stage.simulator.post("faults", {
      match: { realm: realmId, path: "cdc" },
      kind: "slow",
      ms: 1_500,
      times: 1,
    });
    const { batch } = await wantAutoSync(stage.pool, wanted(companyId));
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    await untilBatch(stage, companyId, batch.id, ({ phase }) => phase === "changes");
    await new Promise((wake) => setTimeout(wake, 500));
    const { joined, batch: same } = await wantAutoSync(stage.pool, wanted(companyId));
    expect([joined, same.id]).toEqual(["running", batch.id]);
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Customer", count: 4 }],
    });
    await untilBatch(stage, companyId, batch.id, isOver);
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("its Schedule follows the settings, an operator's pause and resume are understood, a lost one is made again", async () => {
    const { companyId } = await syncedCompany(200);
    await enable(stage, companyId, 15);
    const handle = stage.client.schedule.getHandle(autoSyncScheduleId(companyId));
    const made = await eventually(() => handle.describe());
    expect(made.spec.intervals?.[0]?.every).toBe(15 * 60_000);
    expect(made.info.nextActionTimes[0]).toEqual(nextTick(companyId, 15, new Date()));

    await enable(stage, companyId, 60);
    await eventually(async () =>
      expect((await handle.describe()).spec.intervals?.[0]?.every).toBe(60 * 60_000),
    );

    await handle.pause("month-end");
    await eventually(async () => {
      await reconcileNow(stage);
      const row = await stage.pool.query(
        "select auto_sync_held as held from companies where id = $1",
        [companyId],
      );
      expect(row.rows[0].held.message).toContain("month-end");
    });
    await handle.unpause();
    await eventually(async () => {
      await reconcileNow(stage);
      const row = await stage.pool.query(
        "select auto_sync_held as held from companies where id = $1",
        [companyId],
      );
      expect(row.rows[0].held).toBeNull();
    });

    await handle.delete();
    await eventually(async () => {
      await reconcileNow(stage);
      await handle.describe();
    });
  });

  test("triggered in Temporal with allow all, ten ticks at once are one run", async () => {
    const { companyId } = await syncedCompany(200);
    await enable(stage, companyId, 60);
    const handle = stage.client.schedule.getHandle(autoSyncScheduleId(companyId));
    await eventually(() => handle.describe());
    for (let times = 0; times < 5; times++) await handle.trigger("ALLOW_ALL");
    const batches = await eventually(async () => {
      const { rows } = await stage.pool.query<{ status: string; label: string }>(
        "select status, label from batches where company_id = $1 and kind = 'autosync'",
        [companyId],
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every(({ status }) => status === "succeeded")).toBe(true);
      return rows;
    });
    expect(batches[0]?.label).toBe("[Craig's Design] AutoSyncModule [AUTOSYNC]");
    expect(batches.length).toBeLessThanOrEqual(5);
  });

  test("after five failures in a row it is held with the reason, in Temporal too; resuming it there lets it go", async () => {
    const { companyId, realmId } = await syncedCompany(200);
    await enable(stage, companyId, 60);
    await stage.simulator.post("faults", {
      match: { realm: realmId },
      kind: "subscription-ended",
      times: 5,
    });
    for (let times = 0; times < 5; times++) {
      expect((await runOnce(companyId)).status).toBe("failed");
    }
    expect(await findCompany(stage.pool, companyId)).toMatchObject({
      state: "disconnected",
      failuresInARow: 5,
    });
    const handle = stage.client.schedule.getHandle(autoSyncScheduleId(companyId));
    const { state } = await handle.describe();
    expect(state.paused).toBe(true);
    expect(state.note).toContain("5 batches failed one after another");

    await handle.unpause();
    await eventually(async () => {
      await reconcileNow(stage);
      expect(await findCompany(stage.pool, companyId)).toMatchObject({
        state: "connected",
        failuresInARow: 0,
      });
    });
    expect((await runOnce(companyId)).status).toBe("succeeded");
  });
});

const wanted = (companyId: string, everything = false) => ({
  companyId,
  trigger: "user" as const,
  startedBy: "test",
  label: "[Craig's Design] AutoSyncModule [AUTOSYNC]",
  everything,
});

async function enable(stage: Stage, companyId: string, everyMinutes: number): Promise<void> {
  await storeAutoSync(stage.pool, companyId, { enabled: true, everyMinutes, payments: null });
  await stage.client.workflow.signalWithStart(ALIGN_AUTO_SYNC, alignStart(companyId));
}

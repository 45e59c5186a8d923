import { describe, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import { requeueBatch } from "../../db/batches.ts";
import { findCompany } from "../../db/companies.ts";
import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

describe("when QuickBooks is in trouble", () => {
  const stage = withStage(["--without", "InventoryAdjustment"]);
  let worker: NodeProcess | undefined;

  async function aCompany(records = 2_500) {
    worker ??= await stage.worker();
    const realmId = await stage.simulator.company({ records });
    return { realmId, companyId: await connectedCompany(stage, realmId) };
  }

  const fault = (realm: string, kind: string, more: Record<string, unknown> = {}) =>
    stage.simulator.post("faults", { kind, match: { realm }, ...more });

  test.each([
    ["a 500 with a fault", "server-error", "unavailable"],
    ["a 503 with an HTML page", "unavailable-html", "unavailable"],
    ["a connection cut in the middle of the body", "cut", "truncated-answer"],
    ["a body that ends too early though its length is right", "truncated", "truncated-answer"],
    ["a fault that comes with HTTP 200", "fault-200", "unavailable"],
    ["a company locked for maintenance", "maintenance", "maintenance"],
  ])("%s is waited for, and is never the end of the data", async (_, kind, word) => {
    const { realmId, companyId } = await aCompany();
    await fault(realmId, kind, { times: 2, after: 50 });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    expect(worker?.output()).toMatch(new RegExp(`"kind":"${word}".*"batchId":"${batchId}"`));
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("slow answers are waited for without a fault", async () => {
    const { realmId, companyId } = await aCompany();
    await fault(realmId, "slow", { times: 3, after: 50, ms: 7_000 });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    expect(worker?.output()).not.toMatch(new RegExp(`"fault".*"batchId":"${batchId}"`));
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("a throttled company waits exactly as long as QuickBooks says, says so, and asks nothing meanwhile", async () => {
    const { realmId, companyId } = await aCompany();
    await fault(realmId, "throttle-json", { after: 50, retryAfterSeconds: 4 });

    const batchId = await startInitialSync(stage, companyId);
    const waiting = await untilBatch(stage, companyId, batchId, (b) => b.waitingFor !== null);
    expect(waiting).toMatchObject({ status: "running", waitingFor: "throttled" });
    const waitMs = (waiting.waitingUntil?.getTime() ?? 0) - (waiting.waitingSince?.getTime() ?? 0);
    expect(waitMs).toBeGreaterThan(3_000);
    expect(waitMs).toBeLessThan(4_500);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", waitingFor: null });
    const { queries } = await stage.simulator.calls(realmId);
    const refusedAt = queries.findIndex((query) => query.status === 429);
    const times = queries.map((query) => Date.parse(query.at));
    const silence = Math.max(
      ...times.slice(refusedAt).map((at, index, all) => (all[index + 1] ?? at) - at),
    );
    expect(silence).toBeGreaterThan(3_500);
    expect(silence).toBeLessThan(6_500);
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("an expired access token is refreshed once and the sync goes on", async () => {
    const { realmId, companyId } = await aCompany();
    await fault(realmId, "unauthorized", { after: 40 });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch.status).toBe("succeeded");
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("a revoked grant ends in disconnected with the way back, without a storm, in PostgreSQL and in Temporal", async () => {
    const { realmId, companyId } = await aCompany();
    await stage.simulator.post("tokens", { revoke: realmId });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "failed", failure: { kind: "authorization-ended" } });
    expect(await findCompany(stage.pool, companyId)).toMatchObject({
      state: "disconnected",
      failuresInARow: 1,
      stateReason: { nextStep: expect.stringContaining("connectOnline") },
    });
    const calls = await stage.simulator.calls(realmId);
    expect(calls.total).toBeLessThanOrEqual(2);
    expect(calls.oauth.refused).toBeLessThanOrEqual(1);
    // The row closes first; its workflow ends with it a moment later.
    await eventually(async () => {
      const workflow = await stage.client.workflow.getHandle(`batch:${batchId}`).describe();
      expect(workflow.status.name).toBe("FAILED");
    });
  });

  test.each([
    ["access taken from the user who connected", "forbidden", "access-denied", "disconnected"],
    ["an ended subscription", "subscription-ended", "subscription-ended", "connected"],
  ])(
    "%s fails the batch at once with its own word, and a retry goes on where it stood",
    async (_, kind, failure, state) => {
      const { realmId, companyId } = await aCompany();
      await fault(realmId, kind, { after: 60 });

      const batchId = await startInitialSync(stage, companyId);
      const failed = await untilBatch(stage, companyId, batchId, isOver);
      expect(failed).toMatchObject({ status: "failed", failure: { kind: failure } });
      expect((await findCompany(stage.pool, companyId))?.state).toBe(state);

      await requeueBatch(stage.pool, companyId, batchId);
      await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
      const batch = await untilBatch(stage, companyId, batchId, isOver);
      expect(batch.status).toBe("succeeded");
      await expectEqualBooks(stage, companyId, realmId);
    },
  );

  test("records that QuickBooks cannot produce or that do not parse are one attention each and block nothing", async () => {
    const { realmId, companyId } = await aCompany();
    const invoices = await stage.simulator.truth(realmId, "Invoice");
    const bills = await stage.simulator.truth(realmId, "Bill");
    const refused = invoices[17]?.Id;
    const garbage = bills[5]?.Id;
    await stage.simulator.post("poison", {
      realm: realmId,
      entity: "Invoice",
      id: refused,
      how: "refuse",
    });
    await stage.simulator.post("poison", {
      realm: realmId,
      entity: "Bill",
      id: garbage,
      how: "garbage",
    });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    const attention = await listAttention(stage.pool, companyId, { first: 50, after: null });
    expect(attention.map((each) => `${each.cause} of ${each.recordKind}`).sort()).toEqual([
      "refused-record of invoice",
      "unreadable-record of bill",
    ]);
    const held = await stage.pool.query<{ kind: string; count: string }>(
      `select kind, count(*)::text as count from records
        where company_id = $1 and kind in ('invoice', 'bill') group by kind order by kind`,
      [companyId],
    );
    expect(held.rows).toEqual([
      { kind: "bill", count: String(bills.length - 1) },
      { kind: "invoice", count: String(invoices.length - 1) },
    ]);
  });

  test("a kind that the plan does not offer is shown as not available with the reason, and is no failure", async () => {
    const realmId = "9130000000000001";
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "create", entity: "Customer", count: 3 }],
    });
    worker ??= await stage.worker();
    const companyId = await connectedCompany(stage, realmId);

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch.status).toBe("succeeded");
    const steps = await inCompany(stage.pool, companyId, (tx) =>
      summarizeSteps(tx, companyId, batchId),
    );
    expect(steps.find((step) => step.name === "inventory_adjustment")).toMatchObject({
      status: "succeeded",
      unavailable: { rawCode: "5030", message: expect.stringContaining("inventory adjustment") },
    });
  });

  test("a kind that QuickBooks refuses to count is read, and said not to be proven", async () => {
    const { realmId, companyId } = await aCompany();
    const refused = { status: 400, code: "4002", message: "An application error has occurred" };
    await stage.simulator.post("faults", {
      kind: "any-fault",
      ...refused,
      times: -1,
      match: { realm: realmId, contains: "COUNT(*) FROM Estimate" },
    });

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
    const attention = await listAttention(stage.pool, companyId, { first: 50, after: null });
    expect(attention).toMatchObject([
      { cause: "count-differs", recordKind: "estimate", message: expect.stringContaining("prove") },
    ]);
  });
});

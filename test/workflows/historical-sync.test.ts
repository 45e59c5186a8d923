import { beforeAll, describe, expect, test } from "vitest";

import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { slowDown } from "../support/operators.ts";
import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishBatch, wishSync } from "../support/wishes.ts";

describe("a historical sync", () => {
  const stage = withStage();
  beforeAll(() => stage.worker(), 60_000);

  const syncedSince = async (records: number, historyFrom: string) => {
    const realmId = await stage.simulator.company({ records });
    const companyId = await connectedCompany(stage, realmId);
    const batchId = await startInitialSync(stage, companyId, historyFrom);
    expect((await untilBatch(stage, companyId, batchId, isOver)).status).toBe("succeeded");
    return { companyId, realmId };
  };

  const startHistory = async (companyId: string, from: string): Promise<string> => {
    const batch = await wishBatch(stage, { companyId, kind: "historical", historyFrom: from });
    return batch.id;
  };

  test("reads the years before in windows of months, newest first, and what was read before is not read again", async () => {
    const { companyId, realmId } = await syncedSince(5_000, "2025-06-01");
    const before = await stage.simulator.calls(realmId);

    const first = await startHistory(companyId, "2024-01-15");
    const half = await untilBatch(stage, companyId, first, isOver);
    expect(half).toMatchObject({ status: "succeeded", failure: null });
    const middle = await stage.simulator.calls(realmId);
    const second = await startHistory(companyId, "1990-01-01");
    expect((await untilBatch(stage, companyId, second, isOver)).failure).toBeNull();
    await expectEqualBooks(stage, companyId, realmId);

    const steps = await inCompany(stage.pool, companyId, (tx) =>
      summarizeSteps(tx, companyId, first),
    );
    const windows = steps.filter(({ phase }) => phase === "history");
    expect(windows.length).toBeGreaterThan(0);
    expect(windows.every(({ done, total }) => done === total)).toBe(true);
    const after = await stage.simulator.calls(realmId);
    const pages = after.queries
      .slice(middle.queries.length)
      .filter(({ query }) => query.includes("TxnDate <=") && !query.includes("COUNT(*)"));
    expect(pages.length).toBeGreaterThan(0);
    expect(pages.filter(({ query }) => /TxnDate <= '2024-0[2-9]/.test(query))).toEqual([]);
    expect(middle.metered).toBeGreaterThan(before.metered);
  });

  test("yields its turn to an AutoSync within a chunk, and is taken up again by itself", async () => {
    const { companyId, realmId } = await syncedSince(20_000, "2026-01-01");
    await slowDown(stage, realmId, 1_500);
    const history = await startHistory(companyId, "1990-01-01");
    await untilBatch(stage, companyId, history, ({ phase }) => phase === "history");

    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Customer", count: 3 }],
    });
    const batch = await wishSync(stage, companyId);
    const done = await untilBatch(stage, companyId, batch.id, isOver);
    expect(done.status).toBe("succeeded");
    await stage.simulator.remove("faults");
    const ended = await untilBatch(stage, companyId, history, isOver);
    expect(ended).toMatchObject({ status: "succeeded", failure: null });
    expect(ended.finishedAt?.getTime()).toBeGreaterThan(done.finishedAt?.getTime() ?? Infinity);
    await expectEqualBooks(stage, companyId, realmId);
  });
});

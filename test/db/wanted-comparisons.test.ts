import { describe, expect, test } from "vitest";

import { enqueueBatch, type BatchKind } from "../../db/batches.ts";
import { confirmCompany, createCompany } from "../../db/companies.ts";
import { claimNextBatch, closeBatch, type Lease, type Outcome } from "../../db/leases.ts";
import {
  companiesToCompare,
  dueComparisons,
  newestComparison,
  wantComparison,
} from "../../db/wanted-comparisons.ts";
import { aBatch, takenLease } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool(30);

const FAILED: Outcome = { is: "failed", fault: { kind: "internal", message: "It went wrong." } };

/** The next batch of a company, at work. */
async function another(companyId: string, kind: BatchKind): Promise<Lease> {
  const { batch } = await enqueueBatch(database.pool, {
    companyId,
    kind,
    trigger: "user",
    startedBy: "test",
    label: "Another batch",
    historyFrom: null,
  });
  await claimNextBatch(database.pool, companyId);
  return takenLease(database.pool, { companyId, batchId: batch.id });
}

const close = (lease: Lease, outcome: Outcome = { is: "succeeded" }): Promise<boolean> =>
  closeBatch(database.pool, lease, outcome);

/** A confirmed company whose initial sync is at work. */
async function syncing(): Promise<Lease> {
  const lease = await aBatch(database.pool);
  await confirmCompany(database.pool, lease.companyId);
  return lease;
}

async function synced(): Promise<string> {
  const lease = await syncing();
  await close(lease);
  return lease.companyId;
}

const want = (companyId: string) =>
  wantComparison(database.pool, {
    companyId,
    trigger: "system",
    startedBy: "Evenbooks",
    label: "A comparison",
  });

const isDue = async (companyId: string, afterMinutes = 0): Promise<boolean> =>
  (await dueComparisons(database.pool, afterMinutes)).some((due) => due.companyId === companyId);

describe("a comparison is owed", () => {
  test("after an initial sync and after a history that succeeded, and after no other end", async () => {
    const initial = await syncing();
    const { companyId } = initial;
    await close(initial, FAILED);
    expect(await isDue(companyId)).toBe(false);
    await close(await another(companyId, "initial"), { is: "cancelled" });
    expect(await isDue(companyId)).toBe(false);
    await close(await another(companyId, "initial"));
    expect(await isDue(companyId)).toBe(true);
  });

  test("until one was made or queued, whoever wanted it; one that failed settles nothing", async () => {
    const companyId = await synced();
    await close(await another(companyId, "verify"), FAILED);
    await close(await another(companyId, "autosync"));
    expect(await isDue(companyId)).toBe(true);
    await close(await another(companyId, "verify"));
    expect(await isDue(companyId)).toBe(false);
    await close(await another(companyId, "historical"));
    expect(await isDue(companyId)).toBe(true);
  });

  test("not before its time, and not while a history goes on", async () => {
    const companyId = await synced();
    expect([await isDue(companyId, 1), await isDue(companyId)]).toEqual([false, true]);
    const history = await another(companyId, "historical");
    expect(await isDue(companyId)).toBe(false);
    await close(history, { is: "cancelled" });
    expect(await isDue(companyId)).toBe(true);
  });

  test.each(["setting_up", "paused", "disconnected"])(
    "but not made while a company is %s",
    async (state) => {
      const companyId = await synced();
      await database.pool.query("update companies set state = $2 where id = $1", [
        companyId,
        state,
      ]);
      expect(await isDue(companyId)).toBe(false);
      expect(await want(companyId)).toBeNull();
      await database.pool.query("update companies set state = 'connected' where id = $1", [
        companyId,
      ]);
      expect(await isDue(companyId)).toBe(true);
    },
  );
});

test("fifty wishes at once are one comparison, and nothing is owed afterwards", async () => {
  const companyId = await synced();
  const answers = await Promise.all(Array.from({ length: 50 }, () => want(companyId)));
  expect(new Set(answers.map((answer) => answer?.batch.id)).size).toBe(1);
  expect(answers.filter((answer) => answer?.joined === false)).toHaveLength(1);
  expect(await isDue(companyId)).toBe(false);
});

test("before a first sync there is nothing to compare, and no Schedule is wanted", async () => {
  const { companyId } = await syncing();
  const { id } = await createCompany(database.pool, { name: "New", edition: "online" });
  expect([await want(companyId), await want(id)]).toEqual([null, null]);
  const wanted = (await companiesToCompare(database.pool)).map((company) => company.companyId);
  expect(wanted.filter((each) => each === companyId || each === id)).toEqual([]);
});

test("the newest that was made is shown while the next one waits, or fails", async () => {
  const companyId = await synced();
  expect(await newestComparison(database.pool, companyId)).toBeNull();
  const made = await another(companyId, "verify");
  await close(made);
  const next = await another(companyId, "verify");
  expect(await newestComparison(database.pool, companyId)).toMatchObject({ id: made.batchId });
  await close(next, FAILED);
  expect(await newestComparison(database.pool, companyId)).toMatchObject({ id: made.batchId });
});

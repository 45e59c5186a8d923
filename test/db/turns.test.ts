import { expect, test } from "vitest";

import { enqueueBatch, findBatch, requestCancel, type BatchKind } from "../../db/batches.ts";
import { claimNextBatch, closeBatch } from "../../db/leases.ts";
import { isAwaited, yieldTurn } from "../../db/turns.ts";
import { aBatch, takenLease } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

const another = async (companyId: string, kind: BatchKind): Promise<string> => {
  const { batch } = await enqueueBatch(database.pool, {
    companyId,
    kind,
    trigger: "user",
    startedBy: "test",
    label: "Another batch",
    historyFrom: null,
  });
  return batch.id;
};

const claim = async (companyId: string) =>
  (await claimNextBatch(database.pool, companyId))?.batchId;

test("an initial sync makes room for what came after it, is queued last, and is taken up again", async () => {
  const initial = await aBatch(database.pool);
  const { companyId } = initial;
  expect([
    await isAwaited(database.pool, initial),
    await yieldTurn(database.pool, initial),
  ]).toEqual([false, false]);
  const first = await another(companyId, "autosync");
  const second = await another(companyId, "verify");
  expect(await isAwaited(database.pool, initial)).toBe(true);
  expect(await yieldTurn(database.pool, initial)).toBe(true);
  for (const batchId of [first, second]) {
    expect(await claim(companyId)).toBe(batchId);
    const lease = await takenLease(database.pool, { companyId, batchId });
    await closeBatch(database.pool, lease, { is: "succeeded" });
  }
  expect(await claim(companyId)).toBe(initial.batchId);
  expect(await findBatch(database.pool, companyId, initial.batchId)).toMatchObject({
    status: "running",
    waitingFor: null,
  });
});

test("one that made room and is cancelled then waits for nothing", async () => {
  const initial = await aBatch(database.pool);
  const { companyId, batchId } = initial;
  await another(companyId, "autosync");
  expect(await yieldTurn(database.pool, initial)).toBe(true);
  expect(await findBatch(database.pool, companyId, batchId)).toMatchObject({ waitingFor: "turn" });
  expect(await requestCancel(database.pool, companyId, batchId)).toMatchObject({
    status: "cancelled",
    waitingFor: null,
    waitingSince: null,
  });
});

test("a comparison goes behind everything that is wanted sooner, and before the history", async () => {
  const { companyId, batchId } = await aBatch(database.pool);
  const history = await another(companyId, "historical");
  const comparison = await another(companyId, "verify");
  const autoSync = await another(companyId, "autosync");
  const claimed = [batchId];
  for (let times = 0; times < 3; times++) {
    const lease = await takenLease(database.pool, { companyId, batchId: claimed.at(-1) ?? "" });
    await closeBatch(database.pool, lease, { is: "succeeded" });
    claimed.push((await claim(companyId)) ?? "none");
  }
  expect(claimed).toEqual([batchId, autoSync, comparison, history]);
});

test("the history goes behind everything else, so that an initial sync makes no room for it", async () => {
  const initial = await aBatch(database.pool);
  const { companyId } = initial;
  const history = await another(companyId, "historical");
  expect(await isAwaited(database.pool, initial)).toBe(false);
  expect(await yieldTurn(database.pool, initial)).toBe(false);
  await closeBatch(database.pool, initial, { is: "succeeded" });
  expect(await claim(companyId)).toBe(history);
  const lease = await takenLease(database.pool, { companyId, batchId: history });
  await another(companyId, "initial");
  expect(await yieldTurn(database.pool, lease)).toBe(true);
});

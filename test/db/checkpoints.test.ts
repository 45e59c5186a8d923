import { describe, expect, test } from "vitest";

import { FaultError } from "../../core/faults.ts";
import { closeBatch, type Lease } from "../../db/leases.ts";
import { CheckpointMoved, commitPage } from "../../db/pages.ts";
import { unfinishedParts } from "../../db/steps.ts";
import { aBatch, aRecord, BEGINNING, countsOf, pageOf, takenLease } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool(20);

const FIRST = { at: "2024-01-02T00:00:00Z", offset: 3 };
const SECOND = { at: "2024-01-03T00:00:00Z", offset: 0 };

const page = (ids: string[]) => ({ records: ids.map((quickbooksId) => aRecord({ quickbooksId })) });

const stepOf = async (lease: Lease) => {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select status, done, created, checkpoint from batch_steps where batch_id = $1 and part = 0`,
    [lease.batchId],
  );
  return rows[0];
};

const rowsOf = async (lease: Lease): Promise<number> => {
  const { rowCount } = await database.pool.query("select from records where company_id = $1", [
    lease.companyId,
  ]);
  return rowCount ?? 0;
};

describe("a checkpoint", () => {
  test("moves with the rows it covers", async () => {
    const lease = await aBatch(database.pool);
    await commitPage(database.pool, pageOf(lease, page(["1", "2"]), { to: FIRST }));
    expect(await stepOf(lease)).toEqual({
      status: "running",
      done: 2,
      created: 2,
      checkpoint: FIRST,
    });
    await commitPage(
      database.pool,
      pageOf(lease, page(["3"]), { from: FIRST, to: null, finished: true }),
    );
    expect(await stepOf(lease)).toEqual({
      status: "succeeded",
      done: 3,
      created: 3,
      checkpoint: null,
    });
    expect(await unfinishedParts(database.pool, lease, ["records"])).toEqual([]);
  });

  test("that has moved on takes no second page from the same place, and nothing of it stays", async () => {
    const lease = await aBatch(database.pool);
    await commitPage(database.pool, pageOf(lease, page(["1"]), { to: FIRST }));
    const late = commitPage(database.pool, pageOf(lease, page(["1", "2"]), { to: SECOND }));
    await expect(late).rejects.toThrow(CheckpointMoved);
    expect(await stepOf(lease)).toMatchObject({ checkpoint: FIRST, done: 1 });
    expect(await rowsOf(lease)).toBe(1);
    const { kept, real } = await countsOf(database.pool, lease.companyId);
    expect(kept).toEqual(real);
  });

  test("lets one of ten attempts at the same page through", async () => {
    const lease = await aBatch(database.pool);
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        commitPage(database.pool, pageOf(lease, page(["1", "2", "3"]), { to: FIRST })),
      ),
    );
    const won = attempts.filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === "rejected") expect(attempt.reason).toBeInstanceOf(CheckpointMoved);
    }
    expect(await stepOf(lease)).toMatchObject({ done: 3, created: 3, checkpoint: FIRST });
  });

  test("of a finished step stays where it ended", async () => {
    const lease = await aBatch(database.pool);
    const last = pageOf(lease, page(["1"]), { finished: true });
    await commitPage(database.pool, last);
    await expect(commitPage(database.pool, last)).rejects.toThrow(CheckpointMoved);
  });

  test("is handed over with the far half of a split, or not at all", async () => {
    const lease = await aBatch(database.pool);
    const born = { part: 1, checkpoint: SECOND, total: 400 };
    const split = { ...pageOf(lease, page(["1"]), { to: FIRST }), total: 600, born: [born] };
    const elsewhere = commitPage(database.pool, { ...split, from: SECOND });
    await expect(elsewhere).rejects.toThrow(CheckpointMoved);
    expect(await unfinishedParts(database.pool, lease, ["records"])).toHaveLength(1);
    await commitPage(database.pool, split);
    const parts = await unfinishedParts(database.pool, lease, ["records"]);
    expect(parts.map(({ part, total, checkpoint }) => ({ part, total, checkpoint }))).toEqual([
      { part: 0, total: 600, checkpoint: FIRST },
      { part: 1, total: 400, checkpoint: SECOND },
    ]);
    await expect(commitPage(database.pool, split)).rejects.toThrow();
  });
});

describe("the fence", () => {
  const expectLost = async (lease: Lease): Promise<void> => {
    const rowsBefore = await rowsOf(lease);
    const storing = commitPage(database.pool, pageOf(lease, page(["late"]), { to: FIRST }));
    const error: unknown = await storing.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({ fault: { kind: "lease-lost" } });
    expect(await rowsOf(lease)).toBe(rowsBefore);
  };

  test("keeps out a run whose lease another run has taken", async () => {
    const old = await aBatch(database.pool);
    const young = await takenLease(database.pool, old);
    expect(young.fence).toBe(old.fence + 1);
    await expectLost(old);
    await commitPage(database.pool, pageOf(young, page(["1"]), { to: FIRST }));
    expect(await rowsOf(young)).toBe(1);
  });

  test("keeps out a run whose batch has ended", async () => {
    const lease = await aBatch(database.pool);
    await closeBatch(database.pool, lease, { is: "cancelled" });
    await expectLost(lease);
  });

  test("lets nobody take the lease while a page is being committed", async () => {
    const lease = await aBatch(database.pool);
    const holder = await database.pool.connect();
    try {
      await holder.query("begin");
      await holder.query("select from batches where id = $1 for share", [lease.batchId]);
      let taken = false;
      const taking = takenLease(database.pool, lease).then((young) => {
        taken = true;
        return young;
      });
      // Another stream's page is in nobody's way: it shares the fence.
      await commitPage(database.pool, pageOf(lease, page(["1"]), { to: FIRST })).catch(() => null);
      expect(taken).toBe(false);
      await holder.query("commit");
      expect((await taking).fence).toBe(lease.fence + 1);
    } finally {
      holder.release();
    }
  });

  test("refuses what is no lease before it reaches a statement", async () => {
    const lease = await aBatch(database.pool);
    const forged = { ...lease, batchId: "'; drop table records; --" };
    await expect(commitPage(database.pool, pageOf(forged, page(["1"])))).rejects.toThrow(
      "not a lease",
    );
    expect(await stepOf(lease)).toMatchObject({ checkpoint: BEGINNING });
  });
});

import { describe, expect, test } from "vitest";

import { commitPage } from "../../db/pages.ts";
import { findRecord } from "../../db/records.ts";
import type { SourceRecord } from "../../quickbooks/source.ts";
import { aBatch, aRecord, countsOf, pageOf, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool(20);

const DAY_2 = "2024-01-02T00:00:00Z";
const DAY_3 = "2024-01-03T00:00:00Z";
const DAY_4 = "2024-01-04T00:00:00Z";
const DAY_5 = "2024-01-05T00:00:00Z";

const NOTHING = { created: 0, updated: 0, unchanged: 0, deleted: 0 };

const deletionOf = (quickbooksId: string, deletedAt: string) => ({
  kind: "invoice" as const,
  quickbooksId,
  deletedAt,
});

const stored = (companyId: string, quickbooksId: string) =>
  findRecord(database.pool, { companyId, kind: "invoice", quickbooksId });

const expectTrueCounts = async (companyId: string): Promise<void> => {
  const { kept, real } = await countsOf(database.pool, companyId);
  expect(kept).toEqual(real);
};

describe("the merge of a page", () => {
  test("tells new, changed and known records apart, and keeps the counts", async () => {
    const lease = await aBatch(database.pool);
    const one = aRecord({ quickbooksId: "1", modifiedAt: DAY_2 });
    const two = aRecord({ quickbooksId: "2", modifiedAt: DAY_2 });
    expect(await store(database.pool, lease, { records: [one, two] })).toEqual({
      ...NOTHING,
      created: 2,
    });
    const changed = { ...two, modifiedAt: DAY_3, version: "1", total: "12.00" };
    const three = aRecord({ quickbooksId: "3" });
    expect(await store(database.pool, lease, { records: [one, changed, three] })).toEqual({
      created: 1,
      updated: 1,
      unchanged: 1,
      deleted: 0,
    });
    expect(await stored(lease.companyId, "2")).toMatchObject({ version: "1", total: "12.00" });
    await expectTrueCounts(lease.companyId);
  });

  test("of the same page a second time changes nothing", async () => {
    const lease = await aBatch(database.pool);
    const records = Array.from({ length: 300 }, (_, id) => aRecord({ quickbooksId: String(id) }));
    await store(database.pool, lease, { records });
    expect(await store(database.pool, lease, { records })).toEqual({ ...NOTHING, unchanged: 300 });
    const { rows } = await database.pool.query(
      "select max(revision) as revision from records where company_id = $1",
      [lease.companyId],
    );
    expect(rows).toEqual([{ revision: 1 }]);
    await expectTrueCounts(lease.companyId);
  });

  test("never takes a version for a newer one", async () => {
    const lease = await aBatch(database.pool);
    const newest = aRecord({ modifiedAt: DAY_3, version: "10", payload: Buffer.from("newest") });
    await store(database.pool, lease, { records: [newest] });
    const stale: SourceRecord[] = [
      // Earlier, though its version is higher; at the same moment, with a version that only sorts higher as text.
      { ...newest, modifiedAt: DAY_2, version: "99", payload: Buffer.from("stale") },
      { ...newest, version: "9", payload: Buffer.from("stale") },
      { ...newest, payload: Buffer.from("the same version, told otherwise") },
    ];
    for (const record of stale) {
      expect(await store(database.pool, lease, { records: [record] })).toEqual({
        ...NOTHING,
        unchanged: 1,
      });
    }
    expect(await stored(lease.companyId, "1")).toMatchObject({ version: "10", payload: "newest" });
    const newer = { ...newest, version: "11", payload: Buffer.from("newer") };
    expect(await store(database.pool, lease, { records: [newer] })).toMatchObject({ updated: 1 });
    expect(await stored(lease.companyId, "1")).toMatchObject({ version: "11", payload: "newer" });
  });

  test("compares moments, not their texts", async () => {
    const lease = await aBatch(database.pool);
    await store(database.pool, lease, {
      records: [
        aRecord({ modifiedAt: "2024-01-02T23:30:00-08:00", payload: Buffer.from("later") }),
      ],
    });
    const earlier = aRecord({
      modifiedAt: "2024-01-03T06:00:00Z",
      version: "5",
      payload: Buffer.from("earlier"),
    });
    expect(await store(database.pool, lease, { records: [earlier] })).toMatchObject({
      unchanged: 1,
    });
    expect((await stored(lease.companyId, "1"))?.payload).toBe("later");
  });

  test("takes the newest where an id comes twice in one page", async () => {
    const lease = await aBatch(database.pool);
    const old = aRecord({ modifiedAt: DAY_2, version: "9", payload: Buffer.from("old") });
    const young = aRecord({ modifiedAt: DAY_2, version: "10", payload: Buffer.from("young") });
    expect(await store(database.pool, lease, { records: [young, old, young, old] })).toEqual({
      ...NOTHING,
      created: 1,
    });
    expect((await stored(lease.companyId, "1"))?.payload).toBe("young");
    await expectTrueCounts(lease.companyId);
  });
});

describe("a deletion", () => {
  test("marks what we hold, and leaves nothing of what we never saw", async () => {
    const lease = await aBatch(database.pool);
    await store(database.pool, lease, { records: [aRecord({ modifiedAt: DAY_2 })] });
    const deletions = [deletionOf("1", DAY_3), deletionOf("1", DAY_3), deletionOf("unseen", DAY_3)];
    expect(await store(database.pool, lease, { deletions })).toEqual({ ...NOTHING, deleted: 1 });
    expect((await stored(lease.companyId, "1"))?.deletedAt).toEqual(new Date(DAY_3));
    expect(await stored(lease.companyId, "unseen")).toBeNull();
    expect(await store(database.pool, lease, { deletions })).toEqual(NOTHING);
    await expectTrueCounts(lease.companyId);
  });

  test("is not undone by an older page, and is undone by a newer version", async () => {
    const lease = await aBatch(database.pool);
    await store(database.pool, lease, { records: [aRecord({ modifiedAt: DAY_2 })] });
    await store(database.pool, lease, { deletions: [deletionOf("1", DAY_4)] });
    const before = aRecord({ modifiedAt: DAY_3, version: "1" });
    expect(await store(database.pool, lease, { records: [before] })).toEqual({
      ...NOTHING,
      unchanged: 1,
    });
    expect((await stored(lease.companyId, "1"))?.deletedAt).not.toBeNull();
    const after = aRecord({ modifiedAt: DAY_5, version: "2" });
    expect(await store(database.pool, lease, { records: [after] })).toEqual({
      ...NOTHING,
      updated: 1,
    });
    expect(await stored(lease.companyId, "1")).toMatchObject({ deletedAt: null, version: "2" });
    await expectTrueCounts(lease.companyId);
  });

  test("is undone by what QuickBooks still shows well after it, and not by what was asked for before", async () => {
    const lease = await aBatch(database.pool);
    const record = aRecord({ modifiedAt: DAY_2 });
    await store(database.pool, lease, { records: [record] });
    await store(database.pool, lease, { deletions: [deletionOf("1", DAY_4)] });
    const asked = (askedAfter: string) =>
      commitPage(
        database.pool,
        pageOf(lease, { records: [record] }, { askedAfter: new Date(askedAfter) }),
      );
    expect(await asked(DAY_3)).toEqual({ ...NOTHING, unchanged: 1 });
    expect(await asked(DAY_4)).toEqual({ ...NOTHING, unchanged: 1 });
    expect((await stored(lease.companyId, "1"))?.deletedAt).not.toBeNull();
    expect(await asked(DAY_5)).toEqual({ ...NOTHING, updated: 1 });
    expect((await stored(lease.companyId, "1"))?.deletedAt).toBeNull();
    await expectTrueCounts(lease.companyId);
    expect(await asked(DAY_5)).toEqual({ ...NOTHING, unchanged: 1 });
  });

  test("that is older than the version we hold is no deletion of it", async () => {
    const lease = await aBatch(database.pool);
    await store(database.pool, lease, { records: [aRecord({ modifiedAt: DAY_4 })] });
    expect(await store(database.pool, lease, { deletions: [deletionOf("1", DAY_3)] })).toEqual(
      NOTHING,
    );
    expect((await stored(lease.companyId, "1"))?.deletedAt).toBeNull();
    await expectTrueCounts(lease.companyId);
  });
});

describe("many pages at once", () => {
  test("with the same ids in opposite orders neither deadlock nor lose a count", async () => {
    const streams = 8;
    const lease = await aBatch(database.pool, streams);
    const ids = Array.from({ length: 400 }, (_, index) => String(index));
    for (let round = 1; round <= 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: streams }, (_, part) => {
          const ordered = part % 2 === 0 ? ids : ids.toReversed();
          const records = ordered.map((quickbooksId) =>
            aRecord({ quickbooksId, version: String(round * streams + part), modifiedAt: DAY_2 }),
          );
          return store(database.pool, lease, { records }, part);
        }),
      );
      const created = answers.reduce((sum, answer) => sum + answer.created, 0);
      expect(created).toBe(round === 1 ? ids.length : 0);
    }
    const { rows } = await database.pool.query(
      "select min(version::int), max(version::int) from records where company_id = $1",
      [lease.companyId],
    );
    expect(rows).toEqual([{ min: 5 * streams + 7, max: 5 * streams + 7 }]);
    await expectTrueCounts(lease.companyId);
  });

  test("that delete and revive the same records keep true counts", async () => {
    const streams = 6;
    const lease = await aBatch(database.pool, streams);
    const ids = Array.from({ length: 60 }, (_, index) => String(index));
    for (let day = 2; day < 12; day++) {
      const at = new Date(Date.UTC(2024, 0, day)).toISOString();
      await Promise.all(
        Array.from({ length: streams }, (_, part) =>
          part % 2 === 0
            ? store(
                database.pool,
                lease,
                { records: ids.map((quickbooksId) => aRecord({ quickbooksId, modifiedAt: at })) },
                part,
              )
            : store(database.pool, lease, { deletions: ids.map((id) => deletionOf(id, at)) }, part),
        ),
      );
    }
    await expectTrueCounts(lease.companyId);
  });
});

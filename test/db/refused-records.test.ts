import { describe, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import type { Lease } from "../../db/leases.ts";
import type { SourceRecord } from "../../quickbooks/source.ts";
import { aBatch, aRecord, countsOf, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

/** What no reader hands on, as far as we know; the merge must not rely on that. */
const REFUSED: [what: string, over: Partial<SourceRecord>][] = [
  ["a text that is no UTF-8", { payload: Buffer.from([0x7b, 0xff, 0x7d]) }],
  ["U+0000", { payload: Buffer.from("a\0b") }],
  ["a day that no calendar has", { date: "2026-02-30" }],
  ["a moment that is none", { modifiedAt: "no moment" }],
  ["an amount that is none", { total: "12,50" }],
  ["an amount beyond every number", { balance: "1E+200000" }],
  ["a version beyond every number", { version: "9".repeat(40) }],
];

/** As counted and as kept beside, which must agree. */
async function presentOf({ companyId }: Lease): Promise<number> {
  const { kept, real } = await countsOf(database.pool, companyId);
  expect(kept).toEqual(real);
  return real[0]?.present ?? 0;
}

const aPage = (bad: SourceRecord[], good: number): SourceRecord[] => {
  const records = Array.from({ length: good }, (_, index) =>
    aRecord({ quickbooksId: `good ${index}` }),
  );
  // Some stand first, some last, some in the middle.
  bad.forEach((record, index) => records.splice((index * 37) % (good + 1), 0, record));
  return records;
};

describe("records that PostgreSQL refuses", () => {
  test.each(REFUSED)(
    "%s is one record's trouble; its page is stored without it",
    async (_, over) => {
      const lease = await aBatch(database.pool);
      const records = aPage([aRecord({ quickbooksId: "bad", ...over })], 40);
      expect(await store(database.pool, lease, { records })).toMatchObject({ created: 40 });
      expect(await presentOf(lease)).toBe(40);
      const attentions = await listAttention(database.pool, lease.companyId, {
        first: 10,
        after: null,
      });
      expect(attentions).toEqual([
        expect.objectContaining({
          cause: "unreadable-record",
          quickbooksId: "bad",
          message: expect.stringMatching(/^invoice bad cannot be stored: PostgreSQL says ".+"/),
        }),
      ]);
    },
  );

  test("several of one page, and a page of nothing else", async () => {
    const lease = await aBatch(database.pool);
    const bad = REFUSED.map(([what, over]) => aRecord({ quickbooksId: what, ...over }));
    expect(await store(database.pool, lease, { records: aPage(bad, 200) })).toMatchObject({
      created: 200,
    });
    const attentions = await listAttention(database.pool, lease.companyId, {
      first: 100,
      after: null,
    });
    expect(new Set(attentions.map((one) => one.quickbooksId))).toEqual(
      new Set(REFUSED.map(([what]) => what)),
    );
    expect(attentions.length).toBe(REFUSED.length);
    const other = await aBatch(database.pool);
    expect(await store(database.pool, other, { records: bad })).toMatchObject({ created: 0 });
  });

  test("what is refused for another reason is thrown, and nothing of the page is stored", async () => {
    const lease = await aBatch(database.pool);
    const records = [aRecord({ quickbooksId: "good" })];
    const deletions = [{ kind: "invoice", quickbooksId: "2", deletedAt: "no moment" } as const];
    await expect(store(database.pool, lease, { records, deletions })).rejects.toThrow(/no moment/);
    expect(await presentOf(lease)).toBe(0);
  });
});

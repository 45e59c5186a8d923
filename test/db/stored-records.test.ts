import { describe, expect, test } from "vitest";

import { findRecord } from "../../db/records.ts";
import { aBatch, aRecord, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

const stored = (companyId: string, quickbooksId: string) =>
  findRecord(database.pool, { companyId, kind: "invoice", quickbooksId });

describe("what is stored", () => {
  const LONE_SURROGATE = "\ud800";

  test("is QuickBooks' own text, byte for byte", async () => {
    const lease = await aBatch(database.pool);
    const payloads = [
      `{"Id":"1","Line":[ ],\t"tab":"a\tb"}`,
      `{"backslashes":"\\\\ \\t \\n \\. \\N \\x41 C:\\\\temp"}`,
      `{\r\n  "lines" : "of\\r\\ntext"\n}`,
      `\\.`,
      `\\N`,
      `{"nul":"\\u0000","not":"\\\\u0000"}`,
      `{"name":"Ærø Grüße 東京 🧾 é e\u0301 \u2028 \u00a0","empty":""}`,
      `{"amount":1234567890123.4500,"tiny":1e-7,"negative":-0.00}`,
      `'"; drop table records; --`,
      "",
      "x".repeat(200_000),
    ];
    const records = payloads.map((payload, index) =>
      aRecord({ quickbooksId: String(index), payload: Buffer.from(payload) }),
    );
    await store(database.pool, lease, { records });
    for (const [index, payload] of payloads.entries()) {
      expect((await stored(lease.companyId, String(index)))?.payload).toBe(payload);
    }
  });

  test("lies as it came while two rows go on a page of PostgreSQL, and packed where it is larger", async () => {
    const lease = await aBatch(database.pool);
    const payloadOf = (characters: number) => Buffer.from("a line of it ".repeat(characters / 13));
    const records = [
      aRecord({ quickbooksId: "3 kB", payload: payloadOf(3_000) }),
      aRecord({ quickbooksId: "6 kB", payload: payloadOf(6_000) }),
    ];
    await store(database.pool, lease, { records });
    const { rows } = await database.pool.query(
      `select quickbooks_id as id, pg_column_compression(payload) is not null as "isPacked" from records
        where company_id = $1 order by 1`,
      [lease.companyId],
    );
    expect(rows).toEqual([
      { id: "3 kB", isPacked: false },
      { id: "6 kB", isPacked: true },
    ]);
  });

  test("keeps every digit of an amount, and no more", async () => {
    const lease = await aBatch(database.pool);
    const amounts = [
      "1234567890123.45",
      "-9999999999999.99",
      "0.0000001",
      "0.10",
      "0.1",
      "-0.01",
      "123456789012345678901234567890.123456789",
      "0",
    ];
    const records = amounts.map((amount, index) =>
      aRecord({ quickbooksId: String(index), total: amount, balance: amount }),
    );
    await store(database.pool, lease, { records });
    for (const [index, amount] of amounts.entries()) {
      const record = await stored(lease.companyId, String(index));
      expect(record).toMatchObject({ total: amount, balance: amount });
    }
  });

  test("has columns that people can read, whatever the names hold", async () => {
    const lease = await aBatch(database.pool);
    const odd = { number: "a\tb\\c\nd\re\0f", party: "Zoë \0🧾\\N", currency: "U\0SD" };
    const records = [
      aRecord({ quickbooksId: "odd", ...odd }),
      aRecord({ quickbooksId: "none", number: null, party: null, date: null, total: null }),
      aRecord({ quickbooksId: "half", party: `half ${LONE_SURROGATE} a character` }),
      aRecord({ quickbooksId: "\\N", number: "\\N", party: "" }),
    ];
    await store(database.pool, lease, { records });
    expect(await stored(lease.companyId, "odd")).toMatchObject({
      number: "a\tb\\c\nd\ref",
      party: "Zoë 🧾\\N",
      currency: "USD",
    });
    expect(await stored(lease.companyId, "none")).toMatchObject({
      number: null,
      party: null,
      date: null,
      total: null,
    });
    expect((await stored(lease.companyId, "half"))?.party).toBe("half \ufffd a character");
    expect(await stored(lease.companyId, "\\N")).toMatchObject({ number: "\\N", party: "" });
  });
});

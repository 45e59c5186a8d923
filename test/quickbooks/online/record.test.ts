import { describe, expect, test } from "vitest";

import { RECORD_KINDS } from "../../../core/record-kinds.ts";
import { readChangesAnswer } from "../../../quickbooks/online/answer.ts";
import { isOnlineKind, kindOfEntity, ONLINE_KINDS } from "../../../quickbooks/online/kinds.ts";
import { readRecord as readBytes } from "../../../quickbooks/online/record.ts";

const readRecord = (kind: "invoice", text: string) => readBytes(kind, Buffer.from(text));

const invoice = (more: string) =>
  `{"Id":"7","SyncToken":"3","MetaData":{"LastUpdatedTime":"2024-03-10T01:59:59-08:00"}${more}}`;

describe("a record of QuickBooks Online", () => {
  test("keeps its text byte for byte and its amounts digit for digit", () => {
    const text = invoice(
      `,"DocNumber":"INV-1","TxnDate":"2024-02-29","CustomerRef":{"value":"1","name":"Zoë \\"Q\\""},"TotalAmt":0.10,"Balance":1234567890123.05,"CurrencyRef":{"value":"JPY"}`,
    );
    const read = readRecord("invoice", text);
    expect(read).toEqual({
      is: "record",
      record: {
        kind: "invoice",
        quickbooksId: "7",
        version: "3",
        modifiedAt: "2024-03-10T09:59:59.000Z",
        number: "INV-1",
        party: 'Zoë "Q"',
        date: "2024-02-29",
        total: "0.10",
        balance: "1234567890123.05",
        currency: "JPY",
        applied: [],
        payload: Buffer.from(text),
      },
    });
  });

  test("bytes that are no UTF-8 become readable text, and the page is not lost for them", () => {
    const bytes = Buffer.concat([
      Buffer.from(invoice("").slice(0, -1) + ',"DocNumber":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const read = readBytes("invoice", bytes);
    expect(read.is === "record" && read.record.number).toBe("\ufffd\ufffd");
    expect(read.is === "record" && read.record.payload.toString()).toContain("\ufffd\ufffd");
  });

  test.each(["2026-02-30", "0000-01-01", "2025-02-29", "2026-13-01", "2026-10-01T07:00"])(
    "has no date where %j stands, which the calendar has not",
    (date) => {
      const read = readRecord("invoice", invoice(`,"TxnDate":"${date}"`));
      expect(read.is === "record" && read.record.date).toBeNull();
    },
  );

  test("is applied to nothing that has U+0000 in its id", () => {
    const line = '"Line":[{"Amount":5,"LinkedTxn":[{"TxnId":"8\\u0000","TxnType":"Invoice"}]}]';
    const read = readBytes("payment", Buffer.from(invoice(`,"TotalAmt":5,${line}`)));
    expect(read.is === "record" && read.record.applied).toEqual([]);
  });

  test("a tombstone is a deletion", () => {
    const text = `{"domain":"QBO","status":"Deleted","Id":"9","MetaData":{"LastUpdatedTime":"2024-01-01T00:00:00Z"}}`;
    expect(readRecord("invoice", text)).toEqual({
      is: "deletion",
      quickbooksId: "9",
      deletedAt: "2024-01-01T00:00:00.000Z",
    });
  });

  test("a tombstone that names no time is a deletion; when is for others to say", () => {
    const text = `{"domain":"QBO","status":"Deleted","Id":"9"}`;
    expect(readRecord("invoice", text)).toEqual({
      is: "deletion",
      quickbooksId: "9",
      deletedAt: null,
    });
    const body = `{"CDCResponse":[{"QueryResponse":[{"Invoice":[${text}]}]}],"time":"2026-08-05T12:00:00.000-07:00"}`;
    const answer = { bytes: Buffer.from(body), traceId: undefined, date: undefined };
    expect(readChangesAnswer(answer)).toMatchObject({
      troubles: [],
      deletions: [{ kind: "invoice", quickbooksId: "9", deletedAt: "2026-08-05T19:00:00.000Z" }],
    });
  });

  test("a time that names no zone is in UTC, and a day that names one is that day", () => {
    const text = invoice(',"TxnDate":"2024-03-09-08:00"').replace("01:59:59-08:00", "01:59:59");
    const read = readRecord("invoice", text);
    expect(read.is === "record" && read.record).toMatchObject({
      modifiedAt: "2024-03-10T01:59:59.000Z",
      date: "2024-03-09",
    });
  });

  test.each([
    ["does not parse", '{"Id":"7","TotalAmt":01}', "7"],
    ["has no Id", '{"MetaData":{"LastUpdatedTime":"2024-01-01T00:00:00Z"}}', null],
    ["has no time", '{"Id":"7","SyncToken":"0"}', "7"],
    ["has a time that is none", '{"Id":"7","MetaData":{"LastUpdatedTime":"yesterday"}}', "7"],
    ["has a version that is no number", invoice("").replace('"3"', '"3; drop"'), "7"],
    ["is no object", "[]", null],
    ["has U+0000 in its Id", invoice("").replace('"7"', '"7\\u0000"'), null],
    ["is of a year with six digits", invoice("").replace("2024-03", "+275000-03"), "7"],
    ["is over more than there is money", invoice(',"TotalAmt":1E+140000'), "7"],
    ["is over an amount of a page", invoice(`,"TotalAmt":0.${"1".repeat(20_000)}`), "7"],
    ["is huge garbage", `{"x":"${"y".repeat(100_000)}`, null],
  ])("one that %s is its own trouble and nobody else's", (_, text, id) => {
    const read = readRecord("invoice", text);
    expect(read.is).toBe("trouble");
    if (read.is !== "trouble") return;
    expect(read.trouble.quickbooksId).toBe(id);
    expect(read.trouble.raw?.length).toBeLessThanOrEqual(500);
    expect(readRecord("invoice", text)).toEqual(read);
  });
});

describe("the kinds of QuickBooks Online", () => {
  test("are all kinds but the sales order, each from an entity of its own", () => {
    const kinds = RECORD_KINDS.filter(isOnlineKind);
    expect(kinds).toHaveLength(26);
    expect(RECORD_KINDS.filter((kind) => !isOnlineKind(kind))).toEqual(["sales_order"]);
    for (const kind of kinds) expect(kindOfEntity(ONLINE_KINDS[kind].entity)).toBe(kind);
  });
});

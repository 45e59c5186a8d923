import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { unknownWallClock } from "../../../quickbooks/desktop/clock.ts";
import { readHost } from "../../../quickbooks/desktop/host.ts";
import { countRecords, headOf, readAnswer } from "../../../quickbooks/desktop/reader.ts";
import { readRecords } from "../../../quickbooks/desktop/record.ts";
import { fuzzBodies, fuzzOf, fuzzTimeoutMs } from "../../support/fuzz.ts";
import { heldMb } from "../../support/heap.ts";

const contract = process.env["CONTRACT_DIR"];
const recorded = (name: string): string =>
  readFileSync(join(contract ?? "", "examples", "desktop", name), "utf8");

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

const answerOf = (inside: string): string =>
  `<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n${inside}</QBXMLMsgsRs>\n</QBXML>\n`;

describe.skipIf(contract === undefined)("recorded answers", () => {
  test("an invoice of 2014, out of its envelope", async () => {
    const envelope = recorded("receive-response-invoice-add.xml");
    const answer = unescaped(/<response>([^]*)<\/response>/.exec(envelope)?.[1] ?? "");
    const [response] = await readAnswer(answer);
    expect(response).toMatchObject({ name: "InvoiceAddRs", requestId: null, statusCode: 0 });
    if (response === undefined) throw new Error("no response");
    const { records, troubles } = readRecords("invoice", response, unknownWallClock());
    expect(troubles).toEqual([]);
    expect(records[0]).toMatchObject({
      kind: "invoice",
      quickbooksId: "C5-1417118624",
      version: "1417118624",
      modifiedAt: "2014-11-27T20:03:44.000Z",
      number: "R1TT46883",
      party: "spree@example.com",
      date: "2014-02-03",
      total: "206.00",
      balance: "206.00",
      currency: null,
    });
    const payload = records[0]?.payload.toString("utf8") ?? "";
    expect(answer).toContain(payload);
    expect(payload).toMatch(/^<InvoiceRet>\n[^]*<\/InvoiceRet>$/);
  });

  test("an account of 2026", async () => {
    const [response] = await readAnswer(recorded("account-add.response.xml"));
    if (response === undefined) throw new Error("no response");
    expect(readRecords("account", response, unknownWallClock()).records[0]).toMatchObject({
      quickbooksId: "80000035-1785958998",
      modifiedAt: "2026-08-05T19:43:18.000Z",
      party: "HG-WRITE-TEST-0805",
      balance: "0.00",
      currency: "US Dollar",
    });
  });

  test("the first answer of a session of 2014", async () => {
    const host = await readHost({
      id: "1",
      connectorId: "2",
      file: "C:\\a.qbw",
      country: "US",
      majorVersion: 13,
      minorVersion: 0,
      hostAnswer: recorded("hcp-first-send-request.xml"),
      isJudged: false,
      refusedPath: null,
    });
    expect(host).toMatchObject({
      product: "QuickBooks Pro 2014",
      majorVersion: 24,
      version: "13.0",
      mode: "single_user",
      closedUntil: null,
      unattendedAccess: false,
      personalDataAccess: false,
      company: { name: "myCompany", ein: "12-3456789", fileId: null },
    });
  });
});

test("what a session says where its first answer is missing or no XML", async () => {
  for (const hostAnswer of [null, "", "<QBXML", "<html/>"]) {
    const host = await readHost({
      id: "1",
      connectorId: "2",
      file: "C:\\a.qbw",
      country: "CA",
      majorVersion: 12,
      minorVersion: 0,
      hostAnswer,
      isJudged: false,
      refusedPath: null,
    });
    expect(host).toMatchObject({ version: "12.0", country: "CA", company: null, product: null });
  }
});

test("several answers of one set, each with its own status, number and iterator", async () => {
  const responses = await readAnswer(
    answerOf(
      '<CustomerQueryRs requestID="0" statusCode="1" statusSeverity="Info" statusMessage="none" />\n' +
        '<InvoiceQueryRs requestID="1" statusCode="0" statusMessage="a &quot;b&quot;" iteratorRemainingCount="7" iteratorID="{X}"><InvoiceRet><TxnID>1-2</TxnID></InvoiceRet></InvoiceQueryRs>' +
        '<BillQueryRs requestID="" statusCode="0" retCount="12"></BillQueryRs>',
    ),
  );
  expect(responses.map(({ statusCode, requestId }) => [statusCode, requestId])).toEqual([
    [1, "0"],
    [0, "1"],
    [0, null],
  ]);
  expect(responses[1]).toMatchObject({ statusMessage: 'a "b"', remaining: 7, iteratorId: "{X}" });
  expect(responses[2]).toMatchObject({ retCount: 12, remaining: 0, records: [] });
});

test("records that are spoilt one after the other, at the edges of what is read at once", async () => {
  const record = (id: number, memo: string): string =>
    `<InvoiceRet>\n<TxnID>${id}-1</TxnID><TimeModified>2026-08-05T15:43:18-04:00</TimeModified><Memo>${memo}</Memo></InvoiceRet>\n`;
  const some = Array.from({ length: 4000 }, (_, id) =>
    record(id, id % 7 === 3 ? `& ${"x".repeat(id % 400)}` : "y".repeat((id * 13) % 500)),
  );
  const text = answerOf(
    `<InvoiceQueryRs requestID="0" statusCode="0">${some.join("")}</InvoiceQueryRs>`,
  );
  const [response] = await readAnswer(text);
  if (response === undefined) throw new Error("no response");
  const { records, troubles } = readRecords("invoice", response, unknownWallClock());
  const isSpoilt = (id: number): boolean => id % 7 === 3;
  const ids = some.map((_, id) => id);
  expect(records.map(({ quickbooksId }) => quickbooksId)).toEqual(
    ids.filter((id) => !isSpoilt(id)).map((id) => `${id}-1`),
  );
  expect(troubles.map(({ quickbooksId }) => quickbooksId)).toEqual(
    ids.filter(isSpoilt).map((id) => `${id}-1`),
  );
  for (const { quickbooksId, payload } of records) {
    expect(payload.toString("utf8").split("<TxnID>").length).toBe(2);
    expect(payload.toString("utf8").startsWith(`<InvoiceRet>\n<TxnID>${quickbooksId}<`)).toBe(true);
  }
});

test("the head of an answer tells its iterator, and its records are counted unread", async () => {
  const text = answerOf(
    '<TermsQueryRs requestID="0" statusCode="0" iteratorRemainingCount="3" iteratorID="{Y}">' +
      "<StandardTermsRet></StandardTermsRet><DateDrivenTermsRet></DateDrivenTermsRet></TermsQueryRs>",
  );
  expect(headOf(text)).toMatchObject({ statusCode: 0, remaining: 3, iteratorId: "{Y}" });
  expect(countRecords(text, ["StandardTermsRet", "DateDrivenTermsRet"])).toBe(2);
  expect(headOf("<html>")).toBeNull();
});

test("unreadable text never keeps the reader longer than its length allows", async () => {
  const begun = performance.now();
  for (const text of [
    "<".repeat(2_000_000),
    "&".repeat(2_000_000),
    `<QBXML a="${"x".repeat(2_000_000)}`,
  ]) {
    await expect(readAnswer(text)).rejects.toMatchObject({ fault: {} });
  }
  expect(performance.now() - begun).toBeLessThan(5_000);
});

const bodies = fuzzBodies(6_000);
test(
  `whatever QuickBooks answers is read or refused: ${bodies} answers, cut, mixed and broken`,
  { timeout: fuzzTimeoutMs(bodies) },
  async () => {
    const record = (id: string) =>
      `<CustomerRet><ListID>${id}</ListID><Name>A &amp; B</Name><Notes>é &#1; ]]</Notes></CustomerRet>`;
    const fuzz = fuzzOf([
      answerOf(
        `<CustomerQueryRs requestID="0" statusCode="0" iteratorRemainingCount="3" iteratorID="{Y}">${record("1")}${record("2")}</CustomerQueryRs>`,
      ),
      answerOf('<CustomerQueryRs requestID="0" statusCode="1" statusMessage="none"/>'),
      answerOf(
        '<HostQueryRs requestID="0" statusCode="0"><HostRet><ProductName>QuickBooks</ProductName></HostRet></HostQueryRs>',
      ),
    ]);
    let refused = 0;
    let heldBefore = 0;
    for (let round = 0; round < bodies; round++) {
      if (round === Math.floor(bodies / 10)) heldBefore = heldMb();
      const text = fuzz.broken().toString("utf8");
      await readAnswer(text).catch((cause: unknown) => {
        expect(cause, text).toMatchObject({ fault: {} });
        refused++;
      });
      headOf(text);
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(bodies);
    expect(heldMb() - heldBefore).toBeLessThan(20);
  },
);

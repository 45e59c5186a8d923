import { monitorEventLoopDelay } from "node:perf_hooks";

import { describe, expect, test } from "vitest";

import { aDesktop, never, sourceOf, walk, whole, type Desktop } from "./a-desktop.ts";

/** Lets every answer that holds invoices be altered on its way. */
async function aDesktopThatSays(alter: (response: string) => string): Promise<Desktop> {
  const desktop = await aDesktop();
  await sourceOf(desktop).readCompany(never);
  desktop.onAnswer = (response) => (response.includes("<InvoiceRet>") ? alter(response) : response);
  return desktop;
}

const readAll = (desktop: Desktop) => walk(sourceOf(desktop), whole("invoice"), { total: 100 });

describe("an answer that is not what QuickBooks sends", () => {
  test.each([
    [
      "a document type",
      (text: string) => text.replace("<QBXML>", '<!DOCTYPE q SYSTEM "file:///etc/passwd"><QBXML>'),
    ],
    [
      "entities that grow",
      (text: string) =>
        text
          .replace(
            "<QBXML>",
            '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><QBXML>',
          )
          .replace("<IsPaid>", "<Memo>&b;</Memo><IsPaid>"),
    ],
    ["nothing at all", () => ""],
    ["a page of a proxy", () => "<html><body><h1>502 Bad Gateway</h1></body></html>"],
    ["half of it", (text: string) => text.slice(0, text.length / 2)],
    [
      "another answer's element",
      (text: string) => text.replaceAll("InvoiceQueryRs", "BillQueryRs"),
    ],
  ])("%s: refused as unreadable", async (_name, alter) => {
    const desktop = await aDesktopThatSays(alter);
    desktop.onAnswer = (response) =>
      response.includes("<InvoiceRet>") ? alter(response) : response;
    const error: unknown = await readAll(desktop).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      fault: { kind: expect.stringMatching(/^(unreadable|truncated)-answer$/) as unknown },
    });
  });

  test("elements without end, one in the other", async () => {
    const deep = "<A>".repeat(100_000);
    const desktop = await aDesktopThatSays((text) => text.replace("<IsPaid>", `${deep}<IsPaid>`));
    const error: unknown = await readAll(desktop).then(
      (walked) => walked.troubles[0],
      (caught: unknown) => caught,
    );
    expect(error).toBeDefined();
  });
});

describe("one record that cannot be read is a trouble of its own", () => {
  test.each([
    [
      "a control character in a memo",
      (record: string) => record.replace("<IsPaid>", "<Memo>a\u0001b</Memo><IsPaid>"),
    ],
    [
      "a control character as a number",
      (record: string) => record.replace("<IsPaid>", "<Memo>a&#x1B;b</Memo><IsPaid>"),
    ],
    [
      "a bare ampersand",
      (record: string) => record.replace("<IsPaid>", "<Memo>a & b</Memo><IsPaid>"),
    ],
    [
      "an entity that nobody knows",
      (record: string) => record.replace("<IsPaid>", "<Memo>&nbsp;</Memo><IsPaid>"),
    ],
    [
      "a comment that does not end",
      (record: string) => record.replace("<IsPaid>", "<!-- <IsPaid>"),
    ],
    [
      "a section that does not end",
      (record: string) => record.replace("<IsPaid>", "<![CDATA[ & <IsPaid>"),
    ],
    [
      "an element that is not closed",
      (record: string) => record.replace("<IsPaid>", "<Memo>a<IsPaid>"),
    ],
    ["no id", (record: string) => record.replace(/<TxnID>[^<]*<\/TxnID>/, "")],
    ["no time", (record: string) => record.replace(/<TimeModified>[^<]*<\/TimeModified>/, "")],
    [
      "a time that is none",
      (record: string) => record.replace(/<TimeModified>[^<]*</, "<TimeModified>yesterday<"),
    ],
    [
      "an amount that is none",
      (record: string) => record.replace(/<BalanceRemaining>[^<]*</, "<BalanceRemaining>1,5<"),
    ],
  ])("%s", async (_name, spoil) => {
    const desktop = await aDesktop();
    await sourceOf(desktop).readCompany(never);
    const invoices = desktop.file.books.txns.Invoice;
    const bad = invoices[Math.floor(invoices.length / 2)]?.id ?? "";
    desktop.onAnswer = (response) =>
      response.replace(/<InvoiceRet>[^]*?<\/InvoiceRet>/g, (record) =>
        record.includes(`<TxnID>${bad}<`) ? spoil(record) : record,
      );
    const walked = await readAll(desktop);
    expect(walked.records.size).toBe(invoices.length - 1);
    expect(walked.records.has(bad)).toBe(false);
    expect(walked.troubles.length).toBe(1);
    expect(walked.troubles[0]).toMatchObject({ kind: "invoice" });
    expect(walked.troubles[0]?.key).toMatch(/^unreadable-record:invoice:/);
  });

  test("elements in another order, unknown ones, CDATA and accents are read", async () => {
    const desktop = await aDesktop();
    await sourceOf(desktop).readCompany(never);
    const id = desktop.file.books.txns.Invoice[5]?.id ?? "";
    desktop.onAnswer = (response) =>
      response.replace(/<InvoiceRet>[^]*?<\/InvoiceRet>/g, (record) => {
        if (!record.includes(`<TxnID>${id}<`)) return record;
        return record
          .replace(/<TxnID>[^<]*<\/TxnID>\n/, "")
          .replace(/<RefNumber>[^<]*<\/RefNumber>\n/, "")
          .replace(
            "</InvoiceRet>",
            `<NewThing attr="1"><Deep>é</Deep></NewThing><RefNumber><![CDATA[A&B]]></RefNumber><TxnID>${id}</TxnID></InvoiceRet>`,
          );
      });
    const record = (await readAll(desktop)).records.get(id);
    expect(record?.number).toBe("A&B");
    expect(record?.payload.toString("utf8")).toContain("<Deep>é</Deep>");
  });
});

describe("one record that QuickBooks cannot produce", () => {
  test("is found and left out, and everything around it is read", async () => {
    const desktop = await aDesktop({ records: 3000 });
    await sourceOf(desktop).readCompany(never);
    const invoices = desktop.file.books.txns.Invoice;
    const bad = invoices[Math.floor(invoices.length / 3)]?.id ?? "";
    desktop.onAnswer = (response) => {
      const isBad = response.includes(`<TxnID>${bad}<`) && response.includes("<TxnNumber>");
      if (!isBad) return response;
      return response.replace(
        /<InvoiceQueryRs requestID="([^"]+)"[^]*?<\/InvoiceQueryRs>/,
        '<InvoiceQueryRs requestID="$1" statusCode="1000" statusSeverity="Error" statusMessage="There has been an internal error." />',
      );
    };
    const walked = await walk(sourceOf(desktop), whole("invoice"), { total: invoices.length });
    expect(walked.records.size).toBe(invoices.length - 1);
    expect(walked.troubles.length).toBe(1);
  });
});

test("20 megabytes are read without holding up the event loop, and without filling the memory", async () => {
  const desktop = await aDesktop({ records: 3000 });
  await sourceOf(desktop).readCompany(never);
  const invoices = desktop.file.books.txns.Invoice.length;
  const filler = `<Memo>${"x".repeat(Math.ceil(20_000_000 / invoices))}</Memo>`;
  desktop.onAnswer = (response) => response.replaceAll("<IsPaid>", `${filler}<IsPaid>`);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const before = process.memoryUsage().heapUsed;
  delay.enable();
  const source = sourceOf(desktop);
  await source.readByIds(
    "invoice",
    desktop.file.books.txns.Invoice.slice(0, 90).map(({ id }) => id),
    never,
  );
  const walked = await walk(source, whole("invoice"), { total: invoices });
  delay.disable();
  expect(walked.records.size).toBe(invoices);
  expect(delay.max / 1e6).toBeLessThan(400);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(300 * 1024 * 1024);
}, 60_000);

test("a count that does not say its number is taken from the ids", async () => {
  const desktop = await aDesktop();
  const source = sourceOf(desktop);
  const kinds = ["customer", "account", "invoice", "transfer"] as const;
  const counted = () => Promise.all(kinds.map((kind) => source.count(whole(kind), never)));
  const told = await counted();
  expect(told[0]).toBeGreaterThan(0);
  desktop.onAnswer = (response) => response.replaceAll(/ retCount="\d+"/g, "");
  expect(await counted()).toEqual(told);
});

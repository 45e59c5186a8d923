import { describe, expect, test } from "vitest";

import type { RecordKind } from "../../../core/record-kinds.ts";
import type { Changes, Source } from "../../../quickbooks/source.ts";
import {
  aDesktop,
  DESKTOP_RECORD_KINDS,
  Desktop,
  never,
  sourceOf,
  walk,
  whole,
  FILE_ID,
} from "./a-desktop.ts";

async function since(
  source: Source,
  moment: Date,
  kinds: readonly RecordKind[] = DESKTOP_RECORD_KINDS,
  agoMs?: number,
): Promise<Changes[]> {
  const all: Changes[] = [];
  for await (const changes of source.changesSince({ since: moment, kinds, agoMs }, never))
    all.push(changes);
  return all;
}

const minutesBefore = (desktop: Desktop, minutes: number): Date =>
  new Date(desktop.file.nowMs() - minutes * 60_000);

describe("what changed since a moment", () => {
  test("nothing changed: one exchange, also in a session nobody judged yet", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    const changes = await since(source, minutesBefore(desktop, 10));
    expect(desktop.asked.length).toBe(1);
    expect(changes.length).toBeGreaterThan(0);
    expect(desktop.accepted.length).toBe(1);
    await since(source, minutesBefore(desktop, 10));
    expect(desktop.asked.length).toBe(2);
  });

  test("edits, new ones and deletions of lists and transactions", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    const { at } = await source.readCompany(never);
    const { rows, txns } = desktop.file.books;
    desktop.clock.advance(90);
    const customer = rows.Customer[2]?.id ?? "";
    desktop.file.edit("Customer", customer, { values: { Phone: "555-0000" } });
    const made = desktop.file.create("Vendor", { name: "A new vendor" });
    const klass = desktop.file.create("Class", { name: "Short-lived" });
    desktop.file.remove("Class", klass);
    const estimate = txns.Estimate[0]?.id ?? "";
    desktop.file.remove("Estimate", estimate);
    const time = txns.TimeTracking[0]?.id ?? "";
    desktop.file.remove("TimeTracking", time);
    const [first] = await since(source, new Date(at.getTime() - 120_000));
    const ids = new Set(first?.records.map(({ kind, quickbooksId }) => `${kind} ${quickbooksId}`));
    expect(ids).toContain(`customer ${customer}`);
    expect(ids).toContain(`vendor ${made}`);
    const gone = first?.deletions.map(({ kind, quickbooksId }) => `${kind} ${quickbooksId}`);
    expect(gone).toEqual(
      expect.arrayContaining([`class ${klass}`, `estimate ${estimate}`, `time_activity ${time}`]),
    );
    for (const { deletedAt } of first?.deletions ?? []) {
      expect(Math.abs(Date.parse(deletedAt) - desktop.file.nowMs())).toBeLessThan(2_000);
    }
  });

  test("more than a page of one kind", async () => {
    const desktop = await aDesktop({ records: 5000 });
    desktop.insideMs = (records) => 20 + records * 80;
    const source = sourceOf(desktop);
    await walk(source, whole("customer"));
    const moment = minutesBefore(desktop, 1);
    desktop.clock.advance(30);
    const { Invoice } = desktop.file.books.txns;
    const edited = Invoice.slice(0, 700);
    for (const { id } of edited) desktop.file.edit("Invoice", id, { memo: "again" });
    const found = new Set(
      (await since(source, moment)).flatMap(({ records }) =>
        records.filter(({ kind }) => kind === "invoice").map(({ quickbooksId }) => quickbooksId),
      ),
    );
    for (const { id } of edited) expect(found.has(id)).toBe(true);
  });

  test("ids that two lists share are two records", async () => {
    const desktop = await aDesktop();
    const { rows } = desktop.file.books;
    const known = new Set(rows.Customer.map(({ id }) => id));
    const both = [...rows.Vendor, ...rows.Account].filter(({ id }) => known.has(id));
    const source = sourceOf(desktop);
    const customers = await walk(source, whole("customer"));
    const vendors = await walk(source, whole("vendor"));
    expect(customers.records.size).toBe(rows.Customer.length);
    expect(vendors.records.size).toBe(rows.Vendor.length);
    for (const { id } of both) expect(customers.records.get(id)?.kind).toBe("customer");
  });

  test("deletions of transfers are never told, and those of long ago of no kind", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    const lately = await since(source, minutesBefore(desktop, 60));
    expect(lately.flatMap(({ deletionsUntold }) => deletionsUntold)).toEqual(["transfer"]);
    const before = await since(source, minutesBefore(desktop, 120 * 24 * 60), [
      "invoice",
      "customer",
      "transfer",
    ]);
    expect(new Set(before.flatMap(({ deletionsUntold }) => deletionsUntold))).toEqual(
      new Set(["invoice", "customer", "transfer"]),
    );
  });

  test("the clock it names is QuickBooks' own, never later than what it has answered", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    desktop.clock.advance(3600);
    const [first] = await since(source, minutesBefore(desktop, 60));
    expect(first?.at.getTime()).toBeLessThanOrEqual(desktop.file.nowMs());
  });
});

describe("whatever the PC's clock says, no edit is missed", () => {
  const cases: [string, (desktop: Desktop) => void][] = [
    ["26 minutes behind", (desktop) => desktop.file.change({ clockSkewMs: -26 * 60_000 })],
    ["26 minutes ahead", (desktop) => desktop.file.change({ clockSkewMs: 26 * 60_000 })],
    ["two days behind", (desktop) => desktop.file.change({ clockSkewMs: -48 * 3_600_000 })],
    ["an hour off in its texts", (desktop) => desktop.file.change({ hasOneHourBug: true })],
    ["in India", (desktop) => desktop.file.change({ utcOffsetMinutes: 330 })],
    ["in New Zealand", (desktop) => desktop.file.change({ utcOffsetMinutes: 780 })],
  ];
  test.each(cases)("%s", async (_name, change) => {
    const desktop = new Desktop();
    change(desktop);
    await desktop.logIn();
    const source = sourceOf(desktop);
    const { at } = await source.readCompany(never);
    expect(at.getTime()).toBeLessThanOrEqual(desktop.file.nowMs());
    await walk(source, whole("invoice"));
    let cursor = new Date(at.getTime() - 120_000);
    const { Invoice } = desktop.file.books.txns;
    for (let round = 0; round < 6; round++) {
      desktop.clock.advance(95);
      if (round % 2 === 0) await desktop.logIn();
      const id = Invoice[round * 3]?.id ?? "";
      desktop.file.edit("Invoice", id, { memo: `round ${round}` });
      const changes = await since(source, cursor, ["invoice"]);
      const found = changes.flatMap(({ records }) => records);
      const record = found.find(({ quickbooksId }) => quickbooksId === id);
      expect(record?.version, `round ${round}`).toBe(
        String(desktop.file.transaction("Invoice", id).modified),
      );
      expect(Date.parse(record?.modifiedAt ?? "")).toBe(
        desktop.file.transaction("Invoice", id).modified * 1000,
      );
      const first = changes[0];
      if (first === undefined) throw new Error("no clock");
      cursor = new Date(first.at.getTime() - 120_000);
    }
    // It does not fall ever further behind, either: within a day and an hour or two.
    expect(desktop.file.nowMs() - cursor.getTime()).toBeLessThan(26 * 3_600_000);
  });

  test.each([2, 48, 24 * 365])("it was %d hours ahead, and is set right", async (hours) => {
    const desktop = new Desktop();
    desktop.file.change({ clockSkewMs: hours * 3_600_000 });
    await desktop.logIn();
    const source = sourceOf(desktop);
    await walk(source, whole("invoice"));
    const [first] = await since(source, minutesBefore(desktop, 10), ["invoice"]);
    const cursor = new Date((first?.at.getTime() ?? 0) - 120_000);
    const [ahead, right] = desktop.file.books.txns.Invoice.slice(3, 5).map(({ id }) => id);
    desktop.file.edit("Invoice", ahead ?? "", { memo: "while it is ahead" });
    desktop.file.change({ clockSkewMs: 0 });
    desktop.clock.advance(10);
    desktop.file.edit("Invoice", right ?? "", { memo: "set right" });
    desktop.clock.advance(5 * 3_600);
    await desktop.logIn();
    const agoMs = (10 + 5 * 3_600) * 1_000;
    const found = (await since(source, cursor, ["invoice"], agoMs)).flatMap(
      ({ records }) => records,
    );
    const ids = found.map(({ quickbooksId }) => quickbooksId);
    expect(ids).toEqual(expect.arrayContaining([ahead, right]));
  });

  test("summer time ends between two runs", async () => {
    const desktop = new Desktop();
    desktop.file.change({ hasOneHourBug: true });
    await desktop.logIn();
    const source = sourceOf(desktop);
    const [first] = await since(source, minutesBefore(desktop, 60), ["invoice"]);
    await walk(source, whole("invoice"));
    desktop.file.change({ hasOneHourBug: false });
    desktop.clock.advance(60);
    await desktop.logIn();
    const id = desktop.file.books.txns.Invoice[4]?.id ?? "";
    desktop.file.edit("Invoice", id, { memo: "winter" });
    const cursor = new Date((first?.at.getTime() ?? 0) - 120_000);
    const found = (await since(source, cursor, ["invoice"])).flatMap(({ records }) => records);
    expect(found.map(({ quickbooksId }) => quickbooksId)).toContain(id);
  });

  test("a Web Connector that sends no first answer, so that nothing tells the clock", async () => {
    const desktop = await aDesktop();
    await desktop.logIn({ hostAnswer: null });
    const source = sourceOf(desktop);
    const id = desktop.file.books.txns.Invoice[4]?.id ?? "";
    const { at, books } = await source.readCompany(never);
    // What the file itself says where it is judged.
    expect(books).toMatchObject({ name: "Rock & Co", quickbooksId: FILE_ID });
    expect(at.getTime()).toBeLessThanOrEqual(desktop.file.nowMs());
    desktop.clock.advance(100);
    desktop.file.edit("Invoice", id, { memo: "now" });
    const found = (await since(source, new Date(at.getTime() - 120_000), ["invoice"])).flatMap(
      ({ records }) => records,
    );
    expect(found.map(({ quickbooksId }) => quickbooksId)).toContain(id);
  });
});

describe("records by their ids", () => {
  test("what is there comes, what is not is left out, more than a set holds too", async () => {
    const desktop = await aDesktop({ records: 2000 });
    const source = sourceOf(desktop);
    const ids = desktop.file.books.txns.Invoice.slice(0, 250).map(({ id }) => id);
    const gone = "FFFF01-1417118624";
    const found = await source.readByIds("invoice", [...ids, gone], never);
    expect(found.records.map(({ quickbooksId }) => quickbooksId).sort()).toEqual(ids.sort());
    expect(found.troubles).toEqual([]);
    expect((await source.readByIds("invoice", [gone], never)).records).toEqual([]);
  });

  test("a kind of two queries, and items", async () => {
    const desktop = await aDesktop({ records: 2000 });
    const source = sourceOf(desktop);
    const { txns, rows } = desktop.file.books;
    const ids = [txns.Check[0]?.id ?? "", txns.CreditCardCharge[0]?.id ?? ""];
    const found = await source.readByIds("expense", ids, never);
    expect(found.records.map(({ quickbooksId }) => quickbooksId).sort()).toEqual(ids.sort());
    const items = [rows.ItemService[0]?.id ?? "", rows.ItemDiscount[0]?.id ?? ""];
    expect((await source.readByIds("item", items, never)).records.length).toBe(2);
  });
});

describe("what this company or this access lacks", () => {
  test("employees without leave to see personal data", async () => {
    const desktop = await aDesktop();
    desktop.quickBooks.change({ isPersonalDataAllowed: false });
    const source = sourceOf(desktop);
    const counts = await Promise.allSettled(
      (["customer", "employee", "vendor"] as const).map((kind) => source.count(whole(kind), never)),
    );
    expect(counts.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(counts[1]).toMatchObject({
      reason: { fault: { kind: "kind-not-available", rawCode: "3261" } },
    });
  });

  test("leave that is taken back later stops nothing else", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    const moment = minutesBefore(desktop, 5);
    desktop.quickBooks.change({ isPersonalDataAllowed: false });
    const id = desktop.file.books.txns.Invoice[0]?.id ?? "";
    desktop.file.edit("Invoice", id, { memo: "changed" });
    const found = (await since(source, moment)).flatMap(({ records }) => records);
    expect(found.map(({ quickbooksId }) => quickbooksId)).toContain(id);
  });

  test("sales orders in QuickBooks Pro, and transfers in an old one", async () => {
    const pro = sourceOf(await aDesktop({ product: "QuickBooks Pro 2024" }));
    await expect(pro.count(whole("sales_order"), never)).rejects.toMatchObject({
      fault: { kind: "kind-not-available", rawCode: "3250" },
    });
    const old = await aDesktop({ product: "QuickBooks Pro 2010", majorVersion: 20 });
    const source = sourceOf(old);
    await expect(source.count(whole("transfer"), never)).rejects.toMatchObject({
      fault: { kind: "kind-not-available" },
    });
    expect((await walk(source, whole("invoice"))).records.size).toBe(
      old.file.books.txns.Invoice.length,
    );
    await since(source, minutesBefore(old, 5), ["invoice", "customer"]);
  });
});

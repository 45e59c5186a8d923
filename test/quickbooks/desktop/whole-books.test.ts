import { describe, expect, test } from "vitest";

import { isTransactionKind, type RecordKind } from "../../../core/record-kinds.ts";
import {
  aDesktop,
  DESKTOP_RECORD_KINDS,
  held,
  never,
  SIMULATED,
  sourceOf,
  walk,
  whole,
  type DesktopRecordKind,
} from "./a-desktop.ts";

const KINDS = Object.keys(SIMULATED) as DesktopRecordKind[];
const DAY_SECONDS = 86_400;

describe("a company file is read whole", () => {
  test("every kind, each record once, with its own text and its version", async () => {
    const desktop = await aDesktop({ records: 3000 });
    const source = sourceOf(desktop);
    await source.readCompany(never);
    for (const kind of KINDS) {
      const listing = whole(kind);
      const total = await source.count(listing, never);
      const walked = await walk(source, listing, { total });
      const there = held(desktop.file, kind);
      expect([...walked.records.keys()].sort(), kind).toEqual([...there.keys()].sort());
      expect(walked.troubles, kind).toEqual([]);
      expect(total, kind).toBe(there.size);
      expect(walked.came, `${kind} twice`).toBe(there.size);
      for (const record of walked.records.values()) {
        expect(record.kind).toBe(kind);
        const modified = there.get(record.quickbooksId) ?? 0;
        expect(record.version).toBe(String(modified));
        expect(Date.parse(record.modifiedAt)).toBe(modified * 1000);
        const text = record.payload.toString("utf8");
        expect(text).toMatch(/^<(\w+)Ret>[^]*<\/\1Ret>$/);
        expect(text).toContain(`>${record.quickbooksId}<`);
        expect(record.date === null).toBe(!isTransactionKind(kind));
      }
    }
  });

  test("of a release that does not say what is open of a bill it is what is due less what was put on it", async () => {
    const desktop = await aDesktop({ records: 3000 });
    desktop.onAnswer = (text) => text.replaceAll(/<OpenAmount>[^<]*<\/OpenAmount>\s*/g, "");
    const bills = await walk(sourceOf(desktop), whole("bill"));
    const open = desktop.file.books.txns.Bill.map(({ id, totalCents, in: put }) => {
      const cents = put.reduce((sum, each) => sum + each.cents + each.discountCents, 0);
      return [id, (totalCents - cents) / 100];
    });
    const ofRecords = [...bills.records.values()].map((bill) => [
      bill.quickbooksId,
      Number(bill.balance),
    ]);
    expect(Object.fromEntries(ofRecords)).toEqual(Object.fromEntries(open));
    const some = open.filter(
      ([, left], index) => Number(left) > 0 && desktop.file.books.txns.Bill[index]?.in.length !== 0,
    );
    expect(some.length).toBeGreaterThan(0);
  });

  test("of a PC that writes its times without an offset every record has its own moment", async () => {
    const desktop = await aDesktop({ records: 1000, utcOffsetMinutes: -8 * 60 });
    desktop.onAnswer = (text) =>
      text.replaceAll(/(<Time(?:Modified|Created)>[^<+]{19})[+-]\d\d:\d\d</g, "$1<");
    const source = sourceOf(desktop);
    await source.readCompany(never);
    const walked = await walk(source, whole("invoice"));
    expect(walked.troubles).toEqual([]);
    const there = held(desktop.file, "invoice");
    expect(walked.records.size).toBe(there.size);
    for (const { quickbooksId, modifiedAt } of walked.records.values()) {
      expect(Date.parse(modifiedAt)).toBe((there.get(quickbooksId) ?? 0) * 1000);
    }
  });

  test("columns are QuickBooks' own digits and names", async () => {
    const desktop = await aDesktop({ records: 1000 });
    const source = sourceOf(desktop);
    const { txns } = desktop.file.books;
    const cents = (text: string | null): number => Math.round(Number(text) * 100);
    const invoices = await walk(source, whole("invoice"));
    for (const invoice of txns.Invoice) {
      const record = invoices.records.get(invoice.id);
      expect(record?.number).toBe(invoice.refNumber);
      expect(cents(record?.total ?? null)).toBe(invoice.totalCents);
      const applied = invoice.in.reduce((sum, each) => sum + each.cents, 0);
      expect(cents(record?.balance ?? null)).toBe(invoice.totalCents - applied);
      expect(record?.total).toMatch(/^-?\d+\.\d\d$/);
      expect(record?.party).toContain(invoice.party?.name);
    }
    for (const [kind, name] of [
      ["payment", "ReceivePayment"],
      ["bill", "Bill"],
      ["vendor_credit", "VendorCredit"],
      ["expense", "Check"],
      ["bill_payment", "BillPaymentCheck"],
      ["deposit", "Deposit"],
      ["transfer", "Transfer"],
      ["purchase_order", "PurchaseOrder"],
    ] as const) {
      const walked = await walk(source, whole(kind));
      for (const txn of txns[name]) {
        expect(cents(walked.records.get(txn.id)?.total ?? null), kind).toBe(txn.totalCents);
      }
    }
    const accounts = await walk(source, whole("account"));
    expect([...accounts.records.values()].every(({ party }) => party !== null)).toBe(true);
  });

  test("three thousand records changed in one second, and pages in between", async () => {
    const desktop = await aDesktop({ records: 9000 });
    const invoices = desktop.file.books.txns.Invoice;
    const second = (invoices[100]?.modified ?? 0) + 5 * DAY_SECONDS;
    for (const invoice of invoices.slice(50, 3050)) invoice.modified = second;
    const source = sourceOf(desktop);
    const walked = await walk(source, whole("invoice"), {
      total: await source.count(whole("invoice"), never),
    });
    expect(walked.records.size).toBe(invoices.length);
    // A window that turns out too large is begun again, and no more than that.
    expect(walked.came).toBeLessThan(invoices.length * 1.3);
  });

  test.each<[RecordKind, { datedFrom?: string; datedUntil?: string }]>([
    ["invoice", { datedFrom: "2025-06-01" }],
    ["invoice", { datedFrom: "2025-03-01", datedUntil: "2025-08-31" }],
    ["payment", { datedFrom: "2026-01-01" }],
    ["time_activity", { datedFrom: "2026-01-01" }],
    ["transfer", { datedUntil: "2025-01-31" }],
    ["expense", { datedFrom: "2025-01-01", datedUntil: "2025-12-31" }],
  ])("%s records dated within %o, counted and read", async (kind, over) => {
    const desktop = await aDesktop({ records: 4000 });
    const source = sourceOf(desktop);
    const listing = whole(kind, over);
    const walked = await walk(source, listing, { total: await source.count(listing, never) });
    const within = inDates(desktop, kind as DesktopRecordKind, over);
    expect([...walked.records.keys()].sort()).toEqual(within);
    expect(walked.came).toBe(within.length);
    expect(await source.count(listing, never)).toBe(within.length);
  });

  test("open documents are picked out where QuickBooks can, and refused where it cannot", async () => {
    const desktop = await aDesktop({ records: 3000 });
    const source = sourceOf(desktop);
    const isOpen = (kind: "Invoice" | "Bill"): number =>
      desktop.file.books.txns[kind].filter(
        (txn) => txn.totalCents > txn.in.reduce((sum, each) => sum + each.cents, 0),
      ).length;
    for (const [kind, name] of [
      ["invoice", "Invoice"],
      ["bill", "Bill"],
    ] as const) {
      expect(source.canListOpen(kind)).toBe(true);
      const listing = whole(kind, { scope: "open" });
      expect(await source.count(listing, never)).toBe(isOpen(name));
      expect((await walk(source, listing)).records.size).toBe(isOpen(name));
    }
    for (const kind of ["payment", "credit_memo", "vendor_credit"] as const) {
      expect(source.canListOpen(kind)).toBe(true);
      await expect(source.count(whole(kind, { scope: "open" }), never)).rejects.toMatchObject({
        fault: { kind: "query-refused" },
      });
    }
  });
});

describe("a stretch of modification time", () => {
  test("counts and pages agree with what the file holds, dates of transactions or not", async () => {
    const desktop = await aDesktop({ records: 4000 });
    const source = sourceOf(desktop);
    await walk(source, whole("invoice"));
    const invoices = desktop.file.books.txns.Invoice;
    const times = invoices.map(({ modified }) => modified).sort((one, other) => one - other);
    const [from = 0, until = 0] = [
      times[Math.floor(times.length / 4)],
      times[Math.floor(times.length / 2)],
    ];
    for (const datedFrom of [null, "2024-08-01"]) {
      const listing = whole("invoice", {
        datedFrom,
        modifiedFrom: new Date(from * 1000),
        modifiedUntil: new Date(until * 1000),
      });
      const expected = invoices
        .filter(
          ({ modified, day }) => modified >= from && modified <= until && isAfter(day, datedFrom),
        )
        .map(({ id }) => id)
        .sort();
      expect(expected.length).toBeGreaterThan(10);
      expect(await source.count(listing, never)).toBe(expected.length);
      const walked = await walk(source, listing);
      const got = [...walked.records.keys()].sort();
      expect(got.filter((id) => expected.includes(id))).toEqual(expected);
      expect(got.length).toBe(expected.length);
    }
  });

  test("dated from a day on and modified up to now, while people go on working", async () => {
    const desktop = await aDesktop({ records: 3000 });
    const source = sourceOf(desktop);
    const { at } = await source.readCompany(never);
    const { Invoice } = desktop.file.books.txns;
    desktop.clock.advance(60);
    for (const { id } of Invoice.slice(-20)) desktop.file.edit("Invoice", id, { memo: "again" });
    const expected = Invoice.filter(
      ({ modified, day }) => modified * 1000 <= at.getTime() && isAfter(day, "2025-06-01"),
    );
    const asked = desktop.asked.length;
    const listing = whole("invoice", { datedFrom: "2025-06-01", modifiedUntil: at });
    expect(await source.count(listing, never)).toBe(expected.length);
    expect(desktop.asked.length).toBe(asked + 1);
    // It looked at the few that were modified since, not at all of them.
    const looked = desktop.quickBooks.log.at(-1);
    expect(looked?.records).toBeLessThan(100);
  });

  test("a worker that has just begun counts to the second too", async () => {
    const desktop = await aDesktop({ records: 2000 });
    const times = [...held(desktop.file, "account").values()].toSorted((one, other) => one - other);
    const until = times[Math.floor(times.length / 2)] ?? 0;
    const listing = whole("account", { modifiedUntil: new Date(until * 1000) });
    const [one, other] = await Promise.all([
      sourceOf(desktop).count(listing, never),
      sourceOf(desktop).count(whole("account"), never),
    ]);
    expect(one).toBe(times.filter((time) => time <= until).length);
    expect(other).toBe(times.length);
  });

  test("a list without iterators too", async () => {
    const desktop = await aDesktop({ records: 20_000 });
    const source = sourceOf(desktop);
    await walk(source, whole("employee"));
    const employees = desktop.file.books.rows.Employee;
    const middle = employees[Math.floor(employees.length / 2)]?.modified ?? 0;
    const listing = whole("employee", {
      modifiedFrom: new Date(middle * 1000),
      modifiedUntil: desktop.clock.ms === 0 ? null : new Date(desktop.clock.ms),
    });
    const expected = employees.filter(({ modified }) => modified >= middle);
    expect(await source.count(listing, never)).toBe(expected.length);
    expect((await walk(source, listing)).records.size).toBe(expected.length);
  });
});

describe("lists that QuickBooks hands out whole", () => {
  test.each([null, 2500])("2,500 employees are read (total %s)", async (total) => {
    const desktop = await aDesktop({ records: 1000 });
    for (let each = 0; each < 2500; each++) {
      desktop.file.create("Employee", { name: `Person ${(each * 7919) % 2500}` });
    }
    const source = sourceOf(desktop);
    const walked = await walk(source, whole("employee"), { total });
    expect(walked.records.size).toBe(held(desktop.file, "employee").size);
  });

  test("inactive ones too", async () => {
    const desktop = await aDesktop();
    const [first, second] = desktop.file.books.rows.Class;
    const customer = desktop.file.books.rows.Customer[3];
    desktop.file.deactivate("Class", first?.id ?? "");
    desktop.file.deactivate("Class", second?.id ?? "");
    desktop.file.deactivate("Customer", customer?.id ?? "");
    const source = sourceOf(desktop);
    expect((await walk(source, whole("class"))).records.size).toBe(
      held(desktop.file, "class").size,
    );
    expect((await walk(source, whole("customer"))).records.has(customer?.id ?? "")).toBe(true);
  });
});

test("all counts of a plan cost one exchange", async () => {
  const desktop = await aDesktop();
  const source = sourceOf(desktop);
  await source.readCompany(never);
  const before = desktop.asked.length;
  const counts = await Promise.all(
    DESKTOP_RECORD_KINDS.map((kind) => source.count(whole(kind), never)),
  );
  expect(desktop.asked.length - before).toBe(1);
  expect(counts).toEqual(KINDS.map((kind) => held(desktop.file, kind).size));
});

test("a department is no kind of Desktop's", async () => {
  const source = sourceOf(await aDesktop());
  await expect(source.count(whole("department"), never)).rejects.toMatchObject({
    fault: { kind: "kind-not-available" },
  });
});

function inDates(
  desktop: Awaited<ReturnType<typeof aDesktop>>,
  kind: DesktopRecordKind,
  {
    datedFrom = null,
    datedUntil = null,
  }: { datedFrom?: string | null; datedUntil?: string | null },
): string[] {
  const { txns } = desktop.file.books;
  return SIMULATED[kind]
    .flatMap((name) => txns[name as keyof typeof txns])
    .filter(
      ({ day }) => isAfter(day, datedFrom) && (datedUntil === null || textOf(day) <= datedUntil),
    )
    .map(({ id }) => id)
    .sort();
}

const textOf = (day: number): string =>
  new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);

const isAfter = (day: number, from: string | null): boolean => from === null || textOf(day) >= from;

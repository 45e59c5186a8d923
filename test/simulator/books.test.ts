import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectBooksToAgree } from "./ledger.ts";
import {
  KINDS,
  addRealm,
  control,
  payloads,
  startSimulator,
  truth,
  type Row,
  type Running,
} from "./running.ts";

const ANCHOR = "2026-11-20T00:00:00Z";
/** Which kind the references in payloads lead to. */
const KIND_OF_REFERENCE: Readonly<Record<string, string>> = {
  CustomerRef: "Customer",
  VendorRef: "Vendor",
  EmployeeRef: "Employee",
  ItemRef: "Item",
  AccountRef: "Account",
  APAccountRef: "Account",
  DepositToAccountRef: "Account",
  DiscountAccountRef: "Account",
  BankAccountRef: "Account",
  CCAccountRef: "Account",
  IncomeAccountRef: "Account",
  ClassRef: "Class",
  SalesTermRef: "Term",
  PaymentMethodRef: "PaymentMethod",
  TaxCodeRef: "TaxCode",
  TxnTaxCodeRef: "TaxCode",
};

function references(value: unknown): { name: string; id: string }[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name.endsWith("Ref") ? [{ name, id: String(Object(inner).value) }] : references(inner),
  );
}

let running: Running;

beforeAll(async () => {
  running = await startSimulator("--records", "3000", "--seed", "7", "--anchor", ANCHOR);
});
afterAll(() => running.stop());

async function countsOf(realm: string): Promise<Record<string, number>> {
  const { realms } = await control(running, "GET state");
  const all = [realms].flat().map((one) => Object(one));
  return all.find(({ realmId }) => realmId === realm)?.counts ?? {};
}

describe("the books of a simulated company", () => {
  test.each([100, 137, 999, 6000])("agree with themselves at %i records", async (records) => {
    const realm = await addRealm(running, { records, seed: records });
    const counts = await countsOf(realm);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(records);
    for (const kind of KINDS) expect(counts[kind], kind).toBeGreaterThan(0);
    await expectBooksToAgree(running, realm);
  });

  test("are the same for the same seed, and others for another", async () => {
    const same = await startSimulator("--records", "3000", "--seed", "7", "--anchor", ANCHOR);
    try {
      const other = await addRealm(same, { records: 3000, seed: 8, anchor: ANCHOR });
      for (const kind of KINDS) {
        const mine = await truth(running, kind);
        expect(await truth(same, kind), kind).toEqual(mine);
        if (kind === "Invoice") expect(await truth(same, kind, other)).not.toEqual(mine);
      }
    } finally {
      await same.stop();
    }
  });

  test("leave a tenth to a sixth of invoices and bills open", async () => {
    const realm = await addRealm(running, { records: 20_000, seed: 3 });
    for (const kind of ["Invoice", "Bill"]) {
      const all = await truth(running, kind, realm);
      const open = all.filter(({ Balance }) => Number(Balance) > 0).length;
      expect(open / all.length, kind).toBeGreaterThan(0.1);
      expect(open / all.length, kind).toBeLessThan(0.16);
    }
  });

  test("hold what breaks careless clients", async () => {
    const realm = await addRealm(running, { records: 20_000, seed: 3 });
    const invoices = await truth(running, "Invoice", realm);
    const text = invoices.map(({ payload }) => payload).join("\n");
    expect(text).toContain('"TotalAmt":0.1,');
    expect(text).toContain('"TotalAmt":1234567.89,');
    expect(text).toMatch(/"TotalAmt":\d+\.0,/);
    expect(text).toContain('"PrivateNote":"Voided"');
    expect(text).toContain('\\"Sam\\"');
    expect(text).toContain("C:\\\\orders");
    expect(text).toContain("東京");
    expect(invoices.some(({ SyncToken }) => Number(SyncToken) > 9)).toBe(true);
    const classes = await payloads(running, "Class", realm);
    expect(classes.every(({ Id }) => BigInt(Id) > BigInt(Number.MAX_SAFE_INTEGER))).toBe(true);
    const sizes = invoices.map(({ payload }) => payload.length);
    const mean = sizes.reduce((sum, n) => sum + n, 0) / sizes.length;
    expect(mean).toBeGreaterThan(1700);
    expect(mean).toBeLessThan(2600);
  });

  test("join credit memos to invoices by payments without cash", async () => {
    const zero = (await payloads(running, "Payment")).filter(({ TotalAmt }) => TotalAmt === 0);
    expect(zero.length).toBeGreaterThan(10);
    for (const payment of zero) {
      const lines = [payment["Line"]].flat().map((line) => Object(line));
      expect(lines.map(({ LinkedTxn }) => LinkedTxn[0].TxnType)).toEqual(["Invoice", "CreditMemo"]);
      expect(lines[0].Amount).toBe(lines[1].Amount);
      expect(payment).not.toHaveProperty("DepositToAccountRef");
    }
  });

  test("never give one id of a sequence to two rows", async () => {
    const seen = new Map<string, string>();
    for (const kind of KINDS.slice(10)) {
      for (const { Id } of await truth(running, kind)) {
        expect(seen.get(Id), `${kind} ${Id}`).toBeUndefined();
        seen.set(Id, kind);
      }
    }
    const people = new Set<string>();
    const names = new Set<unknown>();
    let rows = 0;
    for (const kind of ["Customer", "Vendor", "Employee"]) {
      for (const row of await payloads(running, kind)) {
        people.add(row.Id);
        names.add(row["DisplayName"]);
        rows++;
      }
    }
    expect([people.size, names.size]).toEqual([rows, rows]);
  });

  test("change within one hour of yesterday when they are asked to", async () => {
    const realm = await addRealm(running, {
      records: 5000,
      seed: 2,
      spread: "hour",
      anchor: ANCHOR,
    });
    const times = (await truth(running, "Invoice", realm)).map((row) =>
      Date.parse(String(row["LastUpdatedTime"])),
    );
    const [first, last] = [Math.min(...times), Math.max(...times)];
    expect(first).toBeGreaterThanOrEqual(Date.parse("2026-11-19T10:00:00Z"));
    expect(last).toBeLessThan(Date.parse("2026-11-19T11:00:00Z"));
    await expectBooksToAgree(running, realm);
  });

  test("name only rows that are there", async () => {
    const realm = await addRealm(running, { records: 100, seed: 1 });
    const ids = new Map<string, Set<string>>();
    const all = new Map<string, Row[]>();
    for (const kind of KINDS) {
      const list = await payloads(running, kind, realm);
      all.set(kind, list);
      ids.set(kind, new Set(list.map(({ Id }) => Id)));
    }
    for (const [kind, list] of all) {
      for (const { name, id } of references(list)) {
        const target = KIND_OF_REFERENCE[name];
        if (target !== undefined) expect(ids.get(target), `${kind} ${name} ${id}`).toContain(id);
      }
    }
  });

  test("may be empty", async () => {
    const realm = await addRealm(running, { records: 0, seed: 2 });
    expect(Object.values(await countsOf(realm)).every((n) => n === 0)).toBe(true);
  });
});

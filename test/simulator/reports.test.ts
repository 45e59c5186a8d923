import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applied, changed, type Company } from "./applied.ts";
import {
  addRealm,
  api,
  control,
  fault,
  payloads,
  startSimulator,
  type Running,
} from "./running.ts";

let running: Running;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
});
afterAll(() => running.stop());

async function aCompany(order: object = {}): Promise<Company> {
  const company = { running, realm: await addRealm(running, { records: 1200, seed: 4, ...order }) };
  await changed(company, { op: "random", seed: 2, edits: 120 });
  return company;
}

interface Row {
  ColData?: { value: string; id?: string }[];
  Rows?: { Row: Row[] };
  Summary?: { ColData: { value: string }[] };
  group?: string;
}

async function report(company: Company, path: string) {
  const answered = await api(running, `reports/${path}`, { realm: company.realm });
  expect(answered.status, answered.text).toBe(200);
  const body = answered.json();
  const { Row: list = [] } = Object(body["Rows"]);
  return {
    header: Object(body["Header"]),
    columns: Object(body["Columns"]).Column,
    rows: list as Row[],
  };
}

const cents = (text: string | undefined): number => Math.round(Number(text) * 100);

/** What every customer or vendor owes or is owed in all, from the documents. */
async function openByParty(company: Company, kinds: Record<string, 1 | -1>) {
  const open = new Map<string, number>();
  for (const { kind, balance, customerOrVendor: id } of (await applied(company)).documents) {
    const sign = kinds[kind];
    if (sign !== undefined) open.set(id, (open.get(id) ?? 0) + sign * cents(balance));
  }
  return open;
}

const RECEIVABLE = { invoice: 1, payment: -1, credit_memo: -1 } as const;
const PAYABLE = { bill: 1, bill_payment: -1, vendor_credit: -1 } as const;

describe("a report", () => {
  test.each([
    ["AgedReceivables", "Customer", RECEIVABLE],
    ["AgedPayables", "Vendor", PAYABLE],
  ] as const)("%s is the open balances by %s and age", async (name, side, kinds) => {
    const company = await aCompany();
    const { header, columns, rows } = await report(company, name);
    expect(header).toMatchObject({ ReportName: name, Currency: "USD", DateMacro: "today" });
    expect(columns.map((one: { ColTitle: string }) => one.ColTitle)).toEqual([
      "",
      "Current",
      "1 - 30",
      "31 - 60",
      "61 - 90",
      "91 and over",
      "Total",
    ]);
    const lines = rows.filter(({ ColData }) => ColData !== undefined);
    // Journal entries give credit to customers and take from what vendors are owed.
    const journals = new Map<string, number>();
    for (const one of (await applied(company)).documents) {
      if (one.kind !== "journal_entry" || one.partyKind !== side.toLowerCase()) continue;
      journals.set(
        one.customerOrVendor,
        (journals.get(one.customerOrVendor) ?? 0) + cents(one.balance),
      );
    }
    const open = await openByParty(company, kinds);
    for (const [party, given] of journals) open.set(party, (open.get(party) ?? 0) - given);
    const told = new Map<string, number>();
    for (const { ColData = [] } of lines) {
      const amounts = ColData.slice(1).map(({ value }) => cents(value));
      const total = amounts.at(-1) ?? 0;
      expect(amounts.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(total);
      told.set(String(ColData[0]?.id), total);
    }
    for (const [party, amount] of open) expect(told.get(party) ?? 0, party).toBe(amount);
    const grand = rows.at(-1);
    expect(grand?.group).toBe("GrandTotal");
    const sum = [...told.values()].reduce((all, one) => all + one, 0);
    expect(cents(grand?.Summary?.ColData.at(-1)?.value)).toBe(sum);
    const calls = await control(running, `GET calls?realm=${company.realm}`);
    expect([Object(calls["perPath"]).report, calls["metered"]]).toEqual([1, 1]);
  });

  test("of another day has other ages, and nothing that is dated later", async () => {
    const company = await aCompany();
    const total = async (path: string) =>
      (await report(company, path)).rows.at(-1)?.Summary?.ColData.map(({ value }) => value) ?? [];
    const today = await total("AgedReceivables");
    const later = await total("AgedReceivables?report_date=2036-01-01");
    expect(later.at(-1)).toBe(today.at(-1));
    expect(later.slice(1, -2)).toEqual(["", "", "", ""]);
    expect(await total("AgedReceivables?report_date=2005-01-01")).toEqual([]);
    const { header } = await report(company, "AgedReceivables?report_date=2005-01-01");
    expect(header).toMatchObject({ EndPeriod: "2005-01-01" });
    expect(header.Option).toContainEqual({ Name: "NoReportData", Value: "true" });
  });

  test("BalanceSheet balances, and has what is open in it", async () => {
    const company = await aCompany();
    const { header, rows } = await report(company, "BalanceSheet");
    expect(header).toMatchObject({ ReportName: "BalanceSheet", ReportBasis: "Accrual" });
    const sums = new Map<string, number>();
    const read = (row: Row): void => {
      if (row.group !== undefined) sums.set(row.group, cents(row.Summary?.ColData[1]?.value));
      row.Rows?.Row.forEach(read);
    };
    rows.forEach(read);
    const grand = async (name: string) =>
      cents((await report(company, name)).rows.at(-1)?.Summary?.ColData.at(-1)?.value);
    expect(sums.get("AR")).toBe(await grand("AgedReceivables"));
    expect(sums.get("AP")).toBe(await grand("AgedPayables"));
    expect(sums.get("TotalAssets")).toBe(sums.get("TotalLiabilitiesAndEquity"));
  });

  test("of a company with several currencies is in its own", async () => {
    const company = await aCompany({ currencies: ["JPY", "KWD"] });
    const { rows } = await report(company, "AgedReceivables");
    const invoices = await payloads(running, "Invoice", company.realm);
    const payments = await payloads(running, "Payment", company.realm);
    const memos = await payloads(running, "CreditMemo", company.realm);
    const foreign = new Set(
      (await payloads(running, "Customer", company.realm))
        .filter((row) => Object(row["CurrencyRef"]).value === "JPY")
        .map(({ Id }) => Id),
    );
    const ofForeign = (row: Record<string, unknown>): string => {
      const id = String(Object(row["CustomerRef"]).value);
      return foreign.has(id) ? id : "";
    };
    const open = new Map<string, number>();
    const add = (id: string, amount: number): void => {
      if (id !== "") open.set(id, (open.get(id) ?? 0) + amount);
    };
    for (const row of invoices) add(ofForeign(row), Number(row["HomeBalance"]));
    for (const row of memos) add(ofForeign(row), -Number(row["HomeBalance"]));
    for (const row of payments) {
      add(ofForeign(row), -Number(row["UnappliedAmt"]) * Number(row["ExchangeRate"]));
    }
    for (const one of (await applied(company)).documents) {
      if (one.kind === "journal_entry") open.delete(one.customerOrVendor);
    }
    expect(open.size).toBeGreaterThan(0);
    for (const [id, amount] of open) {
      const row = rows.find(({ ColData }) => ColData?.[0]?.id === id);
      expect(Number(row?.ColData?.at(-1)?.value ?? 0), id).toBeCloseTo(amount, 0);
    }
  });

  test("that is not made here, or of no day, is refused", async () => {
    const company = await aCompany();
    const asked = (path: string) => api(running, `reports/${path}`, { realm: company.realm });
    expect(fault(await asked("ProfitAndLoss")).code).toBe("500");
    expect(fault(await asked("AgedReceivables?report_date=soon")).code).toBe("2060");
  });
});

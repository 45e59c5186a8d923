import { describe, expect, test } from "vitest";

import { FaultError, type FaultKind } from "../../../core/faults.ts";
import { readOpenBalances } from "../../../quickbooks/online/reports.ts";

const NEVER = new AbortController().signal;
const NOTHING = { receivables: null, payables: null };

const total = (value: string) => ({ Summary: { ColData: [{ value: "TOTAL" }, { value }] } });
const section = (group: string, row: object) => ({ group, Rows: { Row: [row] } });

/** What is open by these reports, and what was asked. */
async function open(reports: Record<string, unknown>) {
  const asked: [string, Readonly<Record<string, string>>][] = [];
  const client = {
    get(path: string, query: Readonly<Record<string, string>>) {
      asked.push([path, query]);
      const report = reports[path.slice("reports/".length)] ?? {};
      if (report instanceof Error) return Promise.reject(report);
      const text = typeof report === "string" ? report : JSON.stringify(report);
      return Promise.resolve({ bytes: Buffer.from(text), traceId: null, headers: {} });
    },
    flush: () => Promise.resolve(),
  };
  return { told: await readOpenBalances(client as never, "2026-11-02", NEVER), asked };
}

describe("what is open by the reports of QuickBooks Online", () => {
  test("is the grand total of the summaries, and two groups of the sheet wherever they stand", async () => {
    const assets = section(
      "TotalAssets",
      section("CurrentAssets", { group: "AR", ...total("12.50") }),
    );
    const owed = section(
      "TotalLiabilitiesAndEquity",
      section("Liabilities", { group: "AP", ...total("-3") }),
    );
    const { told, asked } = await open({
      AgedReceivables: {
        Rows: { Row: [{ ColData: [] }, { group: "GrandTotal", ...total("12.5") }] },
      },
      AgedPayables: { Rows: {} },
      BalanceSheet: { Rows: { Row: [assets, owed] } },
    });
    expect(told).toEqual({
      aging: { receivables: "12.5", payables: "0" },
      balanceSheet: { receivables: "12.50", payables: "-3" },
    });
    expect(asked).toContainEqual(["reports/AgedPayables", { report_date: "2026-11-02" }]);
    expect(asked).toContainEqual([
      "reports/BalanceSheet",
      { start_date: "2026-01-01", end_date: "2026-11-02", accounting_method: "Accrual" },
    ]);
  });

  const refused = (kind: FaultKind) => new FaultError({ kind, message: `${kind} it is` });

  test.each(["kind-not-available", "not-found", "query-refused", "unknown-fault"] as const)(
    "is not said by a report that is refused as %s, and by the others is",
    async (kind) => {
      const { told } = await open({
        AgedReceivables: refused(kind),
        AgedPayables: { Rows: {} },
        BalanceSheet: refused(kind),
      });
      const aging = { receivables: null, payables: "0" };
      expect(told).toEqual({ aging, balanceSheet: NOTHING });
    },
  );

  test.each(["throttled", "authorization-ended", "access-denied"] as const)(
    "is asked again, or not at all any more, where all else would be %s too",
    async (kind) => {
      await expect(open({ AgedPayables: refused(kind) })).rejects.toThrow(`${kind} it is`);
    },
  );

  test("is not said by what is no report, has no such section, or no amount", async () => {
    const nothing = await open({
      AgedReceivables: "<html>",
      AgedPayables: { Rows: { Row: [{ group: "GrandTotal", ...total("a lot") }] } },
      BalanceSheet: { Rows: { Row: [section("TotalAssets", total("7"))] } },
    });
    expect(nothing.told).toEqual({ aging: NOTHING, balanceSheet: NOTHING });
  });
});

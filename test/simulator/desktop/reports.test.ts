import { describe, expect, it } from "vitest";
import { applications } from "../../../simulator/desktop/control/applications.ts";
import { changed } from "../../../simulator/desktop/control/changes.ts";
import { anOffice, ask, cents, statusOf, textOf, textsOf, type Office } from "./office.ts";

const reportOf = ({ session }: Office, type: string, more = ""): Promise<string> =>
  ask(
    session,
    `<AgingReportQueryRq><AgingReportType>${type}</AgingReportType>${more}</AgingReportQueryRq>`,
  );

interface Line {
  name: string;
  /** By age, and their sum. */
  amounts: number[];
}

/** The rows of a sort: whose they are and their amounts. */
function linesOf(report: string, kind: "DataRow" | "SubtotalRow" | "TotalRow"): Line[] {
  const rows = [...report.matchAll(new RegExp(`<${kind} [^>]*>\n([^]*?)</${kind}>`, "g"))];
  return rows.map(([, inside = ""]) => {
    const cells = [...inside.matchAll(/<ColData colID="\d" value="([^"]*)"/g)];
    const name = /<RowData [^>]*value="([^"]*)"/.exec(inside)?.[1] ?? "";
    return { name, amounts: cells.slice(1).map(([, text = ""]) => cents(text)) };
  });
}

/** What is open of everybody of a list, by id. */
function openOf({ file }: Office, list: "Customer" | "Vendor"): Map<string, number> {
  const open = new Map<string, number>();
  const ours =
    list === "Customer"
      ? ["invoice", "payment", "credit_memo", "journal_entry"]
      : ["bill", "bill_payment", "vendor_credit", "journal_entry"];
  for (const one of applications(file.books).documents) {
    const { kind, balance, customerOrVendor, partyKind } = one;
    if (!ours.includes(kind) || partyKind !== list.toLowerCase()) continue;
    const sign = kind === "invoice" || kind === "bill" ? 1 : -1;
    const id = customerOrVendor ?? "";
    open.set(id, (open.get(id) ?? 0) + sign * cents(balance));
  }
  return open;
}

describe("an aging summary", () => {
  it.each([
    ["ARAgingSummary", "Customer", "A/R Aging Summary"],
    ["APAgingSummary", "Vendor", "A/P Aging Summary"],
  ] as const)("%s is what is open of every %s", async (type, list, title) => {
    const office = await anOffice({ records: 1200 });
    changed(office.file, [{ do: "random", seed: 4, edits: 150 }]);
    const report = await reportOf(office, type);
    expect(textOf(report, "ReportTitle")).toBe(title);
    expect(textOf(report, "ReportSubtitle")).toBe("As of November 2, 2026");
    const titles = [...report.matchAll(/<ColTitle [^>]*value="([^"]*)"/g)].map(([, text]) => text);
    expect(titles).toEqual(["Current", "1 - 30", "31 - 60", "61 - 90", "&gt; 90", "TOTAL"]);
    expect(textOf(report, "NumColumns")).toBe("7");
    expect(textOf(report, "NumRows")).toBe(String(report.match(/ rowNumber="/g)?.length));
    const lines = linesOf(report, "DataRow");
    for (const { amounts } of lines) {
      expect(amounts.slice(0, -1).reduce((sum, one) => sum + one, 0)).toBe(amounts.at(-1));
    }
    const sum = lines.reduce((all, { amounts }) => all + (amounts.at(-1) ?? 0), 0);
    expect(linesOf(report, "TotalRow")[0]?.amounts.at(-1)).toBe(sum);
    const open = [...openOf(office, list).values()].filter((amount) => amount !== 0);
    expect(sum).toBe(open.reduce((all, one) => all + one, 0));
    const told = lines.map(({ amounts }) => amounts.at(-1) ?? 0).filter((amount) => amount !== 0);
    expect(told.toSorted((a, b) => a - b)).toEqual(open.toSorted((a, b) => a - b));
  });

  it("has jobs under their customers, which have a subtotal that is counted once", async () => {
    const office = await anOffice({ records: 1200 });
    const report = await reportOf(office, "ARAgingSummary");
    const subtotals = linesOf(report, "SubtotalRow");
    expect(subtotals.length).toBeGreaterThan(0);
    const [some] = subtotals;
    const below = linesOf(report, "DataRow").filter(
      ({ name }) => name === some?.name || name.startsWith(`${some?.name}:`),
    );
    const sum = below.reduce((all, { amounts }) => all + (amounts.at(-1) ?? 0), 0);
    expect(some?.amounts.at(-1)).toBe(sum);
  });

  it("of an earlier day leaves out what is dated later, and ages from then or from today", async () => {
    const office = await anOffice({ records: 1200 });
    const period = (day: string, more = "") =>
      reportOf(
        office,
        "ARAgingSummary",
        `<ReportPeriod><ToReportDate>${day}</ToReportDate></ReportPeriod>${more}`,
      );
    expect(textsOf(await period("1999-01-01"), "NumRows")).toEqual(["0"]);
    const total = (report: string) => linesOf(report, "TotalRow")[0]?.amounts ?? [];
    const then = total(await period("2026-06-01"));
    const now = total(await period("2026-06-01", "<ReportAgingAsOf>Today</ReportAgingAsOf>"));
    expect(now.at(-1)).toBe(then.at(-1));
    expect(now[4]).toBeGreaterThan(then[4] ?? 0);
  });

  it("that is not made here gets a status of its own", async () => {
    const office = await anOffice();
    expect(statusOf(await reportOf(office, "CollectionsReport"))).toBe(1030);
    const macro = "<ReportDateMacro>LastYear</ReportDateMacro>";
    expect(statusOf(await reportOf(office, "ARAgingSummary", macro))).toBe(1030);
  });
});

describe("a balance sheet", () => {
  const sheetOf = ({ session }: Office, more = ""): Promise<string> =>
    ask(
      session,
      `<GeneralSummaryReportQueryRq><GeneralSummaryReportType>BalanceSheetStandard</GeneralSummaryReportType>${more}</GeneralSummaryReportQueryRq>`,
    );

  it("has receivables and payables by account, as the aging summaries say", async () => {
    const office = await anOffice({ records: 1200 });
    changed(office.file, [{ do: "random", seed: 4, edits: 150 }]);
    const lines = linesOf(await sheetOf(office), "DataRow");
    const total = async (type: string) =>
      linesOf(await reportOf(office, type), "TotalRow")[0]?.amounts.at(-1);
    const typeOf = (name: string): string | undefined =>
      office.file.books.rows.Account.find((row) => row.name === name)?.values["AccountType"];
    for (const [report, type] of [
      ["ARAgingSummary", "AccountsReceivable"],
      ["APAgingSummary", "AccountsPayable"],
    ] as const) {
      const amounts = lines.filter(({ name }) => typeOf(name) === type).map((line) => line.amounts);
      expect(amounts.length).toBeGreaterThan(0);
      const sum = amounts.reduce((all, [amount = 0]) => all + amount, 0);
      expect(sum).toBe(await total(report));
    }
  });

  it("leaves out accounts with nothing on them, and balances", async () => {
    const office = await anOffice({ records: 1200 });
    const early = "<ReportPeriod><ToReportDate>1999-01-01</ToReportDate></ReportPeriod>";
    expect(linesOf(await sheetOf(office, early), "DataRow")).toEqual([]);
    const totals = linesOf(await sheetOf(office), "TotalRow").map(({ amounts }) => amounts);
    expect(totals.length).toBe(2);
    expect(totals[0]).toEqual(totals[1]);
  });
});

import { describe, expect, test } from "vitest";

import { compareDecimals } from "../../../core/money.ts";
import { faultIn } from "../../../core/faults.ts";
import { applications } from "../../../simulator/desktop/control/applications.ts";
import { changed } from "../../../simulator/desktop/control/changes.ts";
import { aDesktop, never, sourceOf, type Desktop } from "./a-desktop.ts";

const TODAY = "2026-11-02";

/** Documents, with what takes from them. */
const OPEN_KINDS = new Set([
  "invoice",
  "payment",
  "credit_memo",
  "journal_entry",
  "bill",
  "bill_payment",
  "vendor_credit",
]);

/** What is open by the books themselves, in cents. */
function openOf({ file }: Desktop, side: "customer" | "vendor"): number {
  return applications(file.books)
    .documents.filter(({ kind, partyKind }) => partyKind === side && OPEN_KINDS.has(kind))
    .reduce((sum, { kind, balance }) => {
      const cents = Math.round(Number(balance) * 100);
      return sum + (kind === "invoice" || kind === "bill" ? cents : -cents);
    }, 0);
}

const isSame = (told: string | null, cents: number): boolean =>
  told !== null && compareDecimals(told, String(cents / 100)) === 0;

/** The answers to a query get another status. */
const answerWith =
  (query: string, status: number) =>
  (response: string): string =>
    response.replaceAll(
      new RegExp(`(<${query}Rs[^>]*statusCode=")0"`, "g"),
      (_, head: string) => `${head}${status}"`,
    );

describe("what is open by the reports of a company file", () => {
  test("is what its books say, by the aging summaries and by the balance sheet", async () => {
    const desktop = await aDesktop({ records: 1200 });
    changed(desktop.file, [{ do: "random", seed: 4, edits: 150 }]);
    const [receivable] = desktop.file.books.rows.Account.filter(
      (row) => row.values["AccountType"] === "AccountsReceivable",
    );
    if (receivable === undefined) throw new Error("no such account");
    desktop.file.edit("Account", receivable.id, { name: `Owed <us> & "others"` });
    const { aging, balanceSheet } = await sourceOf(desktop).readOpenBalances(TODAY, never);
    for (const told of [aging, balanceSheet]) {
      expect(isSame(told.receivables, openOf(desktop, "customer"))).toBe(true);
      expect(isSame(told.payables, openOf(desktop, "vendor"))).toBe(true);
    }
    expect(openOf(desktop, "customer")).not.toBe(0);
    expect(openOf(desktop, "vendor")).not.toBe(0);
  });

  test("is nothing before its first day; the sheet, which leaves out what is nothing, does not say so", async () => {
    const told = await sourceOf(await aDesktop()).readOpenBalances("1999-01-01", never);
    expect(told).toEqual({
      aging: { receivables: "0", payables: "0" },
      balanceSheet: { receivables: null, payables: null },
    });
  });

  test.each([1030, 3250, 3260])(
    "is not said by a report that QuickBooks refuses with %i",
    async (status) => {
      const desktop = await aDesktop();
      desktop.onAnswer = answerWith("GeneralSummaryReportQuery", status);
      const { aging, balanceSheet } = await sourceOf(desktop).readOpenBalances(TODAY, never);
      expect(isSame(aging.receivables, openOf(desktop, "customer"))).toBe(true);
      expect(balanceSheet).toEqual({ receivables: null, payables: null });
    },
  );

  test("is asked again where QuickBooks is not available just then", async () => {
    const desktop = await aDesktop();
    desktop.onAnswer = answerWith("AgingReportQuery", 1010);
    const asked = sourceOf(desktop).readOpenBalances(TODAY, never);
    const error: unknown = await asked.catch((cause: unknown) => cause);
    expect(faultIn(error)?.kind).toBe("unavailable");
  });

  test("is not said where an amount is no amount", async () => {
    const desktop = await aDesktop();
    desktop.onAnswer = (response) => response.replaceAll(/value="-?[\d.]+"/g, 'value="n/a"');
    expect(await sourceOf(desktop).readOpenBalances(TODAY, never)).toEqual({
      aging: { receivables: null, payables: null },
      balanceSheet: { receivables: null, payables: null },
    });
  });
});

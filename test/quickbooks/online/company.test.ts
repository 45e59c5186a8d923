import { describe, expect, test } from "vitest";

import { readOnlineCompany } from "../../../quickbooks/online/company.ts";

const NEVER = new AbortController().signal;
const TIME = "2026-11-02T08:00:00.000-08:00";

/** The books that these answers tell of. */
async function booksOf(info: object, preferences: object = {}) {
  const client = {
    get(path: string) {
      const said = path === "preferences" ? { Preferences: preferences } : { CompanyInfo: info };
      const bytes = Buffer.from(JSON.stringify({ ...said, time: TIME }));
      return Promise.resolve({ bytes, traceId: null, date: null });
    },
  };
  return readOnlineCompany(client as never, "9130", NEVER);
}

describe("whose books a connection leads to", () => {
  test("is told by its name, its plan, country and currency", async () => {
    const { books, closedUntil } = await booksOf(
      {
        CompanyName: "Craig's",
        Country: "US",
        NameValue: [{ Name: "OfferingSku", Value: "QuickBooks Online Plus" }],
      },
      {
        CurrencyPrefs: { HomeCurrency: { value: "USD" } },
        AccountingInfoPrefs: { BookCloseDate: "2025-12-31" },
      },
    );
    expect(closedUntil).toBe("2025-12-31");
    expect(books).toEqual({
      name: "Craig's",
      quickbooksId: "9130",
      file: null,
      edition: "QuickBooks Online Plus",
      country: "US",
      currency: "USD",
    });
  });

  test.each([
    [
      "null",
      { Country: null, NameValue: null },
      { CurrencyPrefs: null, AccountingInfoPrefs: null },
    ],
    [
      "of another shape",
      { Country: 7, NameValue: {} },
      { CurrencyPrefs: [], AccountingInfoPrefs: "" },
    ],
    [
      "half there",
      { NameValue: [null, { Name: "OfferingSku" }] },
      { CurrencyPrefs: { HomeCurrency: null } },
    ],
    ["missing", {}, {}],
  ])("needs the name alone where all else is %s", async (_, info, preferences) => {
    const { books, closedUntil } = await booksOf({ CompanyName: "Craig's", ...info }, preferences);
    expect(closedUntil).toBeNull();
    expect(books).toMatchObject({ name: "Craig's", edition: null, country: null, currency: null });
  });

  test("is stored whatever character the name holds", async () => {
    expect((await booksOf({ CompanyName: "Cr\0aig 🧾" })).books.name).toBe("Craig 🧾");
  });

  test("is not known without a name", async () => {
    await expect(booksOf({ CompanyName: null })).rejects.toThrow(/CompanyName/);
  });

  test("is over where the subscription has ended", async () => {
    const info = {
      CompanyName: "C",
      NameValue: [{ Name: "SubscriptionStatus", Value: "EXPIRED" }],
    };
    await expect(booksOf(info)).rejects.toThrow(/has ended/);
  });
});

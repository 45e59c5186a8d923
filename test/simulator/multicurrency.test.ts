import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changed, expectTruthToAgree, type Company } from "./applied.ts";
import { thousandths } from "./ledger.ts";
import {
  addRealm,
  api,
  payloads,
  rows,
  startSimulator,
  type Row,
  type Running,
} from "./running.ts";

let running: Running;
let company: Company;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
  const currencies = ["JPY", "KWD", "EUR"];
  const realm = await addRealm(running, { records: 2000, seed: 4, currencies });
  company = { running, realm };
});
afterAll(() => running.stop());

const codeOf = (row: Row): string => String(Object(row["CurrencyRef"]).value);

/** Decimals of a JSON number: 0 of 300.0. */
const decimalsOf = (amount: unknown): number => String(amount).split(".")[1]?.length ?? 0;

describe("a company with several currencies", () => {
  test("says so, and has customers and vendors of each", async () => {
    const preferences = Object(
      (await api(running, "preferences", { realm: company.realm })).json()["Preferences"],
    );
    expect(preferences.CurrencyPrefs).toEqual({
      MultiCurrencyEnabled: true,
      HomeCurrency: { value: "USD" },
    });
    for (const kind of ["Customer", "Vendor"]) {
      const codes = new Set((await payloads(running, kind, company.realm)).map(codeOf));
      expect(codes, kind).toEqual(new Set(["USD", "JPY", "KWD", "EUR"]));
    }
  });

  test("has documents in the currency of whose they are, with as many decimals as it has", async () => {
    const sides = {
      Invoice: "Customer",
      Payment: "Customer",
      CreditMemo: "Customer",
      Bill: "Vendor",
    };
    for (const [kind, side] of Object.entries(sides)) {
      const parties = new Map(
        (await payloads(running, side, company.realm)).map((row) => [row.Id, codeOf(row)]),
      );
      const most = new Map<string, number>();
      for (const row of await payloads(running, kind, company.realm)) {
        const code = codeOf(row);
        expect(code).toBe(parties.get(Object(row[`${side}Ref`]).value));
        most.set(code, Math.max(most.get(code) ?? 0, decimalsOf(row["TotalAmt"])));
        expect(row["ExchangeRate"] === 1, `${kind} ${row.Id}`).toBe(code === "USD");
      }
      expect([most.get("JPY"), most.get("USD"), most.get("KWD")], kind).toEqual([0, 2, 3]);
    }
  });

  test("tells totals and balances in the home currency too", async () => {
    const foreign = (await payloads(running, "Invoice", company.realm)).filter(
      (row) => codeOf(row) !== "USD",
    );
    expect(foreign.some((row) => Number(row["HomeBalance"]) > 0)).toBe(true);
    for (const row of foreign) {
      const rate = Number(row["ExchangeRate"]);
      expect(Number(row["HomeTotalAmt"])).toBeCloseTo(Number(row["TotalAmt"]) * rate, 1);
      expect(Number(row["HomeBalance"])).toBeCloseTo(Number(row["Balance"]) * rate, 1);
    }
  });

  test("is filtered by amounts as they are printed", async () => {
    const dear = await rows(
      running,
      "SELECT * FROM Invoice WHERE TotalAmt > '100000'",
      company.realm,
    );
    const all = await payloads(running, "Invoice", company.realm);
    expect(dear.length).toBeGreaterThan(0);
    expect(dear).toHaveLength(all.filter((row) => Number(row["TotalAmt"]) > 100_000).length);
    const odd = all.find((row) => codeOf(row) === "KWD" && decimalsOf(row["TotalAmt"]) === 3);
    const statement = `SELECT * FROM Invoice WHERE TotalAmt = '${String(odd?.["TotalAmt"])}'`;
    expect((await rows(running, statement, company.realm)).map(({ Id }) => Id)).toContain(odd?.Id);
  });

  test("agrees with itself after anything that people do", async () => {
    await changed(company, { op: "random", seed: 3, edits: 200 });
    await expectTruthToAgree(company);
    const payments = await payloads(running, "Payment", company.realm);
    expect(payments.every((row) => thousandths(row["UnappliedAmt"]) >= 0)).toBe(true);
  });
});

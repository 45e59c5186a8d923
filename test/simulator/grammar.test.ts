import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  KINDS,
  LISTS,
  addRealm,
  api,
  count,
  fault,
  query,
  rows,
  rowsIn,
  startSimulator,
  truth,
  type Running,
} from "./running.ts";

let running: Running;
beforeAll(async () => {
  running = await startSimulator("--records", "4000");
});
afterAll(() => running.stop());

describe("a query that follows the grammar", () => {
  test.each(KINDS)("reads %s with everything in it", async (kind) => {
    const all = LISTS.has(kind) ? " WHERE Active IN (true,false)" : "";
    const total = (await truth(running, kind)).length;
    expect(await count(running, kind + all)).toBe(total);
    const page = await rows(running, `SELECT * FROM ${kind}${all} MAXRESULTS 1000`);
    expect(page).toHaveLength(Math.min(1000, total));
  });

  test.each(["TaxRate", "CompanyInfo", "Preferences"])("reads %s", async (kind) => {
    expect((await rows(running, `select * from ${kind}`)).length).toBeGreaterThan(0);
  });

  test.each([
    "select * from invoice",
    "SELECT * FROM Invoice STARTPOSITION 11 MAXRESULTS 100",
    "SELECT * FROM Invoice MAXRESULTS 100 STARTPOSITION 11",
    "Select * From Invoice Where TotalAmt > '100.00' OrderBy TotalAmt Desc",
    "select * from Invoice where Metadata.LastUpdatedTime > '2015-01-01T00:00:00-08:00' order by Metadata.LastUpdatedTime asc",
    "SELECT * FROM Invoice ORDERBY TxnDate DESC, DocNumber ASC, Id",
    "SELECT * FROM Invoice WHERE TxnDate >= '2022-01-01' AND TxnDate <= '2030-01-01'",
    "SELECT * FROM Invoice WHERE DocNumber LIKE '1%'",
    "SELECT * FROM Invoice WHERE Balance >= 0",
    "  SELECT   *\n FROM\tInvoice  ",
  ])("answers %s", async (statement) => {
    expect(await rows(running, statement)).toHaveLength(100);
  });

  test("gives 100 rows unless told otherwise, and says where they stand", async () => {
    const answered = await query(running, "SELECT * FROM Invoice STARTPOSITION 5");
    expect(answered.json()).toMatchObject({ QueryResponse: { startPosition: 5, maxResults: 100 } });
    expect(answered.text).toMatch(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00"}$/);
    expect(answered.headers.get("intuit_tid")).toMatch(/^1-/);
    expect(answered.headers.get("qbo-version")).not.toBeNull();
    expect(answered.headers.get("service-time")).toMatch(/^total=\d+, db=\d+$/);
  });

  test("leaves the entity out where there is nothing", async () => {
    const answered = await query(running, "SELECT * FROM Invoice WHERE TotalAmt < '0'");
    expect(answered.json()["QueryResponse"]).toEqual({});
    const beyond = await query(running, "SELECT * FROM Invoice STARTPOSITION 100000");
    expect(beyond.json()["QueryResponse"]).toEqual({});
  });

  test("finds rows by id, by name with a quote in it, and by reference", async () => {
    const [first, second] = await truth(running, "Invoice");
    const found = await rows(
      running,
      `SELECT * FROM Invoice WHERE Id IN ('${first?.Id}', '${second?.Id}', '99999999')`,
    );
    expect(new Set(found.map(({ Id }) => Id))).toEqual(new Set([first?.Id, second?.Id]));
    const [customer] = (await rows(running, "SELECT * FROM Customer MAXRESULTS 1000")).filter(
      ({ DisplayName }) => String(DisplayName).includes("'"),
    );
    const name = String(customer?.["DisplayName"]).replaceAll("\\", "\\\\").replaceAll("'", "\\'");
    const [same] = await rows(running, `SELECT * FROM Customer WHERE DisplayName = '${name}'`);
    expect(same?.Id).toBe(customer?.Id);
    const sold = await rows(running, `SELECT * FROM Invoice WHERE CustomerRef = '${customer?.Id}'`);
    expect(sold.every((row) => Object(row["CustomerRef"]).value === customer?.Id)).toBe(true);
  });

  test("omits inactive rows of lists unless they are asked for", async () => {
    const all = await truth(running, "Customer");
    const inactive = all.filter(({ Active }) => Active === false);
    expect(inactive.length).toBeGreaterThan(0);
    expect(await count(running, "Customer")).toBe(all.length - inactive.length);
    expect(await count(running, "Customer WHERE Active = false")).toBe(inactive.length);
    expect(await count(running, "Customer WHERE Active IN (true, false)")).toBe(all.length);
  });

  test("filters money and dates as the truth does", async () => {
    const all = await truth(running, "Invoice");
    const open = all.filter(({ Balance }) => Number(Balance) > 0).length;
    expect(await count(running, "Invoice WHERE Balance > '0'")).toBe(open);
    const month = all.filter(({ TxnDate }) => String(TxnDate).startsWith("2024-05")).length;
    expect(
      await count(running, "Invoice WHERE TxnDate >= '2024-05-01' AND TxnDate < '2024-06-01'"),
    ).toBe(month);
  });

  test("compares moments by the second, whatever their zone", async () => {
    const [row] = await truth(running, "Invoice");
    const at = new Date(String(row?.["LastUpdatedTime"]));
    const same = await count(
      running,
      `Invoice WHERE MetaData.LastUpdatedTime = '${at.toISOString()}'`,
    );
    expect(same).toBeGreaterThan(0);
    const local = String(row?.["LastUpdatedTime"]);
    expect(await count(running, `Invoice WHERE MetaData.LastUpdatedTime = '${local}'`)).toBe(same);
    // Without an offset it is company time.
    const bare = local.slice(0, 19);
    expect(await count(running, `Invoice WHERE MetaData.LastUpdatedTime = '${bare}'`)).toBe(same);
  });

  test("may come by POST, as text", async () => {
    const answered = await api(running, "query", {
      method: "POST",
      headers: { "content-type": "application/text" },
      body: "SELECT * FROM Invoice MAXRESULTS 3",
    });
    expect(rowsIn(answered)).toHaveLength(3);
    const asJson = await api(running, "query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "SELECT * FROM Invoice MAXRESULTS 3",
    });
    expect([asJson.status, fault(asJson).code]).toEqual([400, "500"]);
  });
});

describe("a query that QuickBooks refuses", () => {
  test.each([
    ["4000", "SELECT Id, DocNumber FROM Invoice"],
    ["4000", "SELECT * FROM Invoice WHERE Id = '1' OR Id = '2'"],
    ["4000", "SELECT * FROM Invoice JOIN Customer"],
    ["4000", "SELECT * FROM Invoice, Customer"],
    ["4000", "SELECT * FROM Invoice GROUP BY CustomerRef"],
    ["4000", "SELECT * FROM Invoice WHERE TotalAmt != '0'"],
    ["4000", "SELECT * FROM Invoice WHERE DocNumber = 1001'"],
    ["4000", "SELECT * FROM Invoice MAXRESULTS ten"],
    ["4000", "DELETE FROM Invoice"],
    ["4000", ""],
    ["4001", "SELECT * FROM Invoice STARTPOSITION 0"],
    ["4001", "SELECT * FROM Invoice MAXRESULTS 1001"],
    ["4001", "SELECT * FROM Invoice MAXRESULTS 0"],
    ["4001", "SELECT * FROM Invoice WHERE Id > '5'"],
    ["4001", "SELECT * FROM Invoice WHERE Id LIKE '5%'"],
    ["4001", "SELECT * FROM SalesOrder"],
    ["4001", "SELECT * FROM Payment WHERE DocNumber = '1'"],
    ["4001", "SELECT * FROM Payment WHERE UnappliedAmt > '0'"],
    ["4001", "SELECT * FROM CreditMemo WHERE RemainingCredit > '0'"],
    ["4001", "SELECT * FROM Deposit WHERE TotalAmt > '0'"],
    ["4001", "SELECT * FROM JournalEntry WHERE TotalAmt > '0'"],
    ["4001", "SELECT * FROM Transfer ORDERBY TotalAmt"],
    ["4001", "SELECT * FROM Invoice WHERE LinkedTxn = '1'"],
    ["4001", "SELECT * FROM Invoice WHERE Nonsense = '1'"],
    ["4001", "SELECT * FROM Invoice WHERE TxnDate > 'yesterday'"],
    ["4001", "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > '2024-01-01T00:00:00 07:00'"],
    ["4001", "SELECT * FROM Invoice WHERE TotalAmt > 'much'"],
  ])("%s: %s", async (code, statement) => {
    const answered = await query(running, statement);
    expect([answered.status, fault(answered).code]).toEqual([400, code]);
    expect(fault(answered).type).toBe("ValidationFault");
    expect(answered.headers.get("qbo-version")).toBeNull();
  });

  test("says whether a property exists at all", async () => {
    const known = await query(running, "SELECT * FROM Invoice WHERE EmailStatus = 'NotSet'");
    expect(fault(known).detail).toContain("property 'EmailStatus' is not queryable");
    const unknown = await query(running, "SELECT * FROM Invoice WHERE Foo = '1'");
    expect(fault(unknown).detail).toContain("Property Foo not found for Entity Invoice");
  });

  test("names a kind that the subscription lacks", async () => {
    const realm = await addRealm(running, {
      records: 500,
      seed: 1,
      without: ["InventoryAdjustment"],
    });
    const answered = await query(running, "SELECT * FROM InventoryAdjustment", realm);
    expect([answered.status, fault(answered).code]).toEqual([400, "5030"]);
  });
});

describe("a client that does not ask for JSON", () => {
  test("gets XML, for answers and for faults", async () => {
    const accept = { headers: { accept: "*/*" } };
    const answered = await api(running, "query?query=select%20*%20from%20Invoice", accept);
    expect(answered.headers.get("content-type")).toContain("application/xml");
    expect(answered.text).toContain("<IntuitResponse");
    const refused = await api(running, "query?query=select", accept);
    expect(refused.text).toContain('<Error code="4000">');
    const asked = await api(running, "query?format=json&query=select%20*%20from%20Invoice", accept);
    expect(rowsIn(asked)).toHaveLength(100);
  });
});

describe("single documents", () => {
  test("are read by id, and refused with 610 when they are not there", async () => {
    const [row] = await truth(running, "Bill");
    const answered = await api(running, `bill/${row?.Id}`);
    expect(answered.json()["Bill"]).toEqual(JSON.parse(row?.payload ?? ""));
    for (const path of ["bill/99999999", `invoice/${row?.Id}`, "bill/x"]) {
      const refused = await api(running, path);
      expect([refused.status, fault(refused).code], path).toEqual([400, "610"]);
    }
  });

  test("tell whose books these are", async () => {
    const info = await api(running, `companyinfo/${running.realm}`);
    expect(info.json()).toMatchObject({
      CompanyInfo: { Country: "US", CompanyName: expect.stringContaining("Craig") },
    });
    const preferences = await api(running, "preferences");
    expect(preferences.json()).toMatchObject({
      Preferences: { CurrencyPrefs: { HomeCurrency: { value: "USD" } } },
    });
  });

  test("cannot be written yet", async () => {
    const answered = await api(running, "invoice", { method: "POST", body: "{}" });
    expect([answered.status, fault(answered).code]).toEqual([400, "500"]);
  });
});

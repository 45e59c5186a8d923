import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectBooksToAgree } from "./ledger.ts";
import {
  KINDS,
  LISTS,
  addRealm,
  api,
  control,
  count,
  fault,
  payloads,
  rows,
  startSimulator,
  truth,
  type Running,
} from "./running.ts";

let running: Running;
let realm: string;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
});
beforeEach(async () => {
  realm = await addRealm(running, { records: 1200, seed: 4 });
});
afterAll(() => running.stop());

async function change(...changes: object[]): Promise<string[]> {
  const answered = await control(running, "POST changes", { realm, changes });
  return [answered["ids"]].flat().map(String);
}

const one = async (kind: string, id: string) =>
  (await truth(running, kind, realm)).find(({ Id }) => Id === id);

describe("a change at run time", () => {
  test.each(KINDS)("creates, updates and deletes %s", async (kind) => {
    const before = (await truth(running, kind, realm)).length;
    const [id = ""] = await change({ op: "create", entity: kind });
    const made = await one(kind, id);
    expect(made?.["SyncToken"]).toBe("0");
    expect(Date.now() - Date.parse(String(made?.["LastUpdatedTime"]))).toBeLessThan(5000);
    await change({ op: "update", entity: kind, id, at: "2027-01-01T00:00:00Z" });
    expect(await one(kind, id)).toMatchObject({
      SyncToken: "1",
      LastUpdatedTime: "2026-12-31T16:00:00-08:00",
    });
    const all = LISTS.has(kind) ? " WHERE Active IN (true,false)" : "";
    const first = `SELECT * FROM ${kind}${all} ORDERBY MetaData.LastUpdatedTime DESC MAXRESULTS 1`;
    expect((await rows(running, first, realm))[0]?.Id).toBe(id);
    await change({ op: "delete", entity: kind, id });
    if (LISTS.has(kind)) {
      expect(await one(kind, id)).toMatchObject({ Active: false, SyncToken: "2" });
    } else {
      expect(await one(kind, id)).toBeUndefined();
      expect(await count(running, kind, realm)).toBe(before);
      const read = await api(running, `${kind.toLowerCase()}/${id}`, { realm });
      expect(fault(read).code).toBe("610");
    }
    await expectBooksToAgree(running, realm);
  });

  test("pays an invoice, wholly and in part, and moves what it touches", async () => {
    const open = (await truth(running, "Invoice", realm)).filter(
      ({ Balance }) => Number(Balance) > 9,
    );
    const [id = ""] = open.map(({ Id }) => Id);
    const before = JSON.parse(open[0]?.payload ?? "");
    const customerId = before.CustomerRef.value;
    const customer = await one("Customer", customerId);
    const [part = ""] = await change({ op: "pay", id, cents: 500, at: "2027-02-01T00:00:00Z" });
    const after = await one("Invoice", id);
    expect(Number(after?.["Balance"])).toBeCloseTo(before.Balance - 5, 2);
    expect(Number(after?.["SyncToken"])).toBe(Number(before.SyncToken) + 1);
    expect(JSON.parse(after?.payload ?? "").LinkedTxn[0]).toEqual({
      TxnId: part,
      TxnType: "Payment",
    });
    // The customer's time moves with its balance, its SyncToken does not.
    const moved = await one("Customer", customerId);
    expect(moved?.["SyncToken"]).toBe(customer?.["SyncToken"]);
    expect(moved?.["LastUpdatedTime"]).toBe("2027-01-31T16:00:00-08:00");
    await change({ op: "pay", id });
    expect((await one("Invoice", id))?.["Balance"]).toBe(0);
    await expectBooksToAgree(running, realm);
    await expect(change({ op: "pay", id })).rejects.toThrow("0 cents open");
  });

  test("keeps the books in agreement whatever is deleted", async () => {
    for (const entity of [
      "Payment",
      "Invoice",
      "CreditMemo",
      "Bill",
      "BillPayment",
      "VendorCredit",
    ]) {
      const ids = await change({ op: "delete", entity, count: entity === "VendorCredit" ? 2 : 6 });
      expect(ids.length, entity).toBeGreaterThan(0);
      await expectBooksToAgree(running, realm);
    }
    await change({ op: "delete", entity: "Deposit", count: 3 });
    await change({ op: "delete", entity: "Payment", count: 20 });
    await expectBooksToAgree(running, realm);
  });

  test("deletes a deposit without a trace in the payments it held", async () => {
    const held = (await payloads(running, "Payment", realm)).find(
      (row) => Object(row["LinkedTxn"])[0]?.TxnType === "Deposit",
    );
    const id = String(held?.Id);
    await expect(change({ op: "delete", entity: "Payment", id })).rejects.toThrow("6540");
    const deposit = Object(held?.["LinkedTxn"])[0].TxnId;
    const before = await one("Payment", id);
    await change({ op: "delete", entity: "Deposit", id: deposit });
    const after = await one("Payment", id);
    expect(JSON.parse(after?.payload ?? "").LinkedTxn).toEqual([]);
    expect(after?.["LastUpdatedTime"]).toBe(before?.["LastUpdatedTime"]);
    expect(after?.["SyncToken"]).toBe(before?.["SyncToken"]);
  });

  test("moves thousands of rows into one second", async () => {
    const big = await addRealm(running, { records: 20_000, seed: 4 });
    const at = "2026-03-03T03:03:03Z";
    const changes = [{ op: "update", entity: "Invoice", count: 3000, at }];
    const { ids } = await control(running, "POST changes", { realm: big, changes });
    expect(new Set([ids].flat()).size).toBe(3000);
    expect(await count(running, `Invoice WHERE MetaData.LastUpdatedTime = '${at}'`, big)).toBe(
      3000,
    );
    const { realms } = await control(running, "GET state");
    const state = [realms].flat().find((entry) => Object(entry).realmId === big);
    expect(Object(state).counts.Invoice).toBe((await truth(running, "Invoice", big)).length);
  });

  test("refuses what cannot be, with a sentence", async () => {
    await expect(change({ op: "update", entity: "Invoice", id: "1" })).rejects.toThrow(
      "no Invoice",
    );
    await expect(change({ op: "delete", entity: "Term", count: 500 })).rejects.toThrow("only");
    await expect(change({ op: "explode", entity: "Invoice" })).rejects.toThrow("400");
    await expect(change({ op: "create", entity: "Invoices" })).rejects.toThrow("400");
  });
});

describe("changes between pages", () => {
  const page = "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime MAXRESULTS 100";

  test("happen just before every n-th page", async () => {
    const changes = [{ op: "delete", entity: "Invoice", count: 2 }];
    await control(running, "POST between-pages", {
      realm,
      entity: "Invoice",
      everyPages: 2,
      changes,
    });
    const before = await count(running, "Invoice", realm);
    await rows(running, page, realm);
    expect(await count(running, "Invoice", realm)).toBe(before);
    await rows(running, "SELECT * FROM Bill", realm);
    await rows(running, page, realm);
    expect(await count(running, "Invoice", realm)).toBe(before - 2);
    await rows(running, page, realm);
    await rows(running, page, realm);
    expect(await count(running, "Invoice", realm)).toBe(before - 4);
    await control(running, "DELETE between-pages");
    await rows(running, page, realm);
    await rows(running, page, realm);
    expect(await count(running, "Invoice", realm)).toBe(before - 4);
  });

  test("make a walk by position alone lose rows, as it does in QuickBooks", async () => {
    const changes = [{ op: "update", entity: "Invoice", count: 20 }];
    await control(running, "POST between-pages", { realm, everyPages: 1, changes });
    const seen = new Set<string>();
    for (let start = 1; start < 600; start += 100) {
      const statement = page.replace(" MAXRESULTS", ` STARTPOSITION ${start} MAXRESULTS`);
      for (const { Id } of await rows(running, statement, realm)) seen.add(Id);
    }
    await control(running, "DELETE between-pages");
    expect(seen.size).toBeLessThan((await truth(running, "Invoice", realm)).length);
  });
});

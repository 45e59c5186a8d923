import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  KINDS,
  addRealm,
  api,
  control,
  fault,
  startSimulator,
  truth,
  type Reply,
  type Row,
  type Running,
} from "./running.ts";

let running: Running;
let realm: string;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
});
beforeEach(async () => {
  realm = await addRealm(running, { records: 6000, seed: 6 });
});
afterAll(() => running.stop());

const DAY_MS = 86_400_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

const cdc = (entities: string, since: string): Promise<Reply> =>
  api(running, `cdc?entities=${entities}&changedSince=${encodeURIComponent(since)}`, { realm });

/** The groups of an answer by kind; kinds without changes are absent. */
function groups(answered: Reply): Record<string, Row[]> {
  const [response] = [answered.json()["CDCResponse"]].flat();
  const list: object[] = Object(response).QueryResponse;
  const found: Record<string, Row[]> = {};
  for (const group of list) {
    for (const [kind, value] of Object.entries(group))
      if (Array.isArray(value)) found[kind] = value;
  }
  return found;
}

async function change(...changes: object[]): Promise<string[]> {
  const answered = await control(running, "POST changes", { realm, changes });
  return [answered["ids"]].flat().map(String);
}

describe("change data capture", () => {
  test("gives what changed, whole and oldest first, and nothing where nothing did", async () => {
    const since = Date.now() - 20 * DAY_MS;
    const answered = await cdc("Invoice,Class", new Date(since).toISOString());
    const invoices = groups(answered)["Invoice"] ?? [];
    const wanted = (await truth(running, "Invoice", realm)).filter(
      (row) => Date.parse(String(row["LastUpdatedTime"])) >= Math.floor(since / 1000) * 1000,
    );
    expect(new Map(invoices.map((row) => [row.Id, row]))).toEqual(
      new Map(wanted.map((row) => [row.Id, JSON.parse(row.payload)])),
    );
    const times = invoices.map((row) => Date.parse(Object(row["MetaData"]).LastUpdatedTime));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const quiet = await cdc("Transfer", ago(-DAY_MS));
    expect(quiet.json()["CDCResponse"]).toEqual([{ QueryResponse: [{}] }]);
    expect(quiet.json()["time"]).toMatch(/\.\d{3}-0[78]:00$/);
  });

  test("shows deletions without SyncToken, and lists that went inactive as they are", async () => {
    const since = ago(2000);
    const [invoice] = await change({ op: "delete", entity: "Invoice", count: 1 });
    const [customer] = await change({ op: "delete", entity: "Customer", count: 1 });
    const found = groups(await cdc("invoice,customer", since));
    const tombstone = found["Invoice"]?.find(({ Id }) => Id === invoice);
    expect(tombstone).toEqual({
      domain: "QBO",
      status: "Deleted",
      Id: invoice,
      MetaData: { LastUpdatedTime: expect.stringMatching(/-0[78]:00$/) },
    });
    expect(found["Customer"]?.find(({ Id }) => Id === customer)).toMatchObject({ Active: false });
  });

  test("stops at 1000 objects in all, or of each kind when told so", async () => {
    const changes = ["Invoice", "Payment"].map((entity) => ({ op: "update", entity, count: 900 }));
    const since = ago(2000);
    await change(...changes);
    const sum = (answered: Reply): number =>
      Object.values(groups(answered)).reduce((all, list) => all + list.length, 0);
    expect(sum(await cdc("Invoice,Payment", since))).toBe(1000);
    await control(running, "POST settings", { cdcCap: "entity" });
    expect(sum(await cdc("Invoice,Payment", since))).toBe(1800);
    await control(running, "POST settings", { cdcCap: "total" });
  });

  test("looks back 30 days and no further", async () => {
    const found = groups(await cdc("Invoice", "2015-01-01T00:00:00-08:00"))["Invoice"] ?? [];
    const times = found.map((row) => Date.parse(Object(row["MetaData"]).LastUpdatedTime));
    expect(Math.min(...times)).toBeGreaterThan(Date.now() - 30 * DAY_MS - 2000);
    expect(found.length).toBeGreaterThan(0);
  });

  test.each([
    ["TimeActivity", ago(1000), "2030"],
    ["TaxCode", ago(1000), "2030"],
    ["Invoice,TaxRate", ago(1000), "2030"],
    ["Nonsense", ago(1000), "2030"],
    ["", ago(1000), "2020"],
    ["Invoice", "", "2020"],
    ["Invoice", "last week", "2060"],
  ])("refuses %s since %s", async (entities, since, code) => {
    const answered = await cdc(entities, since);
    expect([answered.status, fault(answered)]).toEqual([
      400,
      { code, detail: expect.any(String), type: "ValidationFault" },
    ]);
  });

  test("serves every other kind", async () => {
    const kinds = KINDS.filter((kind) => kind !== "TimeActivity" && kind !== "TaxCode");
    expect((await cdc(kinds.join(","), ago(1000))).status).toBe(200);
  });
});

describe("a batch", () => {
  const batch = (items: object[]): Promise<Reply> =>
    api(running, "batch", {
      realm,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ BatchItemRequest: items }),
    });

  test("answers each item for itself", async () => {
    const answered = await batch([
      { bId: "a", Query: "select * from Invoice maxresults 2" },
      { bId: "b", Query: "select nothing" },
      { bId: "c", CDCQuery: { Entities: "Invoice", ChangedSince: ago(1000) } },
      { bId: "d", operation: "create", Vendor: { DisplayName: "x" } },
    ]);
    expect(answered.status).toBe(200);
    const items = [answered.json()["BatchItemResponse"]].flat().map((item) => Object(item));
    expect(items.map(({ bId }) => bId)).toEqual(["a", "b", "c", "d"]);
    expect(items[0].QueryResponse.Invoice).toHaveLength(2);
    expect(items[1].Fault.Error[0].code).toBe("4000");
    expect(items[1].Fault).not.toHaveProperty("time");
    expect(items[2].CDCResponse[0].QueryResponse).toHaveLength(1);
    expect(items[3].Fault.Error[0].code).toBe("500");
  });

  test("holds 30 items and no more", async () => {
    const items = (n: number) =>
      Array.from({ length: n }, (_, bId) => ({
        bId: String(bId),
        Query: "select count(*) from Bill",
      }));
    expect((await batch(items(30))).status).toBe(200);
    const answered = await batch(items(31));
    expect([answered.status, fault(answered).code]).toEqual([400, "1040"]);
  });
});

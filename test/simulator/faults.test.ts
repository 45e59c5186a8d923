import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  addRealm,
  api,
  control,
  count,
  fault,
  query,
  rowsIn,
  startSimulator,
  tokenFor,
  truth,
  type Running,
} from "./running.ts";

const PAGE = "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime MAXRESULTS 100";
let running: Running;
beforeAll(async () => {
  running = await startSimulator("--records", "2000");
});
afterEach(async () => {
  await control(running, "DELETE faults");
});
afterAll(() => running.stop());

const order = (body: object) => control(running, "POST faults", body);

describe("a fault on demand", () => {
  test.each([
    ["unauthorized", 401, "3200"],
    ["forbidden", 403, "3201"],
    ["server-error", 500, "10000"],
    ["fault-200", 200, "10000"],
    ["subscription-ended", 400, "6190"],
    ["company-locked", 400, "140"],
    ["maintenance", 503, "150"],
    ["throttle-json", 429, "3001"],
  ])("%s answers %i with code %s, once", async (kind, status, code) => {
    await order({ kind });
    const answered = await query(running, PAGE);
    expect([answered.status, fault(answered).code]).toEqual([status, code]);
    expect((await query(running, PAGE)).status).toBe(200);
  });

  test("throttles in XML too, and says when to come back only if told to", async () => {
    await order({ kind: "throttle-xml", retryAfterSeconds: 7 });
    const answered = await query(running, PAGE);
    expect([answered.status, answered.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(answered.text).toContain('<Fault type="SERVICE"><Error code="3001">');
    await order({ kind: "throttle-json" });
    expect((await query(running, PAGE)).headers.get("retry-after")).toBeNull();
  });

  test("shows a gateway's page", async () => {
    await order({ kind: "unavailable-html" });
    const answered = await query(running, PAGE);
    expect([answered.status, answered.headers.get("content-type")]).toEqual([503, "text/html"]);
    expect(answered.text).toContain("<html>");
  });

  test("answers any fault that it is told", async () => {
    await order({
      kind: "any-fault",
      status: 400,
      code: "6210",
      message: "m",
      detail: "d",
      type: "t",
    });
    const answered = await query(running, PAGE);
    expect(fault(answered)).toEqual({ code: "6210", detail: "d", type: "t" });
  });

  test("cuts the connection midway", async () => {
    await order({ kind: "cut" });
    await expect(query(running, PAGE)).rejects.toThrow();
    expect((await query(running, PAGE)).status).toBe(200);
  });

  test("ends a body early that says it is whole", async () => {
    await order({ kind: "truncated" });
    const answered = await query(running, PAGE);
    expect(answered.status).toBe(200);
    expect(Number(answered.headers.get("content-length"))).toBe(Buffer.byteLength(answered.text));
    expect(() => answered.json()).toThrow();
  });

  test("is slow, or never answers", async () => {
    await order({ kind: "slow", ms: 300 });
    const began = Date.now();
    expect((await query(running, PAGE)).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(290);
    await order({ kind: "hang" });
    const signal = AbortSignal.timeout(300);
    await expect(api(running, `companyinfo/${running.realm}`, { signal })).rejects.toThrow();
  });

  test("befalls the requests it is meant for", async () => {
    const realm = await addRealm(running, { records: 200, seed: 1 });
    await order({ kind: "server-error", times: -1, match: { realm } });
    expect((await query(running, PAGE)).status).toBe(200);
    expect((await query(running, PAGE, realm)).status).toBe(500);
    expect((await query(running, PAGE, realm)).status).toBe(500);
    await control(running, "DELETE faults");
    await order({ kind: "server-error", match: { path: "cdc" } });
    await order({ kind: "throttle-json", match: { entity: "bill" } });
    await order({ kind: "unauthorized", match: { path: "query", contains: "COUNT(*)" } });
    expect((await query(running, PAGE)).status).toBe(200);
    expect((await query(running, "select * from Bill")).status).toBe(429);
    expect((await query(running, "SELECT COUNT(*) FROM Bill")).status).toBe(401);
    expect((await api(running, "cdc?entities=Bill&changedSince=2026-01-01")).status).toBe(500);
  });

  test("waits for its turn and comes as often as told", async () => {
    await order({ kind: "server-error", after: 2, times: 2 });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await query(running, PAGE)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200, 200]);
  });

  test("may befall the token endpoint", async () => {
    await order({ kind: "unavailable-html", match: { path: "token" } });
    const ask = () =>
      fetch(`${running.url}/oauth2/v1/tokens/bearer`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa("a:b")}` },
        body: "grant_type=refresh_token&refresh_token=x",
      });
    expect((await query(running, PAGE)).status).toBe(200);
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(400);
  });

  test.each([{ kind: "explode" }, { kind: "slow" }, { kind: "cut", match: { path: "moon" } }])(
    "is refused when it is none: %o",
    async (body) => {
      await expect(order(body)).rejects.toThrow("400");
    },
  );
});

describe("a poisoned row", () => {
  test("that QuickBooks refuses to show fails every page with it, but is counted", async () => {
    const realm = await addRealm(running, { records: 500, seed: 2 });
    const all = await truth(running, "Invoice", realm);
    const id = all[10]?.Id ?? "";
    await control(running, "POST poison", { realm, entity: "Invoice", id, how: "refuse" });
    const refused = await query(running, "SELECT * FROM Invoice MAXRESULTS 1000", realm);
    expect([refused.status, fault(refused).code]).toEqual([400, "4002"]);
    expect(await count(running, "Invoice", realm)).toBe(all.length);
    const alone = await query(running, `SELECT * FROM Invoice WHERE Id = '${id}'`, realm);
    expect(fault(alone).code).toBe("4002");
    const other = await query(running, `SELECT * FROM Invoice WHERE Id = '${all[11]?.Id}'`, realm);
    expect(rowsIn(other)).toHaveLength(1);
    const changes = [{ op: "update", entity: "Invoice", id }];
    await control(running, "POST changes", { realm, changes });
    const since = new Date(Date.now() - 60_000).toISOString();
    const cdc = await api(running, `cdc?entities=Invoice&changedSince=${since}`, { realm });
    expect(fault(cdc).code).toBe("4002");
  });

  test("of garbage leaves its page with braces and quotes that match", async () => {
    const realm = await addRealm(running, { records: 500, seed: 2 });
    const id = (await truth(running, "Bill", realm))[3]?.Id ?? "";
    await control(running, "POST poison", { realm, entity: "Bill", id, how: "garbage" });
    const answered = await query(running, "SELECT * FROM Bill MAXRESULTS 1000", realm);
    expect(answered.status).toBe(200);
    expect(() => answered.json()).toThrow();
    const bare = answered.text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    expect(bare.split("{").length).toBe(bare.split("}").length);
    expect(answered.text).toContain(`"Id":"${id}"`);
  });
});

describe("limits and metering", () => {
  test("refuse what is above 10 a second or 500 a minute, by company", async () => {
    const realm = await addRealm(running, { records: 100, seed: 1 });
    const other = await addRealm(running, { records: 100, seed: 1 });
    await tokenFor(running, realm);
    await tokenFor(running, other);
    await control(running, "POST settings", { requestsPerSecond: 10, requestsPerMinute: 15 });
    try {
      const ask = () => query(running, "select count(*) from Bill", realm);
      const burst = await Promise.all(Array.from({ length: 14 }, ask));
      const passed = burst.filter(({ status }) => status === 200);
      expect(passed).toHaveLength(10);
      expect(burst.filter(({ status }) => status === 429)).toHaveLength(4);
      expect((await query(running, PAGE, other)).status).toBe(200);
      await control(running, "POST settings", { requestsPerSecond: 0 });
      const rest = await Promise.all(Array.from({ length: 8 }, ask));
      expect(rest.filter(({ status }) => status === 200)).toHaveLength(5);
      await control(running, "POST settings", { retryAfterSeconds: 60 });
      expect((await ask()).headers.get("retry-after")).toBe("60");
    } finally {
      await control(running, "POST settings", {
        requestsPerSecond: 0,
        requestsPerMinute: 0,
        retryAfterSeconds: null,
      });
    }
  });

  test("count what was asked, and meter what was answered", async () => {
    const realm = await addRealm(running, { records: 1000, seed: 1 });
    const first = (await truth(running, "Bill", realm))[0]?.Id;
    await query(running, "select * from Invoice maxresults 7", realm);
    await query(running, "select nonsense", realm);
    await api(running, `companyinfo/${realm}`, { realm });
    await api(running, "preferences", { realm });
    await api(running, `bill/${first}`, { realm });
    await api(running, "cdc?entities=Class&changedSince=2026-01-01T00:00:00Z", { realm });
    await order({ kind: "fault-200" });
    await query(running, "select * from Bill", realm);
    expect(await control(running, `GET calls?realm=${realm}`)).toMatchObject({
      total: 7,
      metered: 5,
      perPath: { query: 3, cdc: 1, batch: 0, companyinfo: 1, preferences: 1, read: 1 },
      perStatus: { "200": 6, "400": 1 },
      rowsServed: 10,
      perSecondMax: expect.any(Number),
      perMinuteMax: 7,
    });
    const { queries } = await control(running, `GET calls?realm=${realm}`);
    expect([queries].flat()[0]).toEqual({
      at: expect.any(String),
      query: "select * from Invoice maxresults 7",
      status: 200,
      rows: 7,
    });
    await control(running, "DELETE calls");
    expect(await control(running, `GET calls?realm=${realm}`)).toMatchObject({
      total: 0,
      metered: 0,
    });
  });
});

describe("the control doors", () => {
  test.each([
    ["GET calls?realm=12", "404"],
    ["GET nonsense", "404"],
    ["POST realms", "records"],
    ["POST settings", "400"],
  ])("explain a mistake: %s", async (call, sentence) => {
    const body = call === "POST settings" ? { speed: 9 } : {};
    await expect(control(running, call, call.startsWith("GET") ? undefined : body)).rejects.toThrow(
      sentence,
    );
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LineTrouble } from "../../../simulator/desktop/web-connector/troubles.ts";
import { aPc, hostQuery, type Pc } from "./a-pc.ts";
import { SoapServer } from "./soap-server.ts";

const server = new SoapServer();
let pc: Pc;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  server.follow();
  pc = await aPc(server);
  server.follow({ sendRequestXML: () => hostQuery });
});

const befall = (trouble: object): number => pc.connector.troubles.add(LineTrouble.parse(trouble));

const withTrouble = (calls: { method: string; trouble?: string }[]) =>
  calls.filter(({ trouble }) => trouble !== undefined).map(({ method }) => method);

test("cut before: the server never has the answer, the run ends", async () => {
  befall({ kind: "cut-before", method: "receiveResponseXML" });
  const report = await pc.run();
  expect(report).toMatchObject({ how: "failed", code: "QBWC1042", exchanges: 1 });
  expect(server.calls("receiveResponseXML")).toHaveLength(0);
  expect(withTrouble(report.calls)).toEqual(["receiveResponseXML"]);
  expect((await pc.run()).how).toBe("finished");
});

test("cut after: the server has the answer, we do not know", async () => {
  befall({ kind: "cut-after", method: "receiveResponseXML" });
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1042" });
  expect(server.calls("receiveResponseXML")).toHaveLength(1);
  expect(server.methods).not.toContain("closeConnection");
});

test("the reply to sendRequestXML is lost: QuickBooks is never asked", async () => {
  befall({ kind: "cut-after", method: "sendRequestXML" });
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1041", exchanges: 0 });
  expect(server.calls("sendRequestXML")).toHaveLength(1);
});

test.each([true, false])("an answer is sent twice, at once: %s", async (atOnce) => {
  befall({ kind: "twice", method: "receiveResponseXML", atOnce });
  expect((await pc.run()).how).toBe("finished");
  const [first, second] = server.calls("receiveResponseXML");
  expect(second?.body).toBe(first?.body);
});

test("a slow line takes its time and breaks nothing", async () => {
  befall({ kind: "slow", ms: 150, method: "authenticate" });
  const report = await pc.run();
  expect(report.how).toBe("finished");
  expect(report.calls.find(({ method }) => method === "authenticate")?.ms).toBeGreaterThan(149);
});

test("a call that takes too long fails", async () => {
  pc.connector.settings = { ...pc.connector.settings, timeoutMs: 100 };
  server.follow({ authenticate: () => new Promise(() => undefined) });
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1012" });
});

test.each(["garbage", "torn"])("a reply that is %s ends the run", async (kind) => {
  befall({ kind, method: "sendRequestXML" });
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1041" });
  expect(server.calls("sendRequestXML")).toHaveLength(1);
});

test("a request that is garbage reaches the server as such", async () => {
  befall({ kind: "garbage-request", method: "receiveResponseXML" });
  expect(await pc.run()).toMatchObject({ how: "failed", code: "QBWC1042" });
  expect(server.calls("receiveResponseXML")).toHaveLength(0);
});

test("a foreign ticket", async () => {
  befall({ kind: "foreign-ticket", method: "receiveResponseXML", ticket: "somebody else's" });
  await pc.run();
  expect(server.calls("receiveResponseXML")[0]?.values["ticket"]).toBe("somebody else's");
  expect(server.calls("closeConnection")[0]?.values["ticket"]).toBe("the-ticket");
});

test("the old ticket once more, after closeConnection", async () => {
  befall({ kind: "old-ticket", method: "sendRequestXML" });
  const report = await pc.run();
  expect(report).toMatchObject({ how: "finished", status: "OK" });
  expect(server.methods.slice(-2)).toEqual(["closeConnection", "sendRequestXML"]);
  expect(server.received.at(-1)?.values["ticket"]).toBe("the-ticket");
});

test("a wrong password, typed", async () => {
  pc.application.password = "wrong";
  await pc.run();
  expect(server.calls("authenticate")[0]?.values["strPassword"]).toBe("wrong");
});

test("troubles count calls: some pass first, some are befallen", async () => {
  server.follow({
    sendRequestXML: () => hostQuery,
    receiveResponseXML: ({ nth }) => (nth < 6 ? 10 : 100),
  });
  befall({ kind: "twice", method: "receiveResponseXML", after: 1, times: 2 });
  const { calls } = await pc.run();
  const befallen = calls
    .filter(({ method }) => method === "receiveResponseXML")
    .map(({ trouble }) => trouble ?? "");
  expect(befallen).toEqual(["", "twice", "twice", ""]);
  expect(pc.connector.troubles.list()).toEqual([]);
});

test("a server that is away", async () => {
  const away = new SoapServer();
  await away.start();
  const lonely = await aPc(away);
  await away.stop();
  expect(await lonely.run()).toMatchObject({ how: "failed", code: "QBWC1036" });
});

describe("the Web Connector is killed", () => {
  test("before the answer leaves: the server waits for it, AppLock stays", async () => {
    befall({ kind: "die-before", method: "receiveResponseXML" });
    expect(await pc.run()).toMatchObject({ how: "died", code: null, exchanges: 1 });
    expect(server.methods.at(-1)).toBe("sendRequestXML");
    expect(pc.connector.isRunning).toBe(false);
    expect(pc.dataExtension("AppLock")).toMatch(/^LOCKED:/);
  });

  test("after the answer has arrived", async () => {
    befall({ kind: "die-after", method: "receiveResponseXML" });
    expect((await pc.run()).how).toBe("died");
    expect(server.calls("receiveResponseXML")).toHaveLength(1);
    expect(server.methods).not.toContain("closeConnection");
  });

  test("at any moment, from outside", async () => {
    server.follow({ authenticate: () => new Promise(() => undefined) });
    const running = pc.run();
    await expect.poll(() => server.methods).toContain("authenticate");
    pc.connector.die();
    expect((await running).how).toBe("died");
  });

  test("it does nothing until it is started, then all is as before", async () => {
    pc.connector.die();
    await expect(pc.run()).rejects.toThrow("is not running");
    pc.connector.start();
    expect((await pc.run()).how).toBe("finished");
    expect(pc.dataExtension("AppLock")).not.toMatch(/^LOCKED:/);
  });
});

describe("the PC sleeps", () => {
  test("no call is made, and the run goes on when it wakes up", async () => {
    server.follow({
      sendRequestXML: () => {
        pc.connector.pause();
        return hostQuery;
      },
    });
    const running = pc.run();
    await expect.poll(() => server.methods).toContain("sendRequestXML");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.methods).not.toContain("receiveResponseXML");
    pc.connector.resume();
    expect((await running).how).toBe("finished");
  });
});

test("two PCs with the same company file each have their own session", async () => {
  const other = await aPc(server, { host: "PC-2", beside: pc, userName: "pc-2" });
  server.follow({
    authenticate: ({ values }) => [`ticket of ${values["strUserName"]}`, ""],
    sendRequestXML: () => hostQuery,
  });
  const [first, second] = await Promise.all([pc.run(), other.run()]);
  expect(first).toMatchObject({ hostName: "PC-1", ticket: "ticket of pc-1", file: pc.path });
  expect(second).toMatchObject({ hostName: "PC-2", ticket: "ticket of pc-2", file: pc.path });
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { aPc, type Pc } from "./a-pc.ts";
import { aQwc } from "./qwc-text.ts";
import { SoapServer } from "./soap-server.ts";

const server = new SoapServer();
let pc: Pc;
let name = "";

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  server.follow();
  pc = await aPc(server);
  name = pc.application.qwc.appName;
  server.follow({ authenticate: () => ["t", "none"] });
});
afterEach(() => pc.connector.die());

const logins = (): number => server.calls("authenticate").length;
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("Auto-Run calls again and again, until it is switched off", async () => {
  pc.connector.startPolling(name, 30);
  await expect.poll(logins).toBeGreaterThanOrEqual(4);
  pc.connector.stopPolling(name);
  const before = logins();
  await pass(120);
  expect(logins() - before).toBeLessThanOrEqual(1);
  expect(pc.application.reports[0]).toMatchObject({ isAutoRun: true, how: "no-work" });
});

test("the third element postpones the run, whatever else was said", async () => {
  server.follow({ authenticate: ({ nth }) => ["t", nth === 1 ? "" : "none", "1"] });
  pc.connector.startPolling(name, 10);
  await expect.poll(() => pc.application.runs).toBe(1);
  expect(pc.application.reports[0]).toMatchObject({
    how: "postponed",
    status: "Update postponed by application",
  });
  expect(server.methods.at(-1)).toBe("authenticate");
  await pass(500);
  expect(logins()).toBe(1);
  await expect.poll(logins, { timeout: 3000 }).toBe(2);
});

test("the fourth element is a floor under the gap", async () => {
  server.follow({ authenticate: () => ["t", "none", "", "1"] });
  pc.connector.startPolling(name, 10);
  await expect.poll(logins).toBe(1);
  await pass(500);
  expect(logins()).toBe(1);
  await expect.poll(logins, { timeout: 3000 }).toBe(2);
});

test("a PC that sleeps makes no call for as long as it sleeps", async () => {
  pc.connector.startPolling(name, 20);
  await expect.poll(logins).toBeGreaterThanOrEqual(1);
  pc.connector.pause();
  await pass(60);
  const before = server.methods.length;
  await pass(150);
  expect(server.methods).toHaveLength(before);
  pc.connector.resume();
  await expect.poll(() => server.methods.length).toBeGreaterThan(before);
});

test("a Web Connector that is started again goes on with Auto-Run", async () => {
  pc.connector.startPolling(name, 20);
  await expect.poll(logins).toBeGreaterThanOrEqual(1);
  pc.connector.die();
  await pass(60);
  const before = logins();
  await pass(100);
  expect(logins()).toBe(before);
  pc.connector.start();
  await expect.poll(logins).toBeGreaterThan(before);
});

test("a run by hand waits for the one that is on", async () => {
  pc.connector.startPolling(name, 5);
  const reports = await Promise.all([pc.run(), pc.run(), pc.run()]);
  expect(reports.map(({ how, isAutoRun }) => [how, isAutoRun])).toEqual(
    reports.map(() => ["no-work", false]),
  );
  const rounds = server.methods.join(" ").split(" serverVersion");
  expect(new Set(rounds.slice(1, -1))).toEqual(
    new Set([" clientVersion authenticate closeConnection"]),
  );
});

test("Auto-Run goes by the schedule of the .qwc, once somebody switches it on", async () => {
  const scheduler = "<RunEveryNMinutes>2</RunEveryNMinutes>";
  await pc.connector.add(aQwc(server.url, { Scheduler: scheduler }), "secret");
  expect(pc.connector.applicationNamed(name).everyMs).toBeNull();
  pc.connector.startPolling(name);
  await expect.poll(logins).toBe(1);
  expect(pc.connector.applicationNamed(name).everyMs).toBe(120_000);
});

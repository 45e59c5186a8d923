import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { control, startSimulator, type Running } from "../running.ts";
import { hostQuery } from "./a-pc.ts";
import { aQwc } from "./qwc-text.ts";
import { SoapServer } from "./soap-server.ts";

const server = new SoapServer();
let running: Running;
let companies = 0;
let file = "";
let pc = "";

beforeAll(async () => {
  await server.start();
  running = await startSimulator("--records", "0");
});
afterAll(async () => {
  await running.stop();
  await server.stop();
});
beforeEach(async () => {
  companies++;
  file = `company-${companies}`;
  pc = `PC-${companies}`;
  await desktop("POST files", { name: file, records: 200, seed: companies });
  await desktop("POST pcs", { pc, file });
  server.follow();
  await desktop("POST applications", { pc, qwc: aQwc(server.url), password: "secret" });
  server.follow({ sendRequestXML: () => hostQuery });
});

const desktop = (call: string, body?: object) =>
  control(running, call.replace(" ", " desktop/"), body);

const list = async (call: string): Promise<{ id: string }[]> =>
  Object.values(Object(await desktop(call)));

test("a run is ordered and answers its report", async () => {
  expect(await desktop("POST run", { pc })).toMatchObject({ how: "finished", exchanges: 1 });
  expect(await desktop(`GET reports?pc=${pc}`)).toMatchObject({ runs: 1 });
  const asked = await desktop(`GET requests?pc=${pc}`);
  expect(asked["perQuery"]).toMatchObject({ HostQuery: 2, CompanyQuery: 2, PreferencesQuery: 1 });
});

test("the state names files, PCs and their applications", async () => {
  const state = await desktop("GET state");
  expect([state["files"]].flat()).toContainEqual(expect.objectContaining({ file }));
  expect([state["pcs"]].flat()).toContainEqual(
    expect.objectContaining({
      pc,
      isRunning: true,
      isAsleep: false,
      applications: [expect.objectContaining({ application: "Evenbooks test", runs: 0 })],
    }),
  );
});

test("a refused .qwc is told with its code", async () => {
  const order = { pc, qwc: aQwc("https://10.0.0.1/qbwc"), password: "p" };
  await expect(desktop("POST applications", order)).rejects.toThrow(/^422 .*QBWC1001/);
});

test("passwords, Auto-Run, the line and the power are in hand", async () => {
  await desktop("POST password", { pc, password: "other" });
  await desktop("POST line", { pc, trouble: { kind: "twice", method: "authenticate" } });
  await desktop("POST polling", { pc, everyMs: 20 });
  await expect.poll(() => server.calls("closeConnection").length).toBeGreaterThan(1);
  expect(server.calls("authenticate")[1]?.values["strPassword"]).toBe("other");
  expect(await desktop("POST power", { pc, to: "die" })).toMatchObject({ isRunning: false });
  await expect(desktop("POST run", { pc })).rejects.toThrow(/^409/);
  await desktop("POST power", { pc, to: "start" });
  await desktop("POST polling", { pc, everyMs: null });
  await desktop("POST line", { pc, trouble: { kind: "cut-before" } });
  await desktop(`DELETE line?pc=${pc}`);
  expect(await desktop("POST run", { pc })).toMatchObject({ how: "finished" });
});

describe("QuickBooks and its files", () => {
  test("what happens to QuickBooks is ordered, and a run shows it", async () => {
    await desktop("POST quickbooks", { pc, settings: { isModalOpen: true } });
    await desktop("POST settings", { pc, settings: { secondTryMs: 1 } });
    expect(await desktop("POST run", { pc })).toMatchObject({ how: "quickbooks-refused" });
    expect(server.calls("connectionError")[0]?.values["hresult"]).toBe("0x80040414");
  });

  test("QuickBooks that does not open takes no .qwc", async () => {
    await desktop("POST quickbooks", { pc, show: null });
    const order = { pc, qwc: aQwc(server.url, { AppName: "Late" }), password: "p" };
    await expect(desktop("POST applications", order)).rejects.toThrow(/QBWC1023/);
  });

  test("records are made, edited and deleted", async () => {
    const before = Number((await desktop(`GET counts?file=${file}`))["Customer"]);
    const create = { do: "create", kind: "Customer", draft: { name: "Ada" } };
    const { ids } = await desktop("POST changes", { file, changes: [create] });
    const [id = ""] = [ids].flat().map(String);
    const edit = { do: "edit", kind: "Customer", id, draft: { name: "Ada B" } };
    await desktop("POST changes", { file, changes: [edit] });
    const records = await list(`GET records?file=${file}&kind=Customer`);
    expect(records).toHaveLength(before + 1);
    expect(records.find((one) => one.id === id)).toMatchObject({ name: "Ada B" });
    await desktop("POST changes", { file, changes: [{ do: "delete", kind: "Customer", id }] });
    expect(await list(`GET records?file=${file}&kind=Customer`)).toHaveLength(before);
  });

  test("a payment is put on an invoice, and a change that cannot be is told", async () => {
    const draft = { totalCents: 100 };
    const create = { do: "create", kind: "ReceivePayment", draft };
    const { ids } = await desktop("POST changes", { file, changes: [create] });
    const from = { kind: "ReceivePayment", id: [ids].flat().map(String)[0] };
    const apply = { do: "apply", from, to: { kind: "Invoice", id: "no such" }, cents: 100 };
    await expect(desktop("POST changes", { file, changes: [apply] })).rejects.toThrow(/^422.*3120/);
  });

  test("a backup is put back", async () => {
    const { backup } = await desktop("POST backups", { file });
    const before = await desktop(`GET counts?file=${file}`);
    await desktop("POST changes", { file, changes: [{ do: "create", kind: "Vendor" }] });
    expect(await desktop(`GET counts?file=${file}`)).not.toEqual(before);
    await desktop("POST restores", { file, backup });
    expect(await desktop(`GET counts?file=${file}`)).toEqual(before);
  });

  test("a file moves, is copied, and is opened on another PC", async () => {
    await desktop("POST moves", { file, path: "D:\\moved.qbw" });
    await desktop("POST copies", { file, path: "D:\\copy.qbw", name: `${file}-copy` });
    await desktop("POST pcs", { pc: `${pc}-b`, file: `${file}-copy` });
    await desktop("POST quickbooks", { pc: `${pc}-b`, reach: [file], show: file });
    const state = await desktop("GET state");
    expect([state["pcs"]].flat()).toContainEqual(
      expect.objectContaining({ pc: `${pc}-b`, file: "D:\\moved.qbw" }),
    );
  });
});

test.each([
  ["POST nowhere", {}, /^404 .*GET state/],
  ["POST run", { pc: "nobody" }, /^404/],
  ["POST files", { name: "tiny", records: 3 }, /^400/],
  ["POST line", { pc: "x", trouble: { kind: "lightning" } }, /^400/],
])("%s %j is answered with a sentence", async (call, body, said) => {
  await expect(desktop(call, body)).rejects.toThrow(said);
});

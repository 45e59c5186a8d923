import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aPc, type Pc } from "./a-pc.ts";
import { aQwc } from "./qwc-text.ts";
import { SoapServer } from "./soap-server.ts";

const OTHER = "{11111111-2222-3333-4444-555555555555}";
const server = new SoapServer();
let pc: Pc;

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(async () => {
  server.follow();
  pc = await aPc(server);
});

test("FileID is put into the company file, under OwnerID", () => {
  expect(pc.dataExtension("FileID")).toBe("{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}");
  expect(server.methods).toEqual([]);
});

test("the same file once more replaces the entry", async () => {
  await pc.connector.add(aQwc(server.url, { UserName: "pc-1-new" }), "new");
  expect([...pc.connector.applications.values()]).toMatchObject([
    { password: "new", qwc: { userName: "pc-1-new" } },
  ]);
});

test("a pair that is in the file already is refused, unless Intuit's tool took it out", async () => {
  const again = aQwc(server.url, { AppName: "Another name" });
  await expect(pc.connector.add(again, "p")).rejects.toMatchObject({ code: "QBWC1039" });
  expect(pc.connector.applications.size).toBe(1);
  await pc.connector.add(again, "p", true);
  expect(pc.connector.applications.size).toBe(2);
});

test("another FileID under the same OwnerID is refused, another pair is not", async () => {
  const other = { AppName: "Second", FileID: OTHER };
  await expect(pc.connector.add(aQwc(server.url, other), "p")).rejects.toMatchObject({
    code: "QBWC1039",
  });
  await pc.connector.add(aQwc(server.url, { ...other, OwnerID: OTHER }), "p");
  expect(pc.connector.applications.size).toBe(2);
});

test("an application that may only read cannot be added", async () => {
  const pair = { AppName: "Reader", OwnerID: OTHER, FileID: OTHER, IsReadOnly: "true" };
  await expect(pc.connector.add(aQwc(server.url, pair), "p")).rejects.toMatchObject({
    code: "QBWC1039",
  });
});

test("a support page that is away is seen before the company file is touched", async () => {
  server.supportStatus = 404;
  const pair = { AppName: "Lost", OwnerID: OTHER, FileID: OTHER };
  await expect(pc.connector.add(aQwc(server.url, pair), "p")).rejects.toMatchObject({
    code: "QBWC1003",
  });
  server.supportStatus = 200;
  await pc.connector.add(aQwc(server.url, pair), "p");
});

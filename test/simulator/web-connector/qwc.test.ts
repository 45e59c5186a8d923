import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { QwcRefused, readQwc, visitSupport } from "../../../simulator/desktop/web-connector/qwc.ts";
import { aQwc, type QwcValues } from "./qwc-text.ts";
import { SoapServer } from "./soap-server.ts";

const HTTPS = "https://books.example.com/qbwc";

function codeOf(text: string): string {
  try {
    readQwc(text);
  } catch (error) {
    if (error instanceof QwcRefused) return error.code;
    throw error;
  }
  return "taken";
}

const refusals: [what: string, url: string, values: QwcValues, code: string][] = [
  ["another domain for support", HTTPS, { AppSupport: "https://example.org/" }, "QBWC1000"],
  ["an IP address", "https://127.0.0.1/qbwc", {}, "QBWC1001"],
  ["an IPv6 address", "https://[::1]/qbwc", {}, "QBWC1001"],
  ["an IP address for support", HTTPS, { AppSupport: "https://10.0.0.1/" }, "QBWC1002"],
  ["http", "http://books.example.com/qbwc", {}, "QBWC1010"],
  ["AuthFlags that are no mask", HTTPS, { AuthFlags: "Pro" }, "QBWC1034"],
  ["AuthFlags of an unknown edition", HTTPS, { AuthFlags: "0x10" }, "QBWC1034"],
  ["no OwnerID", HTTPS, { OwnerID: undefined }, "QBWC1039"],
  ["an empty UserName", HTTPS, { UserName: "" }, "QBWC1039"],
  ["no AppID, not even empty", HTTPS, { AppID: undefined }, "QBWC1039"],
  ["no QBType", HTTPS, { QBType: undefined }, "QBWC1039"],
  [
    "a FileID without braces",
    HTTPS,
    { FileID: "90A44FB5-33D9-4815-AC85-BC87A7E7D1EB" },
    "QBWC1039",
  ],
  ["a long description", HTTPS, { AppDescription: "x".repeat(81) }, "QBWC1039"],
  ["a gap of nothing", HTTPS, { Scheduler: "<RunEveryNMinutes>0</RunEveryNMinutes>" }, "QBWC1039"],
  ["an address that is none", HTTPS, { AppSupport: "help desk" }, "QBWC1039"],
];

test.each(refusals)("%s is refused", (_what, url, values, code) => {
  expect(codeOf(aQwc(url, values))).toBe(code);
});

test("a file that is no .qwc is refused", () => {
  expect(codeOf("<QBWCXML>")).toBe("QBWC1039");
  expect(codeOf("<Other/>")).toBe("QBWC1039");
  expect(codeOf(`\uFEFF${aQwc(HTTPS)}`)).toBe("QBWC1039");
});

test.each([
  ["https", HTTPS, {}],
  ["https on localhost", "https://localhost/qbwc", {}],
  ["http on localhost", "http://localhost:4000/qbwc", {}],
  ["support on another host of the domain", HTTPS, { AppSupport: "http://www.example.com/help" }],
])("%s is taken", (_what, url, values) => {
  expect(codeOf(aQwc(url, values))).toBe("taken");
});

test("the first element of the scheduler counts", () => {
  const every = (inner: string) => readQwc(aQwc(HTTPS, { Scheduler: inner })).everySeconds;
  expect(every("<RunEveryNMinutes>2</RunEveryNMinutes>")).toBe(120);
  expect(every("<RunEveryNSeconds>30</RunEveryNSeconds>")).toBe(30);
  expect(
    every("<RunEveryNSeconds>30</RunEveryNSeconds><RunEveryNMinutes>2</RunEveryNMinutes>"),
  ).toBe(30);
  expect(readQwc(aQwc(HTTPS)).everySeconds).toBeUndefined();
});

describe("the support page", () => {
  const server = new SoapServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => server.follow());

  test.each([200, 202])("may answer %d", async (status) => {
    server.supportStatus = status;
    await visitSupport(readQwc(aQwc(server.url)));
  });

  test.each([204, 404, 500])("may not answer %d", async (status) => {
    server.supportStatus = status;
    await expect(visitSupport(readQwc(aQwc(server.url)))).rejects.toMatchObject({
      code: "QBWC1003",
    });
  });

  test("has to be there", async () => {
    const gone = new SoapServer();
    await gone.start();
    await gone.stop();
    await expect(visitSupport(readQwc(aQwc(gone.url)))).rejects.toMatchObject({ code: "QBWC1004" });
  });
});

const contract = process.env["CONTRACT_DIR"];
describe.skipIf(contract === undefined)("published .qwc files (needs CONTRACT_DIR)", () => {
  const folder = join(contract ?? "", "contract/qbwc");
  const names =
    contract === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith("qwc"));
  test.each(names)("%s is taken", (name) => {
    expect(codeOf(readFileSync(join(folder, name), "utf8"))).toBe("taken");
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { POLICY } from "../../../core/faults.ts";
import { faultIn, faultOfHresult, faultOfStatus } from "../../../quickbooks/desktop/faults.ts";

const contract = process.env["CONTRACT_DIR"];

describe("what an HRESULT means", () => {
  test.each([
    ["0x80040400", "request-refused"],
    ["0x80040403", "file-unavailable"],
    ["0x80040406", "file-unavailable"],
    ["0x80040409", "release-unsupported"],
    ["0x8004040A", "other-file-open"],
    ["0x80040410", "single-user-mode"],
    ["0x80040414", "modal-open"],
    ["0x80040416", "quickbooks-closed"],
    ["0x80040417", "quickbooks-closed"],
    ["0x80040418", "permission-missing"],
    ["0x8004041A", "permission-missing"],
    ["0x8004041B", "record-locked"],
    ["0x8004041D", "quickbooks-closed"],
    ["0x80040420", "permission-missing"],
    ["0x80040422", "single-user-mode"],
    ["0x80040423", "release-unsupported"],
    ["0x80010105", "quickbooks-unreachable"],
    ["0x80040402", "quickbooks-unreachable"],
    ["0x8004040D", "quickbooks-unreachable"],
    ["0x80040436", "quickbooks-unreachable"],
  ])("%s is %s", (hresult, kind) => {
    expect(faultOfHresult(hresult, "said so")).toMatchObject({
      kind,
      rawCode: hresult,
      rawMessage: "said so",
    });
  });

  test("however it is written", () => {
    for (const written of [
      "0x8004040a",
      "8004040A",
      "0X8004040a",
      " 0x08004040A ",
      "0x0008004040a",
    ]) {
      expect(faultOfHresult(written, "")).toMatchObject({
        kind: "other-file-open",
        rawCode: "0x8004040A",
      });
    }
  });

  test("one that nobody knows is shown as it came, and nothing too long is kept", () => {
    const fault = faultOfHresult("0x800706BA", "The RPC server is unavailable.");
    expect(fault).toMatchObject({
      kind: "quickbooks-unreachable",
      message: "The RPC server is unavailable.",
      rawCode: "0x800706BA",
    });
    const long = faultOfHresult("x".repeat(1000), "y".repeat(10_000));
    expect(JSON.stringify(long).length).toBeLessThan(2_000);
  });
});

describe("what a status means", () => {
  test.each([
    [3175, "failed to acquire the lock", "record-locked"],
    [3176, "list element is in use", "record-locked"],
    [3170, "The list has been modified by another user.", "record-locked"],
    [3170, "This transaction type cannot be modified.", "request-refused"],
    [3180, "the list has been modified by another user", "record-locked"],
    [3180, "save failed", "request-refused"],
    [3250, "not enabled", "kind-not-available"],
    [3260, "no permission", "kind-not-available"],
    [3261, "no permission", "kind-not-available"],
    [3262, "no payroll", "kind-not-available"],
    [1000, "internal error", "page-refused"],
    [3205, "who knows", "unknown-fault"],
    [7777, "new", "unknown-fault"],
    [2345, "online", "request-refused"],
  ])("%i (%s) is %s", (statusCode, statusMessage, kind) => {
    expect(faultIn({ statusCode, statusMessage })).toMatchObject({
      kind,
      rawCode: String(statusCode),
      rawMessage: statusMessage,
    });
  });

  test.each([0, 1, 500, 530])("%i is none for a question", (statusCode) => {
    expect(faultIn({ statusCode, statusMessage: "" })).toBeNull();
  });

  test.skipIf(contract === undefined)(
    "every code of the fact sheet has a meaning of its own",
    () => {
      const sheet = readFileSync(join(contract ?? "", "facts", "quickbooks-desktop.md"), "utf8");
      const statuses = sheet.slice(sheet.indexOf("### 4.1"), sheet.indexOf("### 4.2"));
      const codes = [...statuses.matchAll(/^\| ([\d, /()-]+) \|/gm)].flatMap(
        ([, cell = ""]) => cell.match(/\d{3,4}/g) ?? [],
      );
      expect(codes.length).toBeGreaterThan(50);
      for (const code of codes) {
        const fault = faultOfStatus({ statusCode: Number(code), statusMessage: "text" });
        expect(POLICY[fault.kind].nextStep).not.toBe("");
        const isUnknown = fault.message.startsWith("QuickBooks refused a request.");
        expect(isUnknown, code).toBe(code === "3500");
      }
    },
  );
});

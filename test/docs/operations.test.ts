import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { FAULT_KINDS, POLICY } from "../../core/faults.ts";
import { ROOT } from "../../dev/node-process.ts";

const text = await readFile(join(ROOT, "docs/operations.md"), "utf8");

/** The table of faults: kind, what happened, tried again, who acts, what to do. */
const rows = new Map(
  text
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 7)
    .map(([, kind = "", ...cells]) => [kind.replaceAll("`", ""), cells]),
);

const TRIED_AGAIN = {
  after: "after a time",
  backoff: "ever slower",
  contact: "at the next contact",
  word: "when a person says so",
  never: "no",
};

describe("the runbook", () => {
  test.each(FAULT_KINDS)("has a row for the fault %s that says what its policy says", (kind) => {
    const { retry, whose, disconnects } = POLICY[kind];
    const [happened = "", again, who] = rows.get(kind) ?? [];
    expect(again, `docs/operations.md has no row for ${kind}`).toBe(TRIED_AGAIN[retry]);
    expect(who).toBe(whose === "system" ? "nobody" : whose);
    expect(happened.includes("is disconnected")).toBe(disconnects);
  });

  test("explains no fault that there is not", () => {
    const known: readonly string[] = ["Kind", ...FAULT_KINDS];
    const told = [...rows.keys()].filter((kind) => !/^[-: ]*$/.test(kind));
    expect(told.filter((kind) => !known.includes(kind))).toEqual([]);
  });
});

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KINDS, payloads, rows, startSimulator, type Running } from "./running.ts";

const folder = process.env["CONTRACT_DIR"] ?? "";
const isThere = folder !== "" && existsSync(join(folder, "contract", "online"));

/**
 * Fields that neither Intuit's schemas nor our recordings name: the wrapper of Java's XML binding
 * around LineEx, as every public payment payload shows it.
 */
const EXCEPTIONS: ReadonlySet<string> = new Set([
  "any",
  "declaredType",
  "scope",
  "nil",
  "globalScope",
  "typeSubstituted",
]);

function schemaNames(): Set<string> {
  const online = join(folder, "contract", "online");
  const texts = readdirSync(online)
    .filter((name) => name.endsWith(".xsd"))
    .map((name) => readFileSync(join(online, name), "utf8"));
  const found = texts.flatMap((text) => [...text.matchAll(/\bname="([^"]+)"/g)]);
  return new Set(found.map(([, name = ""]) => name));
}

function recordedNames(): Set<string> {
  const online = join(folder, "examples", "online");
  const texts = readdirSync(online).map((name) => readFileSync(join(online, name), "utf8"));
  const names = new Set<string>();
  for (const text of texts) collect(JSON.parse(text), names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value === "string" && value.startsWith('{"')) collect(JSON.parse(value), names);
  if (Array.isArray(value)) for (const one of value) collect(one, names);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      names.add(name);
      collect(inner, names);
    }
  }
}

describe.skipIf(!isThere)("field names (skipped without CONTRACT_DIR)", () => {
  let running: Running;
  let known: Set<string>;
  beforeAll(async () => {
    running = await startSimulator("--records", "2000");
    known = new Set([...schemaNames(), ...recordedNames(), ...EXCEPTIONS]);
  });
  afterAll(() => running.stop());

  test.each([...KINDS, "TaxRate", "CompanyInfo", "Preferences"])(
    "of %s are Intuit's",
    async (kind) => {
      const used = new Set<string>();
      const list = ["TaxRate", "CompanyInfo", "Preferences"].includes(kind)
        ? await rows(running, `SELECT * FROM ${kind}`)
        : await payloads(running, kind);
      collect(list, used);
      expect(used.size).toBeGreaterThan(5);
      expect([...used].filter((name) => !known.has(name))).toEqual([]);
    },
  );
});

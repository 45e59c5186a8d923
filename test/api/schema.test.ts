import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  buildSchema,
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, test } from "vitest";

import { createApiSchema } from "../../api/schema.ts";
import { SETTING_NAMES } from "../../core/config.ts";
import { FAULT_KINDS } from "../../core/faults.ts";
import { RECORD_KINDS } from "../../core/record-kinds.ts";
import { withApi } from "./support.ts";

const schema = createApiSchema();
const contract = process.env["CONTRACT_DIR"];

test.skipIf(contract === undefined)(
  "it holds everything that outside clients rely on (skipped where CONTRACT_DIR is not set)",
  () => {
    const essentials = readFileSync(join(contract ?? "", "essentials.graphql"), "utf8");
    expect(findBreakingChanges(buildSchema(essentials), schema)).toEqual([]);
  },
);

test("every type and every field says what it is", () => {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || isSpecifiedScalarType(type)) continue;
    if (!type.description) silent.push(type.name);
    if (!isObjectType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!field.description) silent.push(`${type.name}.${field.name}`);
    }
  }
  expect(silent).toEqual([]);
});

test("the kinds of records are those of the core, in their order", () => {
  const kinds = schema.getType("RecordKind");
  if (!isEnumType(kinds)) throw new Error("RecordKind is no enum");
  expect(kinds.getValues().map((value) => value.value as unknown)).toEqual([...RECORD_KINDS]);
});

test(".env.example names every setting once, with a word about it, and nothing else", () => {
  const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
  const names = [...text.matchAll(/^#? ?([A-Z_]+)=/gm)].map((match) => match[1] ?? "");
  expect(names.sort()).toEqual([...SETTING_NAMES].sort());
  for (const block of text.split("\n\n")) expect(block).toMatch(/^#/);
});

describe("errorGuide", () => {
  const api = withApi();

  test("explains every kind of fault", async () => {
    const answer = await api.ask(
      await api.token("viewer"),
      "{ errorGuide { kind retried disconnects actor nextStep } }",
    );
    const guide = (answer.data as { errorGuide: { kind: string }[] }).errorGuide;
    expect(guide.map(({ kind }) => kind)).toEqual([...FAULT_KINDS]);
    expect(guide).toContainEqual({
      kind: "throttled",
      retried: true,
      disconnects: false,
      actor: "SYSTEM",
      nextStep: expect.stringContaining("Nothing to do"),
    });
  });
});

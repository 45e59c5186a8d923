import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

import { readSchemaText } from "../../api/schema-text.ts";
import { ROOT } from "../../dev/node-process.ts";

const schema = buildSchema(readSchemaText().join("\n"));
const readme = await readFile(join(ROOT, "README.md"), "utf8");

/** What stands between fences without a language. */
const blocks = [...readme.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)]
  .filter(([, language]) => language === "")
  .map(([, , block = ""]) => block);

const operations = [
  ...blocks.filter((block) => /^\s*(mutation )?\{/.test(block)),
  ...[...readme.matchAll(/"query":"(.*)"\}'/g)].map(([, query = ""]) => query.replaceAll("\\", "")),
].map((text) => ({ name: /\{\s*(\w+)\(/.exec(text)?.[1], text }));

test("README shows the calls from the first to the last", () => {
  expect(operations.map(({ name }) => name)).toEqual([
    "createCompany",
    "connectOnline",
    "company",
    "confirmCompany",
    "startInitialSync",
    "batch",
    "records",
    "batchProgress",
  ]);
});

test.each(operations)("the API takes $name as README shows it", ({ text }) => {
  expect(validate(schema, parse(text))).toEqual([]);
});

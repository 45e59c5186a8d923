import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { ROOT } from "../../dev/node-process.ts";

/** Whatever reads, stores or shows amounts. */
const FOLDERS = ["core", "db", "quickbooks", "activities", "api"];

/** Lines that may, each with its reason; one that is no longer there is to go from here too. */
const ALLOWED: readonly { file: string; line: string; because: string }[] = [
  {
    file: "quickbooks/desktop/host.ts",
    line: "version: qbxml.toFixed(1),",
    because: "a version of qbXML, as its name is written: 13.0",
  },
  {
    file: "activities/settle-payments.ts",
    line: "outOfBalance: number;",
    because: "a count of documents whose sums are not right",
  },
];

/** Money has these in its name: `amount`, `row.openBalance`, `"TotalAmt"`; a count has not. */
const MONEY = String.raw`(?:amount|amt\b|balance|total(?!count))`;
/** What stands inside the brackets of a call, and in those within, up to such a name. */
const GIVEN = String.raw`\((?:[^()]|\([^()]*\)|\()*?${MONEY}`;
const FLOATS = new RegExp(
  [
    String.raw`\bparseFloat\b`,
    String.raw`\btoFixed\b`,
    String.raw`\b(?:Number|parseInt)\s*${GIVEN}`,
    // The plus that makes a number of a text begins a value, and has nothing before it.
    String.raw`(?:[=(,?:[{]|\breturn)\s*\+\s*[\w.?]*${MONEY}`,
    // Of a total alone nobody can tell whether it counts records.
    String.raw`(?:amount|balance)\w*["']?\??:\s*(?:number|z(?:\.coerce)?\.number)\b`,
    String.raw`${MONEY}\w*"?\)*::(?:float|double|real)`,
  ].join("|"),
  "gi",
);

/** Where a source makes floats of money: the line's number, and the line. */
function floatsIn(source: string): { at: number; line: string }[] {
  const lines = source.split("\n");
  return [...source.matchAll(FLOATS)].map(({ index }) => {
    const at = source.slice(0, index).split("\n").length;
    return { at, line: lines[at - 1]?.trim() ?? "" };
  });
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|sql)$/.test(name))
    .map((name) => join(folder, name)),
);

test("no source makes a float of money", () => {
  expect(files).toEqual(
    expect.arrayContaining(["core/money.ts", "quickbooks/online/applications.ts", "api/main.ts"]),
  );
  const found = files.flatMap((file) =>
    floatsIn(readFileSync(join(ROOT, file), "utf8")).map((each) => ({ file, ...each })),
  );
  const isAllowed = ({ file, line }: { file: string; line: string }): boolean =>
    ALLOWED.some((allowed) => allowed.file === file && allowed.line === line);
  expect(
    found.filter((each) => !isAllowed(each)).map(({ file, at, line }) => `${file}:${at} ${line}`),
    "amounts are texts, reckoned with by core/money.ts",
  ).toEqual([]);
  const unused = ALLOWED.filter(
    ({ file, line }) => !found.some((each) => each.file === file && each.line === line),
  );
  expect(unused, "no longer there").toEqual([]);
});

describe("the scan", () => {
  test.each([
    "const sum = parseFloat(text);",
    "const sum = Number.parseFloat(row.text);",
    "return texts.map(parseFloat);",
    "return value.toFixed(2);",
    "return (a + b)?.toFixed (2);",
    "const sum = Number(amount);",
    "const sum = Number(row.openBalance ?? 0);",
    'const sum = Number(json["TotalAmt"]);',
    "const sum = Number(first(fields, desktop.total));",
    'const sum = Number(amountIn(text, "Deposit", json));',
    "const sum = one + Number(total);",
    "const sum = Number(\n  record.amount,\n);",
    "const sum = parseInt(balance, 10);",
    "const sum = +amount;",
    "return +row.balance;",
    "add(one, +applied.amount)",
    "amount: number;",
    "const Row = z.object({ openBalance: z.coerce.number() });",
    "sum(amount)::float8",
    "balance::double precision",
  ])("finds %j", (bad) => {
    const source = `const before = "1.00";\n${bad}\nconst after = before;\n`;
    expect(floatsIn(source)).toMatchObject([{ at: 2 }]);
  });

  test.each([
    "const count = Number(totalCount);",
    "const page = Number(rows.length) + total;",
    "const seconds = Number(header);",
    "const places = part.length - Number(exponent);",
    "const sum = addDecimals([amount, negated(balance)]);",
    "const left = one.amount + other.amount;",
    "total: z.number().nullable(),",
    "select sum(amount)::text, count(*)::float8 from applications",
    "function multiplied(amount: string, places: number): string {",
  ])("lets %j pass", (good) => {
    expect(floatsIn(good)).toEqual([]);
  });
});

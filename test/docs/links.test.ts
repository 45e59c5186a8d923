import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { describe, expect, test } from "vitest";

import { ROOT } from "../../dev/node-process.ts";

/** Not ours, made by running, or not read by people as documents. */
const SKIPPED = new Set(["node_modules", ".evenbooks", ".git"]);

const entries = await readdir(ROOT, { withFileTypes: true });
const folders = entries
  .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
  .map(({ name }) => name);

const documents = [
  ...entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md")).map((e) => e.name),
  ...(await readdir(join(ROOT, "docs"), { recursive: true }))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** Documents without their blocks of code. */
const textOf = async (document: string): Promise<string> =>
  (await readFile(join(ROOT, document), "utf8")).replaceAll(/^```[^]*?^```/gm, "");

/** The targets of links and pictures that lead to a file of ours, each with its part after `#`. */
function linksIn(text: string): { path: string; heading: string }[] {
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", heading = ""] = target.split("#");
      return { path, heading };
    });
}

/** Texts in backticks that have a slash and begin with a folder of ours: `a/{b,c}.ts` names two files. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[\w.-]+(\/[\w.{},-]*)+$/.test(code))
    .filter((code) => folders.includes(code.split("/")[0] ?? ""))
    .flatMap(spelledOut);
}

function spelledOut(path: string): string[] {
  const [, before = "", inside, after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
  if (inside === undefined) return [path];
  return inside.split(",").map((each) => `${before}${each}${after}`);
}

/** A path may name a file, a folder, or a module without its `.ts`. */
const isThere = (path: string): boolean =>
  existsSync(join(ROOT, path)) || existsSync(join(ROOT, `${path}.ts`));

/** Headings as the links of Markdown name them. */
const headingsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe.each(documents)("%s", (document) => {
  test("links to files and headings that exist", async () => {
    const text = await textOf(document);
    const broken: string[] = [];
    for (const { path, heading } of linksIn(text)) {
      const target = path === "" ? document : relative(ROOT, join(ROOT, dirname(document), path));
      const named = `${path}${heading === "" ? "" : `#${heading}`}`;
      if (!existsSync(join(ROOT, target))) broken.push(named);
      else if (heading !== "" && !headingsIn(await textOf(target)).includes(heading))
        broken.push(named);
    }
    expect(broken).toEqual([]);
  });

  test("names files that exist", async () => {
    const paths = pathsIn(await textOf(document));
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });
});

test("the index of decisions names each of them", async () => {
  const index = await readFile(join(ROOT, "docs/decisions/README.md"), "utf8");
  const decisions = documents
    .filter((document) => /^docs\/decisions\/\d{4}-/.test(document))
    .map((document) => document.slice("docs/decisions/".length));
  expect(decisions.filter((name) => !index.includes(`(${name})`))).toEqual([]);
});

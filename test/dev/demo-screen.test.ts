import { expect, test } from "vitest";

import { printedScreen } from "../../dev/demo/screen.ts";
import type { CompanyView } from "../../dev/demo/view.ts";
import {
  counts,
  desktop,
  done,
  drawn,
  ending,
  online,
  run,
  running,
  TALL,
  view,
} from "./demo-views.ts";

test("each company has its part: books, bar, records, rate, time left, what it is at; Desktop also QuickBooks' share", () => {
  const companies = [
    { ...online, batch: running, workableAfter: 4 },
    {
      ...desktop,
      batch: { ...running, phase: "lists", done: 2_000, insideQuickBooksShare: 0.714 },
    },
  ];
  expect(drawn(companies).join("\n")).toBe(`\
  Evenbooks demo. Ctrl-C ends everything.

  GraphQL        http://127.0.0.1:4000/graphql
  Temporal's UI  http://127.0.0.1:8233
  Token, logs    .evenbooks/demo.json, .evenbooks/demo/*.log

  Demo Online: "Craig's Design & Landscaping", Plus, USD
  ███████░░░░░░  54 %  10,812 of 20,000 read  3,400/s  1 min 15 s left
  reading open balances
  ✓ People can work now (after 4 s)

  Demo Desktop: "Desert Desks", QuickBooks Premier 2024
  █░░░░░░░░░░░░  10 %  2,000 of 20,000 read  3,400/s  1 min 15 s left
  lists · 71 % of the time inside QuickBooks`);
});

test("a company that is not connected yet says what it waits for", () => {
  const { books: _, ...rest } = desktop;
  const lines = drawn([{ ...rest, wait: "First contact: we look whose books these are." }]);
  expect(lines.slice(-2)).toEqual([
    "  Demo Desktop",
    "  … First contact: we look whose books these are.",
  ]);
});

test("the bar is never full before the end, and full at the end", () => {
  const almost = drawn([{ ...online, batch: { ...running, done: 20_000 } }], 120).join("\n");
  expect(almost).toContain("█░  99 %");
  expect(drawn([{ ...online, batch: done }], 120).join("\n")).toContain("█ 100 %");
});

test("what it waits for stands in place of the phase", () => {
  const batch = { ...running, status: "WAITING", waitingFor: "throttled" };
  expect(drawn([{ ...online, batch }]).join("\n")).toContain("\n  waits: throttled");
});

test("the end of both fits a terminal of 80 columns and 24 lines, with the newest runs", () => {
  const runs = Array.from({ length: 9 }, (_, index) => run(9 - index));
  const companies = [
    { ...online, batch: done, workableAfter: 81, ending, counts, runs },
    {
      ...desktop,
      batch: { ...done, insideQuickBooksShare: 1 },
      workableAfter: 81,
      ending,
      counts,
      runs: [run(5, "asked for", "waits: connector-away")],
    },
  ];
  const lines = drawn(companies, 80, TALL);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const few = drawn(companies, 80, 23);
  expect(few.slice(-6)).toEqual([
    "",
    "  11:02:09 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
    "  11:02:08 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
    "  11:02:07 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
    "  11:02:06 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
    "  11:02:05 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
  ]);
  expect(lines.slice(0, few.length)).toEqual(few);
});

test("runs of all companies stand together, the newest first", () => {
  const companies = [
    { ...online, runs: [run(9), run(3)] },
    { ...desktop, runs: [run(5, "asked for", "waits: connector-away")] },
  ];
  expect(drawn(companies).slice(-3)).toEqual([
    "  11:02:09 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
    "  11:02:05 Demo Desktop, asked for: waits: connector-away",
    "  11:02:03 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
  ]);
});

test("a terminal with room shows every kind of every company", () => {
  const lines = drawn([
    { ...online, counts },
    { ...desktop, counts },
  ]);
  const text = lines.join("\n").replaceAll(/ +/g, " ");
  for (const { kind, ours } of counts) {
    expect(text.split(` ${kind} ${ours.toLocaleString("en-US")} ✓`)).toHaveLength(3);
  }
});

test("a kind that differs shows both numbers", () => {
  const lines = drawn([{ ...online, counts: [{ kind: "bill", ours: 7, theirs: 1_600 }] }]);
  expect(lines.join("\n")).toContain("bill 7 ✗ 1,600");
});

test("a long sentence is broken into lines, not cut", () => {
  const sentence = `Done, but not every record arrived: ${"bill 7 here, 8 in QuickBooks; ".repeat(8)}`;
  const lines = drawn([{ ...online, ending: { isGood: false, sentence } }]);
  expect(
    lines
      .map((line) => line.trim())
      .join(" ")
      .match(/bill 7 here/g),
  ).toHaveLength(8);
});

test("where nothing can be drawn, each line names its company, what is new comes once, and both go on side by side", () => {
  const written: string[] = [];
  const screen = printedScreen({
    write: (text: string) => {
      written.push(text);
      return true;
    },
  });
  const companies: CompanyView[] = [
    {
      ...online,
      batch: done,
      workableAfter: 4,
      ending,
      runs: [run(9), { ...run(3), hasEnded: false }],
    },
    { ...desktop, batch: { ...running, insideQuickBooksShare: 0.5 } },
  ];
  screen.show({ ...view, addresses: [], companies });
  screen.show({ ...view, addresses: [], companies });
  expect(written).toEqual([
    'Demo Online: "Craig\'s Design & Landscaping", Plus, USD\n',
    "Demo Online: People can work now (after 4 s)\n",
    `Demo Online: ${ending.sentence}\n`,
    "11:02:09 Demo Online, by Intuit's webhook: 3 records, 0.4 s\n",
    'Demo Desktop: "Desert Desks", QuickBooks Premier 2024\n',
    "Demo Desktop: 54 % · 10,812 of 20,000 read · 3,400/s · 1 min 15 s left · reading open balances · 50 % of the time inside QuickBooks\n",
  ]);
});

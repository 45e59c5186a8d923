import { expect, test } from "vitest";

import { render } from "../../dev/demo/render.ts";
import type { BatchView, View } from "../../dev/demo/view.ts";

const running: BatchView = {
  status: "RUNNING",
  phase: "reading open balances",
  waitingFor: null,
  done: 10_812,
  total: 20_000,
  recordsPerSecond: 3_400.4,
  etaSeconds: 75,
};

const view: View = {
  addresses: [
    ["GraphQL", "http://127.0.0.1:4000/graphql"],
    ["Temporal's UI", "http://127.0.0.1:8233"],
    ["Token, logs", ".evenbooks/demo.json, .evenbooks/demo/*.log"],
  ],
  company: { name: "Demo company", books: '"Craig\'s Design & Landscaping", Plus, USD' },
  counts: [],
  hint: "Ctrl-C ends everything.",
};

const KINDS =
  "customer vendor employee account class department term payment_method tax_code item invoice payment credit_memo sales_receipt refund_receipt estimate purchase_order bill bill_payment vendor_credit expense journal_entry deposit transfer inventory_adjustment time_activity";

const counts = KINDS.split(" ").map((kind, index) => ({
  kind: kind.replaceAll("_", " "),
  ours: 31_536 - 1_200 * index,
  theirs: 31_536 - 1_200 * index,
}));

test("a running sync shows a bar, records, rate, time left and what it is at", () => {
  expect(render({ ...view, batch: running }, 80).join("\n")).toBe(`\
  Evenbooks demo. Ctrl-C ends everything.

  GraphQL        http://127.0.0.1:4000/graphql
  Temporal's UI  http://127.0.0.1:8233
  Token, logs    .evenbooks/demo.json, .evenbooks/demo/*.log

  Demo company: "Craig's Design & Landscaping", Plus, USD
  ███████░░░░░░  54 %  10,812 of 20,000 read  3,400/s  1 min 15 s left
  reading open balances`);
});

test("the bar is never full before the end, and full at the end", () => {
  const almost = render({ ...view, batch: { ...running, done: 20_000 } }, 120).join("\n");
  expect(almost).toContain("█░  99 %");
  const over = render({ ...view, batch: { ...running, status: "SUCCEEDED" } }, 120).join("\n");
  expect(over).toContain("█ 100 %");
});

test("what it waits for stands in place of the phase", () => {
  const batch = { ...running, status: "WAITING", waitingFor: "throttled" };
  expect(render({ ...view, batch }, 120).join("\n")).toContain("\n  waits: throttled");
});

test("the end fits a terminal of 80 columns and 24 lines, with every kind", () => {
  const batch = { ...running, status: "SUCCEEDED", etaSeconds: 0 };
  const ending = {
    isGood: true,
    sentence: "Done after 9 s: all 20,000 records arrived, and every kind agrees with QuickBooks.",
  };
  const lines = render({ ...view, batch, workableAfter: 4, ending, counts }, 80);
  expect(lines.length).toBeLessThan(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { kind } of counts) expect(lines.join("\n")).toContain(kind);
});

test("a kind that differs shows both numbers", () => {
  const lines = render({ ...view, counts: [{ kind: "bill", ours: 7, theirs: 1_600 }] }, 80);
  expect(lines.join("\n")).toContain("bill 7 ✗ 1,600");
});

test("a long sentence is broken into lines, not cut", () => {
  const sentence = `Done, but not every record arrived: ${"bill 7 here, 8 in QuickBooks; ".repeat(8)}`;
  const lines = render({ ...view, ending: { isGood: false, sentence } }, 80);
  expect(
    lines
      .map((line) => line.trim())
      .join(" ")
      .match(/bill 7 here/g),
  ).toHaveLength(8);
});

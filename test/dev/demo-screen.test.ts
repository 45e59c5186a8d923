import { expect, test } from "vitest";

import { render } from "../../dev/demo/render.ts";
import { printedScreen } from "../../dev/demo/screen.ts";
import type { BatchView, CompanyView, PaymentsView, RunView, View } from "../../dev/demo/view.ts";

const TALL = 200;

const running: BatchView = {
  status: "RUNNING",
  phase: "reading open balances",
  waitingFor: null,
  done: 10_812,
  total: 20_000,
  recordsPerSecond: 3_400.4,
  etaSeconds: 75,
  insideQuickBooksShare: null,
};

const done = { ...running, status: "SUCCEEDED", etaSeconds: 0 };

const online: CompanyView = {
  name: "Demo Online",
  wait: null,
  books: '"Craig\'s Design & Landscaping", Plus, USD',
  counts: [],
  runs: [],
};

const desktop: CompanyView = {
  name: "Demo Desktop",
  wait: null,
  books: '"Desert Desks", QuickBooks Premier 2024',
  counts: [],
  runs: [],
};

const view: View = {
  addresses: [
    ["GraphQL", "http://127.0.0.1:4000/graphql"],
    ["Temporal's UI", "http://127.0.0.1:8233"],
    ["Token, logs", ".evenbooks/demo.json, .evenbooks/demo/*.log"],
  ],
  wait: null,
  companies: [],
  hint: "Ctrl-C ends everything.",
};

const drawn = (companies: CompanyView[], width = 80, height = TALL): string[] =>
  render({ ...view, companies }, width, height);

const KINDS =
  "customer vendor employee account class department term payment_method tax_code item invoice payment credit_memo sales_receipt refund_receipt estimate sales_order purchase_order bill bill_payment vendor_credit expense journal_entry deposit transfer inventory_adjustment time_activity";

const counts = KINDS.split(" ").map((kind, index) => ({
  kind: kind.replaceAll("_", " "),
  ours: 31_536 - 1_100 * index,
  theirs: 31_536 - 1_100 * index,
}));

const ending = {
  isGood: true,
  sentence:
    "Done after 1 min 31 s (people could work after 1 min 21 s): all 100,000 records arrived, and every kind agrees with QuickBooks.",
};

const run = (
  second: number,
  by = "by Intuit's webhook",
  outcome = "3 records, 0.4 s",
): RunView => ({
  at: new Date(2026, 10, 22, 11, 2, second),
  by,
  outcome,
  hasEnded: true,
});

const payments: PaymentsView = {
  wait: null,
  edits: [
    "payment 88 of 300.00 was moved from invoice 1041 to invoice 1077",
    "payment 89 of 120.00 was dated back from 2026-06-30 to 2026-05-31",
    "payment LATE-1 of 50.00 was entered late on invoice 1090, dated 2026-10-26",
  ],
  since: "2026-11-18",
  plan: [
    {
      document: "invoice 1041",
      payer: "payment 88",
      change: "300.00 → nothing",
      why: "It was moved to invoice 1077.",
    },
    {
      document: "invoice 1060",
      payer: "payment 89",
      change: "120.00, 2026-06-30 → 2026-05-31",
      why: "Its date is another one in QuickBooks.",
    },
    {
      document: "invoice 1077",
      payer: "payment 88",
      change: "nothing → 300.00",
      why: "It was moved here from invoice 1041.",
    },
    {
      document: "invoice 1090",
      payer: "payment LATE-1",
      change: "nothing → 50.00",
      why: "It was put on in QuickBooks, and we did not have it.",
    },
  ],
  outcomes: [
    { isGood: true, sentence: "Plan: just what people did." },
    { isGood: true, sentence: "Swap: these 4 invoices are paid here as in QuickBooks." },
    { isGood: true, sentence: "Proof: it must be 470.00." },
    { isGood: true, sentence: "verify: 56 comparisons with QuickBooks, and none differs." },
  ],
};

const paid = { isGood: true, sentence: "Payments edited in QuickBooks: planned and proven." };

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

test("payments brought back take the place of the bar: what people did, the plan with its reasons, what came of it", () => {
  const companies = [{ ...online, batch: done, ending, payments: { ...payments, ending: paid } }];
  expect(drawn(companies, 80).slice(9).join("\n")).toBe(`\
  People edited payments in QuickBooks, and AutoSync left payments out:
    · payment 88 of 300.00 was moved from invoice 1041 to invoice 1077
    · payment 89 of 120.00 was dated back from 2026-06-30 to 2026-05-31
    · payment LATE-1 of 50.00 was entered late on invoice 1090, dated 2026-10-26
  Plan of reapplyPayments since 2026-11-18, here → in QuickBooks:
    invoice 1041  payment 88      300.00 → nothing
      It was moved to invoice 1077.
    invoice 1060  payment 89      120.00, 2026-06-30 → 2026-05-31
      Its date is another one in QuickBooks.
    invoice 1077  payment 88      nothing → 300.00
      It was moved here from invoice 1041.
    invoice 1090  payment LATE-1  nothing → 50.00
      It was put on in QuickBooks, and we did not have it.
  ✓ Plan: just what people did.
  ✓ Swap: these 4 invoices are paid here as in QuickBooks.
  ✓ Proof: it must be 470.00.
  ✓ verify: 56 comparisons with QuickBooks, and none differs.`);
});

test("reasons stand behind their changes where all of them have room", () => {
  const short = { ...payments, plan: payments.plan.slice(0, 3) };
  const lines = drawn([{ ...online, payments: short }], 120);
  expect(lines).toContain(
    "    invoice 1041  payment 88  300.00 → nothing                 It was moved to invoice 1077.",
  );
});

test("the payments that are being looked at fit 80 columns and 24 lines, and so does the end of both", () => {
  const runs = [run(9), run(7), run(5), run(3), run(1)];
  const base = { ending, counts, runs };
  const going = { ...payments, wait: "Everything is compared" };
  const first = { ...online, ...base, batch: done, payments: going };
  const second = { ...desktop, ...base, batch: running };
  const text = drawn([first, second], 80, 23);
  expect(text.length).toBeLessThanOrEqual(23);
  expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const line of [
    "  Demo Online",
    "    invoice 1041  payment 88      300.00 → nothing",
    "      It was put on in QuickBooks, and we did not have it.",
    "  ✓ Plan: just what people did.",
    "  ✓ verify: 56 comparisons with QuickBooks, and none differs.",
    "  … Everything is compared",
    "  11:02:09 Demo Online, by Intuit's webhook: 3 records, 0.4 s",
  ]) {
    expect(text).toContain(line);
  }
  expect(text[1]).toMatch(/^ {2}Demo Desktop: Done after 1 min 31 s/);

  const ended = { ...payments, ending: paid };
  const both = [
    { ...first, payments: ended },
    { ...second, payments: ended },
  ];
  const end = drawn(both, 80, 23);
  expect(end.filter((line) => line === `  ✓ ${paid.sentence}`)).toHaveLength(2);
  expect(end.slice(-6).filter((line) => line.includes("webhook"))).toHaveLength(5);
  expect(end.join("\n")).not.toContain("Plan of");
  expect(
    drawn(both)
      .join("\n")
      .match(/Plan of/g),
  ).toHaveLength(2);
});

test("what went wrong with payments stays on the screen, however small it is", () => {
  const wrong = { isGood: false, sentence: "The plan is not what people did: a line is missing." };
  const failed = { ...payments, outcomes: [wrong, ...payments.outcomes.slice(1)] };
  const companies = [
    { ...online, batch: done, ending, payments: { ...failed, ending: wrong } },
    { ...desktop, batch: done, ending, payments: { ...failed, ending: wrong } },
  ];
  for (const height of [TALL, 40, 23]) {
    const lines = drawn(companies, 80, height);
    expect(lines.filter((line) => line === `  ✗ ${wrong.sentence}`)).toHaveLength(2);
  }
});

test("where nothing can be drawn, what people did, plan and outcomes are lines of their company, once", () => {
  const written: string[] = [];
  const screen = printedScreen({
    write: (text: string) => {
      written.push(text);
      return true;
    },
  });
  const plan = payments.plan.slice(0, 1);
  const companies = [{ ...online, payments: { ...payments, plan, ending: paid } }];
  screen.show({ ...view, addresses: [], companies });
  screen.show({ ...view, addresses: [], companies });
  expect(written.slice(1)).toEqual([
    "Demo Online: in QuickBooks, payment 88 of 300.00 was moved from invoice 1041 to invoice 1077\n",
    "Demo Online: in QuickBooks, payment 89 of 120.00 was dated back from 2026-06-30 to 2026-05-31\n",
    "Demo Online: in QuickBooks, payment LATE-1 of 50.00 was entered late on invoice 1090, dated 2026-10-26\n",
    "Demo Online: plan since 2026-11-18: invoice 1041, payment 88: 300.00 → nothing. It was moved to invoice 1077.\n",
    "Demo Online: ✓ Plan: just what people did.\n",
    "Demo Online: ✓ Swap: these 4 invoices are paid here as in QuickBooks.\n",
    "Demo Online: ✓ Proof: it must be 470.00.\n",
    "Demo Online: ✓ verify: 56 comparisons with QuickBooks, and none differs.\n",
    "Demo Online: ✓ Payments edited in QuickBooks: planned and proven.\n",
  ]);
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

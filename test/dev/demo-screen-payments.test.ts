import { expect, test } from "vitest";

import { printedScreen } from "../../dev/demo/screen.ts";
import type { PaymentsView } from "../../dev/demo/view.ts";
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

import { beforeAll, describe, expect, test } from "vitest";

import type { Customer } from "../../dev/demo/customer.ts";
import { desktopCustomer } from "../../dev/demo/desktop-customer.ts";
import { openDoors } from "../../dev/demo/doors.ts";
import { differences } from "../../dev/demo/ledger.ts";
import { onlineCustomer } from "../../dev/demo/online-customer.ts";
import { editPayments, type PaymentEdits } from "../../dev/demo/payment-edits.ts";
import { complaintsAbout } from "../../dev/demo/payment-plan.ts";
import * as words from "../../dev/demo/payment-words.ts";
import type { PlannedDocument, PlannedMove } from "../../dev/demo/reapplying.ts";
import { withSimulator } from "../support/simulator.ts";

/** The smallest company of a demo: in its company file no invoice is open. */
const RECORDS = 200;
const TODAY = "2026-06-30";

describe("people at the simulated QuickBooks", () => {
  const simulator = withSimulator();
  beforeAll(() => simulator.start(), 60_000);

  const editionsOf = async (records: number): Promise<Customer[]> => {
    const doors = openDoors(simulator.url, new AbortController().signal);
    const realm = await simulator.company({ records });
    const nowhere = { url: "http://127.0.0.1:1/", token: "none" };
    return [onlineCustomer(doors, realm, nowhere), await desktopCustomer(doors, records)];
  };

  test("move, back-date and enter payments in the smallest books of both editions", async () => {
    for (const { desk, edition } of await editionsOf(RECORDS)) {
      const before = await desk.ledger();
      const edits = await editPayments(desk, before, () => Promise.resolve(TODAY));
      const after = await desk.ledger();
      const { moved, dated, entered } = edits;
      expect(dated).toMatchObject({ before: TODAY, after: "2026-05-31" });
      expect(new Set([moved.payment, dated.payment, entered.payment]).size, edition).toBe(3);
      expect(new Set([moved.from, moved.to, dated.invoice, entered.invoice]).size).toBe(4);
      const amount = before.applications.find(({ fromId, toId }) => {
        return fromId === moved.payment && toId === moved.from;
      })?.amount;
      expect(amount).toBeDefined();
      const changed = differences(before.applications, after.applications);
      expect(Object.fromEntries(changed), edition).toEqual({
        [`payment ${moved.payment} on invoice ${moved.from}`.toLowerCase()]: {
          before: amount,
          after: null,
        },
        [`payment ${moved.payment} on invoice ${moved.to}`.toLowerCase()]: {
          before: null,
          after: amount,
        },
        [`payment ${entered.payment} on invoice ${entered.invoice}`.toLowerCase()]: {
          before: null,
          after: "50.00",
        },
      });
    }
  });
});

const edits: PaymentEdits = {
  moved: { payment: "1", from: "11", to: "12" },
  dated: { payment: "2", invoice: "13", before: "2026-06-30", after: "2026-05-31" },
  entered: { payment: "3", invoice: "14", date: "2026-05-01" },
};

const changed = new Map([
  ["payment 1 on invoice 11", { before: "300.00", after: null }],
  ["payment 1 on invoice 12", { before: null, after: "300.00" }],
  ["payment 3 on invoice 14", { before: null, after: "50.00" }],
]);

const move = (over: Partial<PlannedMove>): PlannedMove => ({
  fromKind: "PAYMENT",
  fromId: "1",
  number: "P1",
  before: null,
  after: null,
  dateBefore: null,
  dateAfter: null,
  why: "It was moved.",
  notes: [],
  ...over,
});

const planned = (
  quickbooksId: string,
  moves: PlannedMove[],
  state: PlannedDocument["state"] = "PLANNED",
): PlannedDocument => ({ kind: "INVOICE", quickbooksId, number: `N${quickbooksId}`, state, moves });

const [taken, put, dated, late] = [
  planned("11", [move({ before: "300.0" })]),
  planned("12", [move({ after: "300" })]),
  planned("13", [
    move({
      fromId: "2",
      before: "20.00",
      after: "20.00",
      dateBefore: "2026-06-30",
      dateAfter: "2026-05-31",
    }),
  ]),
  planned("14", [move({ fromId: "3", after: "50.00" })]),
] as const;

test("a plan that is just what people did has nothing to complain of, whatever decimals are written", () => {
  expect(complaintsAbout([taken, put, dated, late], edits, changed)).toEqual([]);
});

test("a plan with less, more or other changes is not what people did", () => {
  expect(complaintsAbout([taken, put, late], edits, changed)).toEqual([
    "payment 2 on invoice 13 is not in it",
  ]);
  const more = planned("15", [move({ before: "1.00" })]);
  expect(complaintsAbout([taken, put, dated, late, more], edits, changed)).toEqual([
    "payment 1 on invoice 15 is another change than people made",
  ]);
  const cent = planned("12", [move({ after: "300.01" })]);
  const day = planned("13", [
    move({ fromId: "2", before: "20.00", after: "20.00", dateAfter: "2026-05-30" }),
  ]);
  expect(complaintsAbout([taken, cent, day, late], edits, changed)).toEqual([
    "payment 1 on invoice 12 is another change than people made",
    "payment 2 on invoice 13 is another change than people made",
  ]);
  const stopped = planned("14", late.moves, "STOPPED");
  expect(complaintsAbout([taken, put, dated, stopped], edits, changed)).toEqual([
    "invoice 14 was stopped",
  ]);
});

test("the lines of a plan name invoice and payment as people know them, amounts, dates and reasons", () => {
  const deposited = move({ before: "1234.5", after: "1000", notes: ["It lies in a deposit."] });
  const lines = [taken, dated, planned("16", [deposited])].flatMap(words.planLines);
  expect(lines).toEqual([
    {
      document: "invoice N11",
      payer: "payment P1",
      change: "300.00 → nothing",
      why: "It was moved.",
    },
    {
      document: "invoice N13",
      payer: "payment P1",
      change: "20.00, 2026-06-30 → 2026-05-31",
      why: "It was moved.",
    },
    {
      document: "invoice N16",
      payer: "payment P1",
      change: "1,234.50 → 1,000.00",
      why: "It was moved. It lies in a deposit.",
    },
  ]);
});

const sums = {
  documents: 1_012,
  appliedBefore: "10420",
  appliedAfter: "10470.00",
  mustBeApplied: "10470.0",
  isProven: true,
  plan: { nodes: [] },
};

test("plan, swap, proof and comparison each say whether they are as they must be, and why not", () => {
  const swapped = planned("11", taken.moves, "SWAPPED");
  const good = [
    words.planOutcome([taken, put], { complaints: [], isUntouched: true }),
    words.swapOutcome([swapped], true),
    words.proofOutcome(sums, true),
    words.verifyOutcome({ agrees: true, lines: [line(true), line(true), line(null)] }),
  ];
  expect(good.map(({ isGood }) => isGood)).toEqual([true, true, true, true]);
  expect(good[2]?.sentence).toBe(
    "Proof: on the 1,012 invoices and bills looked at, 10,420.00 was applied before, 10,470.00 is now, and by QuickBooks' totals and open balances it must be 10,470.00.",
  );
  expect(good[3]?.sentence).toBe("verify: 2 comparisons with QuickBooks, and none differs.");
  const bad = [
    words.planOutcome([taken], { complaints: ["payment 2 is not in it"], isUntouched: true }),
    words.planOutcome([taken], { complaints: [], isUntouched: false }),
    words.swapOutcome([taken], true),
    words.swapOutcome([swapped], false),
    words.proofOutcome({ ...sums, isProven: false }, true),
    words.proofOutcome(sums, false),
    words.verifyOutcome({ agrees: false, lines: [line(true), line(false)] }),
    words.verifyOutcome({ agrees: true, lines: [] }),
  ];
  expect(bad.filter(({ isGood }) => isGood)).toEqual([]);
  expect(bad[0]?.sentence).toBe("The plan is not what people did: payment 2 is not in it.");
  expect(bad[6]?.sentence).toBe(
    "verify: 2 comparisons with QuickBooks; 1 differ: count invoice 7 here, 8 there.",
  );
  const view = { wait: null, edits: [], since: TODAY, plan: [], outcomes: good };
  expect(words.endingOf(view).isGood).toBe(true);
  for (const outcome of bad) {
    expect(words.endingOf({ ...view, outcomes: [...good, outcome] })).toBe(outcome);
  }
});

const line = (agrees: boolean | null) => ({
  subject: "COUNT",
  kind: "INVOICE",
  ours: "7",
  theirs: "8",
  agrees,
});

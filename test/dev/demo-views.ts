import { render } from "../../dev/demo/render.ts";
import type { BatchView, CompanyView, RunView, View } from "../../dev/demo/view.ts";

export const TALL = 200;

export const running: BatchView = {
  status: "RUNNING",
  phase: "reading open balances",
  waitingFor: null,
  done: 10_812,
  total: 20_000,
  recordsPerSecond: 3_400.4,
  etaSeconds: 75,
  insideQuickBooksShare: null,
};

export const done = { ...running, status: "SUCCEEDED", etaSeconds: 0 };

export const online: CompanyView = {
  name: "Demo Online",
  wait: null,
  books: '"Craig\'s Design & Landscaping", Plus, USD',
  counts: [],
  runs: [],
};

export const desktop: CompanyView = {
  name: "Demo Desktop",
  wait: null,
  books: '"Desert Desks", QuickBooks Premier 2024',
  counts: [],
  runs: [],
};

export const view: View = {
  addresses: [
    ["GraphQL", "http://127.0.0.1:4000/graphql"],
    ["Temporal's UI", "http://127.0.0.1:8233"],
    ["Token, logs", ".evenbooks/demo.json, .evenbooks/demo/*.log"],
  ],
  wait: null,
  companies: [],
  hint: "Ctrl-C ends everything.",
};

export const drawn = (companies: CompanyView[], width = 80, height = TALL): string[] =>
  render({ ...view, companies }, width, height);

const KINDS =
  "customer vendor employee account class department term payment_method tax_code item invoice payment credit_memo sales_receipt refund_receipt estimate sales_order purchase_order bill bill_payment vendor_credit expense journal_entry deposit transfer inventory_adjustment time_activity";

export const counts = KINDS.split(" ").map((kind, index) => ({
  kind: kind.replaceAll("_", " "),
  ours: 31_536 - 1_100 * index,
  theirs: 31_536 - 1_100 * index,
}));

export const ending = {
  isGood: true,
  sentence:
    "Done after 1 min 31 s (people could work after 1 min 21 s): all 100,000 records arrived, and every kind agrees with QuickBooks.",
};

export const run = (
  second: number,
  by = "by Intuit's webhook",
  outcome = "3 records, 0.4 s",
): RunView => ({
  at: new Date(2026, 10, 22, 11, 2, second),
  by,
  outcome,
  hasEnded: true,
});

/** How much of Intuit's allowed rate a sync uses while pages are left to read, at a second's latency. */
import { parseArgs } from "node:util";

import { rounded } from "./figures.ts";
import { isPage, type AskedQuery, type CompanyOrder } from "./quickbooks.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync, type SyncRun } from "./sync.ts";

const ALLOWED_PER_MINUTE = 500;
const ALLOWED_PER_SECOND = 10;
const LATENCY_MS = 1_000;

/** Without these a company is invoices nearly alone, all of them open. */
const ALL_BUT_INVOICES =
  "Payment CreditMemo SalesReceipt RefundReceipt Estimate PurchaseOrder Bill BillPayment VendorCredit Purchase JournalEntry Deposit Transfer InventoryAdjustment TimeActivity".split(
    " ",
  );

const { values } = parseArgs({ options: { records: { type: "string", default: "100000" } } });
const records = Number(values.records);

await benchmark(
  {
    simulator: {
      "requests-per-minute": String(ALLOWED_PER_MINUTE),
      "requests-per-second": String(ALLOWED_PER_SECOND),
      "latency-ms": String(LATENCY_MS),
    },
    // Empty: the product's own defaults, which are Intuit's limits.
    settings: { INTUIT_REQUESTS_PER_MINUTE: "", INTUIT_REQUESTS_PER_SECOND: "" },
  },
  async (stage) => {
    await stage.worker();
    return {
      bench: "throttled",
      allowedPerMinute: ALLOWED_PER_MINUTE,
      latencyMs: LATENCY_MS,
      mixedKinds: await throttled(stage, { records }),
      oneKindWithinOneHour: await throttled(stage, {
        records,
        spread: "hour",
        without: ALL_BUT_INVOICES,
      }),
    };
  },
);

async function throttled(stage: Stage, order: CompanyOrder): Promise<object> {
  say(`Syncing a company of ${order.records} records, spread over ${order.spread ?? "years"}`);
  const realmId = await stage.quickbooks.company(order);
  const run = await runInitialSync(stage, realmId);
  const { queries, perStatus, perMinuteMax, perSecondMax } = await stage.quickbooks.calls(realmId);
  const pages = queries.filter(isPage);
  return {
    records: run.records,
    seconds: rounded(run.seconds, 1),
    pages: pages.length,
    ...rateWithin(queries, momentsOf(pages)),
    recordsPhase: rateWithin(queries, momentsOf(pages.filter(within(run)))),
    refused429: perStatus["429"] ?? 0,
    perMinuteMax,
    perSecondMax,
  };
}

/** From the first page's request to the last one's. */
function momentsOf(pages: readonly AskedQuery[]): { first: number; last: number } {
  const moments = pages.map(momentOf);
  return {
    first: moments.reduce((least, moment) => Math.min(least, moment), Number.POSITIVE_INFINITY),
    last: moments.reduce((most, moment) => Math.max(most, moment), 0),
  };
}

function momentOf({ at }: AskedQuery): number {
  return Date.parse(at);
}

/** Was this asked after the phase that reads most of the company began, and before it ended? */
function within({ phases }: SyncRun): (query: AskedQuery) => boolean {
  const from = phases.get("records") ?? Number.NaN;
  const until = phases.get("proof") ?? Number.POSITIVE_INFINITY;
  return (query) => momentOf(query) >= from && momentOf(query) < until;
}

/** All questions between two moments, counts too: they use up the same allowance. */
function rateWithin(
  queries: readonly AskedQuery[],
  { first, last }: { first: number; last: number },
): object {
  const asked = queries.map(momentOf).filter((moment) => moment >= first && moment <= last).length;
  const perMinute = (asked - 1) / ((last - first) / 60_000);
  return {
    requests: asked,
    secondsOfPages: rounded((last - first) / 1000, 1),
    requestsPerMinute: rounded(perMinute, 1),
    shareOfAllowed: rounded(perMinute / ALLOWED_PER_MINUTE, 3),
  };
}

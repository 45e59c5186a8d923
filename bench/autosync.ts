/** What AutoSync costs: an idle run, the way of one change, a thousand changes, and very many companies. */
import { parseArgs } from "node:util";

import { Trouble } from "../dev/embedded/trouble.ts";
import { arrival, percentilesOf, withDatabase, type Company } from "./arrivals.ts";
import { rounded } from "./figures.ts";
import { byRounds, bySchedule } from "./many-companies.ts";
import { expectAll, runBatch, startBatch } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";
import { byWebhook } from "./webhooks.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
/** Of the company in which single changes and an idle run are measured: its size does not matter to them. */
const QUIET_RECORDS = 20_000;
/** A thousand rows that change at once, of the kinds that change most. */
const THOUSAND_CHANGES = [
  { op: "update", entity: "Invoice", count: 500 },
  { op: "create", entity: "Invoice", count: 100 },
  { op: "create", entity: "Payment", count: 200 },
  { op: "update", entity: "Bill", count: 150 },
  { op: "update", entity: "Customer", count: 50 },
];

const { values } = parseArgs({
  options: {
    /** Sizes of the companies in which a thousand changes are synced. */
    records: { type: "string", multiple: true, default: ["20000", "200000"] },
    changes: { type: "string", default: "100" },
    /** Changes by webhook, so many far apart and so many close together. */
    "webhook-changes": { type: "string", default: "30" },
    /** Many companies instead: as their Schedules have it for so many minutes, or triggered so many times. */
    companies: { type: "string" },
    minutes: { type: "string" },
    rounds: { type: "string" },
  },
});

/** The first syncs of very many companies lie within minutes here, and so would the comparisons after them. */
const settings = values.companies === undefined ? {} : { VERIFY_AFTER_MINUTES: "0" };

await benchmark({ settings }, async (stage) => {
  if (values.companies === undefined) return oneCompany(stage);
  const companies = Number(values.companies);
  if (values.minutes !== undefined) return bySchedule(stage, companies, Number(values.minutes));
  if (values.rounds !== undefined) return byRounds(stage, companies, Number(values.rounds));
  throw new Trouble("--companies goes with --minutes or --rounds.");
});

async function oneCompany(stage: Stage): Promise<object> {
  await stage.worker();
  await runInitialSync(stage, await stage.quickbooks.company({ records: WARM_UP_RECORDS }));
  const thousandChanges = [];
  for (const records of values.records.map(Number)) {
    say(`Syncing a company of ${records} records, then a thousand changes`);
    const realmId = await stage.quickbooks.company({ records });
    const { companyId } = await runInitialSync(stage, realmId);
    thousandChanges.push({ records, ...(await costOfThousand(stage, { companyId, realmId })) });
  }
  // A company of its own: what changed within the last two minutes is told again by each run.
  const realmId = await stage.quickbooks.company({ records: QUIET_RECORDS });
  const { companyId } = await runInitialSync(stage, realmId);
  const quiet = { companyId, realmId };
  say("An idle run");
  const idle = await costOfIdle(stage, quiet);
  say(`${values.changes} changes one by one, from QuickBooks to our row`);
  const changeToRow = await arrivals(stage, quiet, Number(values.changes));
  const webhookChanges = Number(values["webhook-changes"]);
  say(`Twice ${webhookChanges} changes, from QuickBooks to our row by webhook`);
  const changeToRowByWebhook = await byWebhook(stage, webhookChanges);
  return { bench: "autosync", idle, changeToRow, changeToRowByWebhook, thousandChanges };
}

/** Seconds and metered calls of a run; throws a Trouble unless it brought everything. */
async function measuredRun(stage: Stage, { companyId, realmId }: Company) {
  const before = await stage.quickbooks.calls(realmId);
  const run = await runBatch(stage, companyId, { do: "syncNow", everything: false });
  const after = await stage.quickbooks.calls(realmId);
  await expectAll(stage, companyId, realmId);
  return {
    brought: run.brought,
    seconds: rounded(run.seconds, 2),
    meteredCalls: after.metered - before.metered,
  };
}

async function costOfThousand(stage: Stage, company: Company): Promise<object> {
  await stage.quickbooks.change(company.realmId, THOUSAND_CHANGES);
  return measuredRun(stage, company);
}

async function costOfIdle(stage: Stage, company: Company): Promise<object> {
  const idle = await measuredRun(stage, company);
  if (idle.meteredCalls !== 1) {
    throw new Trouble(`An idle run costs ${idle.meteredCalls} metered calls, not one.`);
  }
  return idle;
}

/** From an edit in QuickBooks to our row, by a run that is wanted at once. */
function arrivals(stage: Stage, company: Company, changes: number): Promise<object> {
  return withDatabase(stage, async (client) => {
    const hurry = () => startBatch(stage, company.companyId, { do: "syncNow", everything: false });
    const ms: number[] = [];
    for (let n = 0; n < changes; n++) ms.push(await arrival(stage, client, company, hurry));
    return { changes, ...percentilesOf(ms) };
  });
}

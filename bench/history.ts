/** The years before, read in windows of months, beside an initial sync of the same books in the same run. */
import { parseArgs } from "node:util";

import { historyEvents, rounded } from "./figures.ts";
import { expectAll, runBatch } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { connectedCompany, runInitialSync } from "./sync.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
const BEFORE_ALL_BOOKS = "1990-01-01";
const MILLION = 1_000_000;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "20000" },
    /** What the first sync of the second company reads: transactions dated since then; the rest is history. */
    since: { type: "string", default: new Date().toISOString().slice(0, 10) },
  },
});

await benchmark({}, (stage) => history(stage, Number(values.records), values.since));

async function history(stage: Stage, records: number, since: string): Promise<object> {
  const { quickbooks, temporalAddress } = stage;
  await stage.worker();
  await runInitialSync(stage, await quickbooks.company({ records: WARM_UP_RECORDS }));
  say(`Syncing a company of ${records} records whole`);
  const whole = await runInitialSync(stage, await quickbooks.company({ records }));

  say(`Syncing the same books from ${since} on, then their history`);
  const realmId = await quickbooks.company({ records });
  const companyId = await connectedCompany(stage, realmId);
  const first = await runBatch(stage, companyId, { do: "startInitialSync", historyFrom: since });
  const before = await quickbooks.calls(realmId);
  const run = await runBatch(stage, companyId, {
    do: "startHistoricalSync",
    from: BEFORE_ALL_BOOKS,
  });
  const after = await quickbooks.calls(realmId);
  await expectAll(stage, companyId, realmId);
  const events = await historyEvents(temporalAddress, run.batchId);
  const wholeRate = whole.records / whole.seconds;
  const rate = run.done / run.seconds;
  return {
    bench: "history",
    initialSync: {
      records: whole.records,
      seconds: rounded(whole.seconds, 2),
      recordsPerSecond: rounded(wholeRate),
    },
    firstSync: { records: first.done, seconds: rounded(first.seconds, 2) },
    history: {
      records: run.done,
      seconds: rounded(run.seconds, 2),
      recordsPerSecond: rounded(rate),
      meteredCalls: after.metered - before.metered,
      historyEvents: events,
      historyEventsPerMillion: rounded((events * MILLION) / run.done),
    },
    ratioToInitialSync: rounded(rate / wholeRate, 2),
  };
}

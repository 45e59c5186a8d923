/** One company's initial sync at full speed, beside what the same machine does without our care in the same run. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { bareCopy, pagesOf, type Copied } from "./bare-copy.ts";
import { cpuBetween, cpuSecondsOf } from "./cpu.ts";
import { fetchAndDrop } from "./fetch-and-drop.ts";
import { historyEvents, peakMemoryMb, percentile, rounded } from "./figures.ts";
import { nodeQuickbooks, requireLibrary } from "./node-quickbooks.ts";
import { isPage } from "./quickbooks.ts";
import { benchmark, say, type Stage, type Worker } from "./stage.ts";
import { runInitialSync, type SyncRun } from "./sync.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
const COPIED_ROWS_MAX = 100_000;
const NODE_QUICKBOOKS_ROWS_MAX = 30_000;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "20000" },
    /** A folder for a CPU profile of the worker. */
    profile: { type: "string" },
  },
});

await benchmark({ check: requireLibrary }, (stage) => initialSync(stage, Number(values.records)));

async function initialSync(stage: Stage, records: number): Promise<object> {
  const worker = await stage.worker(profiled(values.profile));
  await runInitialSync(stage, await stage.quickbooks.company({ records: WARM_UP_RECORDS }));
  say(`Syncing a company of ${records} records`);
  if (values.profile !== undefined) worker.kill("SIGURG");
  const realmId = await stage.quickbooks.company({ records });
  const pids = { worker: worker.pid, ...stage.pids };
  const before = await cpuSecondsOf(pids);
  const run = await runInitialSync(stage, realmId);
  const cpuSeconds = cpuBetween(before, await cpuSecondsOf(pids));
  const ours = await figuresOf(stage, worker, realmId, run);
  await worker.stop();
  return {
    bench: "initial-sync",
    ...ours,
    cpuSeconds,
    ...(await comparisons(stage, realmId, run)),
  };
}

function profiled(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  const profile = new URL("profile.mjs", import.meta.url).href;
  return { NODE_OPTIONS: `--import ${profile}`, PROFILE_FOLDER: resolve(folder) };
}

async function figuresOf(
  { quickbooks, temporalAddress }: Stage,
  worker: Worker,
  realmId: string,
  run: SyncRun,
): Promise<object> {
  const { metered, queries, rowsServed } = await quickbooks.calls(realmId);
  return {
    records: run.records,
    seconds: rounded(run.seconds, 2),
    recordsPerSecond: rounded(run.records / run.seconds),
    secondsToWorkable: rounded(run.secondsToWorkable, 2),
    secondsToLastPage: rounded(run.secondsToLastPage, 2),
    recordsPerSecondToLastPage: rounded(run.records / run.secondsToLastPage),
    secondsToPhase: Object.fromEntries(
      [...run.phases].map(([phase, at]) => [phase, rounded((at - run.began) / 1000, 1)]),
    ),
    rowsServed,
    pages: queries.filter(isPage).length,
    meteredCalls: metered,
    historyEvents: await historyEvents(temporalAddress, run.batchId),
    workerPeakMemoryMb: await peakMemoryMb(worker.pid),
    batchQuery: {
      asked: run.latenciesMs.length,
      p50Ms: rounded(percentile(run.latenciesMs, 50), 1),
      p99Ms: rounded(percentile(run.latenciesMs, 99), 1),
    },
  };
}

async function comparisons(stage: Stage, realmId: string, run: SyncRun): Promise<object> {
  say("Fetching the same pages and dropping them");
  const { queries } = await stage.quickbooks.calls(realmId);
  const fetched = await fetchAndDrop(stage, realmId, queries);
  say("Copying the same rows into the same table");
  const pages = await pagesOf(stage.databaseUrl, run.companyId, COPIED_ROWS_MAX);
  const copiedByOne = await bareCopy(stage.databaseUrl, pages, 1);
  const copiedByFour = await bareCopy(stage.databaseUrl, pages, 4);
  say("Reading with node-quickbooks, storing with pg");
  const library = await nodeQuickbooks(stage, realmId, NODE_QUICKBOOKS_ROWS_MAX);
  const ours = run.records / run.seconds;
  return {
    fetchAndDrop: rateOf(fetched),
    bareCopyOneConnection: rateOf(copiedByOne),
    bareCopyFourConnections: rateOf(copiedByFour),
    nodeQuickbooks: rateOf(library),
    ratios: {
      // The same pages: the share of our time that fetching alone takes.
      fetchAndDrop: rounded(fetched.seconds / run.seconds, 2),
      bareCopyOneConnection: rounded(ours / perSecond(copiedByOne), 2),
      bareCopyFourConnections: rounded(ours / perSecond(copiedByFour), 2),
      nodeQuickbooks: rounded(ours / perSecond(library), 2),
    },
  };
}

function perSecond({ rows, seconds }: Copied): number {
  return rows / seconds;
}

function rateOf(done: Copied): object {
  return {
    rows: done.rows,
    seconds: rounded(done.seconds, 2),
    rowsPerSecond: rounded(perSecond(done)),
  };
}

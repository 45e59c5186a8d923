import { setTimeout as wait } from "node:timers/promises";

import { Client as Temporal, Connection } from "@temporalio/client";
import { Client } from "pg";

import { Trouble } from "../dev/embedded/trouble.ts";
import { autoSyncScheduleId, AUTO_SYNC_EVERY_MIN, nextTick } from "../workflows/contract.ts";
import { cpuBetween, cpuSecondsOf } from "./cpu.ts";
import { memoryNowMb, peakMemoryMb, percentile, rounded } from "./figures.ts";
import { A_WEEK_MIN, keepEven, runBatch } from "./runs.ts";
import { say, type Stage, type Worker } from "./stage.ts";
import { connectedCompany } from "./sync.ts";

const RECORDS_EACH = 100;
/** First syncs side by side; more would only wait for the worker's slots. */
const FIRST_SYNCS_AT_ONCE = 8;
const TELL_EVERY = 100;
const MINUTE_MS = 60_000;
/** A run that a tick wanted near the end is over this long after it. */
const AFTERWARDS_MS = 60_000;
/** Temporal drops the second of two triggers of a Schedule within one second. */
const BETWEEN_TRIGGERS_MS = 1_200;
const ROUND_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 20;
const SCHEDULE_WITHIN_MS = 60_000;

interface Crowd {
  stage: Stage;
  worker: Worker;
  database: Client;
  temporal: Temporal;
  companyIds: string[];
}

/** Runs of their Schedules, as time has it: was a tick missed, and how late was a run queued? */
export const bySchedule = (stage: Stage, companies: number, minutes: number): Promise<object> =>
  withCrowd(stage, { companies, everyMinutes: AUTO_SYNC_EVERY_MIN }, async (crowd) => {
    const from = new Date();
    const until = new Date(from.getTime() + minutes * MINUTE_MS);
    say(`Ticks until ${until.toISOString()}`);
    const used = await measured(crowd, () => wait(minutes * MINUTE_MS + AFTERWARDS_MS));
    const runs = await runsSince(crowd, from);
    const lagsMs: number[] = [];
    let missed = 0;
    for (const companyId of crowd.companyIds) {
      for (const tick of ticksOf(companyId, from, until)) {
        const next = nextTick(companyId, AUTO_SYNC_EVERY_MIN, tick);
        const run = runs.find(
          (each) => each.companyId === companyId && each.queuedAt >= tick && each.queuedAt < next,
        );
        if (run === undefined) missed++;
        else lagsMs.push(run.queuedAt.getTime() - tick.getTime());
      }
    }
    return {
      bench: "autosync-by-schedule",
      companies,
      minutes,
      ticks: lagsMs.length + missed,
      missed,
      lagMs: percentiles(lagsMs),
      ...outcomesOf(runs),
      ...used,
    };
  });

/** Runs of their Schedules, triggered for all companies at once, again and again: a day of ticks in minutes. */
export const byRounds = (stage: Stage, companies: number, rounds: number): Promise<object> =>
  withCrowd(stage, { companies, everyMinutes: A_WEEK_MIN }, async (crowd) => {
    const from = new Date();
    const roundsMs: number[] = [];
    const used = await measured(crowd, async () => {
      for (let round = 1; round <= rounds; round++) {
        const began = performance.now();
        await Promise.all(
          crowd.companyIds.map((id) =>
            crowd.temporal.schedule.getHandle(autoSyncScheduleId(id)).trigger("ALLOW_ALL"),
          ),
        );
        await untilRunsAreOver(crowd, from, round * companies);
        const tookMs = performance.now() - began;
        roundsMs.push(tookMs);
        await wait(Math.max(0, BETWEEN_TRIGGERS_MS - tookMs));
      }
    });
    const runs = await runsSince(crowd, from);
    return {
      bench: "autosync-by-rounds",
      companies,
      rounds,
      roundMs: percentiles(roundsMs),
      ...outcomesOf(runs),
      ...used,
    };
  });

/** Companies whose first sync is done and whose Schedule is there, with one worker. */
async function withCrowd(
  stage: Stage,
  { companies, everyMinutes }: { companies: number; everyMinutes: number },
  work: (crowd: Crowd) => Promise<object>,
): Promise<object> {
  const database = new Client({ connectionString: stage.databaseUrl });
  await database.connect();
  const connection = await Connection.connect({ address: stage.temporalAddress });
  const temporal = new Temporal({ connection });
  try {
    const worker = await stage.worker();
    const companyIds = await firstSyncs(stage, companies);
    for (const id of companyIds) await keepEven(stage, id, everyMinutes);
    await untilScheduled(temporal, companies);
    return await work({ stage, worker, database, temporal, companyIds });
  } finally {
    await connection.close();
    await database.end();
  }
}

async function firstSyncs(stage: Stage, companies: number): Promise<string[]> {
  say(`First syncs of ${companies} companies`);
  const ids: string[] = [];
  let left = companies;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const realmId = await stage.quickbooks.company({ records: RECORDS_EACH });
      const id = await connectedCompany(stage, realmId);
      await runBatch(stage, id, { do: "startInitialSync", historyFrom: null });
      ids.push(id);
      if (ids.length % TELL_EVERY === 0) say(`${ids.length} are done`);
    }
  };
  await Promise.all(Array.from({ length: FIRST_SYNCS_AT_ONCE }, lane));
  return ids;
}

async function untilScheduled(temporal: Temporal, companies: number): Promise<void> {
  let found = 0;
  for (const until = Date.now() + SCHEDULE_WITHIN_MS; Date.now() < until;) {
    found = 0;
    for await (const { scheduleId } of temporal.schedule.list()) {
      if (scheduleId.startsWith(autoSyncScheduleId(""))) found++;
    }
    if (found === companies) return;
    await wait(LOOK_EVERY_MS * 10);
  }
  throw new Trouble(`Temporal has ${found} Schedules, not ${companies}.`);
}

/** The worker's memory before and after, and what each process used in between. */
async function measured({ stage, worker }: Crowd, work: () => Promise<unknown>): Promise<object> {
  const pids = { worker: worker.pid, ...stage.pids };
  const before = { cpu: await cpuSecondsOf(pids), memoryMb: await memoryNowMb(worker.pid) };
  const began = performance.now();
  await work();
  return {
    seconds: rounded((performance.now() - began) / 1000, 1),
    cpuSeconds: cpuBetween(before.cpu, await cpuSecondsOf(pids)),
    workerMemoryMb: {
      before: before.memoryMb,
      after: await memoryNowMb(worker.pid),
      peak: await peakMemoryMb(worker.pid),
    },
  };
}

interface ScheduledRun {
  companyId: string;
  status: string;
  queuedAt: Date;
  seconds: number | null;
}

async function runsSince({ database }: Crowd, from: Date): Promise<ScheduledRun[]> {
  const { rows } = await database.query<ScheduledRun>(
    `select company_id as "companyId", status, queued_at as "queuedAt",
        extract(epoch from finished_at - queued_at)::float8 as seconds
      from batches where trigger = 'schedule' and queued_at >= $1 order by queued_at`,
    [from],
  );
  return rows;
}

async function untilRunsAreOver({ database }: Crowd, from: Date, wanted: number): Promise<void> {
  let over = 0;
  for (const until = Date.now() + ROUND_WITHIN_MS; Date.now() < until;) {
    const { rows } = await database.query<{ over: number }>(
      `select count(*)::int as over from batches
        where trigger = 'schedule' and queued_at >= $1 and finished_at is not null`,
      [from],
    );
    over = rows[0]?.over ?? 0;
    if (over >= wanted) return;
    await wait(LOOK_EVERY_MS);
  }
  throw new Trouble(`Of ${wanted} triggered runs ${over} are over.`);
}

function ticksOf(companyId: string, from: Date, until: Date): Date[] {
  const ticks: Date[] = [];
  let tick = nextTick(companyId, AUTO_SYNC_EVERY_MIN, from);
  for (; tick < until; tick = nextTick(companyId, AUTO_SYNC_EVERY_MIN, tick)) ticks.push(tick);
  return ticks;
}

/** How the runs ended, and how long they took from the queue to their end. */
const outcomesOf = (runs: readonly ScheduledRun[]): object => ({
  runs: runs.length,
  notSucceeded: runs.filter(({ status }) => status !== "succeeded").length,
  runMs: percentiles(runs.flatMap(({ seconds }) => (seconds === null ? [] : [seconds * 1000]))),
});

const percentiles = (ms: readonly number[]): object => ({
  p50: rounded(percentile(ms, 50)),
  p99: rounded(percentile(ms, 99)),
  max: rounded(percentile(ms, 100)),
});

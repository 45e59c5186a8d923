/** A QuickBooks Desktop company's initial sync, with other companies' Web Connectors coming meanwhile. */
import { parseArgs } from "node:util";

import { Client } from "pg";

import { cpuBetween, cpuSecondsOf } from "./cpu.ts";
import {
  come,
  desktopPc,
  expectWhole,
  reportsOf,
  slowDown,
  until,
  type DesktopPc,
  type Latency,
  type Report,
} from "./desktop-pc.ts";
import { historyEvents, peakMemoryMb, percentile, rounded } from "./figures.ts";
import { runBatch, type Run } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";

/** A QuickBooks of a few years on a PC of a few years. */
const REALISTIC: Latency = { openMs: 3_000, requestMs: 150, recordMs: 3, lineMs: 1 };
const INSTANT: Latency = { openMs: 0, requestMs: 0, recordMs: 0, lineMs: 0 };
/** The first page of a query holds a hundred records. */
const LARGE = { records: 1_000, notesChars: 200_000 };
const SMALLEST_RECORDS = 200;
/** Synced before anything is measured, so that compiling is left out. */
const WARM_UP_RECORDS = 1_000;
const MET_AT_ONCE = 10;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "3000" },
    /** Of the same sync by a QuickBooks that answers at once. */
    "instant-records": { type: "string", default: "10000" },
    /** Beside 1, the latencies are multiplied by it, and the answer says so. */
    "latency-scale": { type: "string", default: "1" },
    /** So many other companies' Web Connectors ask whether there is something to do. */
    companies: { type: "string", default: "100" },
    "poll-every-ms": { type: "string", default: "60000" },
    large: { type: "boolean", default: false },
  },
});

await benchmark({}, async (stage) => {
  const worker = await stage.worker();
  const instant = await instantSync(stage, Number(values["instant-records"]), worker.pid);
  say(`${values.companies} further companies are met`);
  const others = await otherCompanies(stage, Number(values.companies));
  for (const each of others) await come(stage, each, Number(values["poll-every-ms"]));
  const real = await realisticSync(stage, Number(values.records));
  for (const each of others) await come(stage, each, null);
  await worker.stop();
  return {
    bench: "desktop-sync",
    instant,
    others: others.length,
    othersComeEveryMs: Number(values["poll-every-ms"]),
    realistic: real,
    ...(values.large ? { large: await largeAnswers(stage) } : {}),
  };
});

async function otherCompanies(stage: Stage, count: number): Promise<DesktopPc[]> {
  const met: DesktopPc[] = [];
  while (met.length < count) {
    const some = Array.from({ length: Math.min(MET_AT_ONCE, count - met.length) }, () =>
      desktopPc(stage, { records: SMALLEST_RECORDS }),
    );
    met.push(...(await Promise.all(some)));
  }
  return met;
}

async function instantSync(stage: Stage, records: number, workerPid: number): Promise<object> {
  say("Syncing a small company file, so that compiling is left out");
  const small = await desktopPc(stage, { records: WARM_UP_RECORDS });
  await slowDown(stage, small, INSTANT);
  await sync(stage, small);
  say(`Syncing a company file of ${records} records that answers at once`);
  const pc = await desktopPc(stage, { records });
  await slowDown(stage, pc, INSTANT);
  const pids = { worker: workerPid, ...stage.pids };
  const before = await cpuSecondsOf(pids);
  const synced = await sync(stage, pc);
  return {
    ...figuresOf(pc, synced, INSTANT),
    cpuSeconds: cpuBetween(before, await cpuSecondsOf(pids)),
    historyEvents: await historyEvents(stage.temporalAddress, synced.run.batchId),
  };
}

async function realisticSync(stage: Stage, records: number): Promise<object> {
  const scale = Number(values["latency-scale"]);
  const latency = Object.fromEntries(
    Object.entries(REALISTIC).map(([name, ms]) => [name, ms * scale]),
  ) as unknown as Latency;
  say(`Syncing a company file of ${records} records that takes its time`);
  const pc = await desktopPc(stage, { records });
  await slowDown(stage, pc, latency);
  const synced = await sync(stage, pc);
  say("Once more with nothing new");
  const idle = await sync(stage, pc, { do: "syncNow", everything: false });
  return {
    latencyScale: scale,
    ...figuresOf(pc, synced, latency),
    idleExchanges: idle.reports.reduce((sum, { exchanges }) => sum + exchanges, 0),
  };
}

/** A worker of its own, and a file whose first pages are 20 MB each. */
async function largeAnswers(stage: Stage): Promise<object> {
  say("Syncing a company file with very long texts");
  const worker = await stage.worker();
  const pc = await desktopPc(stage, LARGE);
  const { run } = await sync(stage, pc);
  const figures = {
    records: run.done,
    seconds: rounded(run.seconds, 1),
    workerPeakMemoryMb: await peakMemoryMb(worker.pid),
  };
  await worker.stop();
  return figures;
}

interface Synced {
  run: Run;
  reports: Report[];
  /** Of all requests, those that were down before QuickBooks had answered the one before. */
  askedAhead: number;
}

/** A batch from its request to its end, and what the Web Connector did meanwhile. */
async function sync(
  stage: Stage,
  pc: DesktopPc,
  wanted: Parameters<typeof runBatch>[2] = { do: "startInitialSync", historyFrom: null },
): Promise<Synced> {
  const began = Date.now();
  await come(stage, pc);
  const run = await runBatch(stage, pc.companyId, wanted);
  await come(stage, pc, null);
  await expectWhole(stage, pc);
  const reports: Report[] = [];
  await until(async () => {
    const all = await reportsOf(stage, pc);
    reports.splice(
      0,
      reports.length,
      ...all.filter(({ startedAt }) => Date.parse(startedAt) >= began),
    );
    return reports.some(({ exchanges }) => exchanges > 0);
  });
  return {
    run,
    reports: reports.filter(({ exchanges }) => exchanges > 0),
    askedAhead: await askedAhead(stage, pc, new Date(began)),
  };
}

async function askedAhead(
  { databaseUrl }: Stage,
  { companyId }: DesktopPc,
  since: Date,
): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ share: number }>(
    `select coalesce(avg((wanted_at < before)::int), 0)::float8 as share from (
       select wanted_at, lag(answered_at) over (order by sent_at) as before
       from desktop_exchanges where company_id = $1 and wanted_at >= $2) asked`,
    [companyId, since],
  );
  await client.end();
  return rows[0]?.share ?? 0;
}

function figuresOf(
  { records }: DesktopPc,
  { run, reports, askedAhead: ahead }: Synced,
  latency: Latency,
): object {
  const opening = reports.length * latency.openMs;
  const inside = opening + sumOf(reports, ({ quickBooksMs }) => quickBooksMs);
  const wallMs = sumOf(reports, ({ ms }) => ms);
  const calls = reports.flatMap((each) => each.calls);
  const exchanges = exchangesIn(calls);
  return {
    records,
    rowsRead: run.done,
    seconds: rounded(run.seconds, 2),
    recordsPerSecond: rounded(records / run.seconds),
    sessions: reports.length,
    sessionSeconds: rounded(wallMs / 1000, 2),
    shareInsideQuickBooks: rounded(inside / wallMs, 3),
    exchanges: exchanges.length,
    askedAhead: rounded(ahead, 2),
    exchangeMs: {
      p50: rounded(percentile(exchanges, 50), 1),
      p95: rounded(percentile(exchanges, 95), 1),
      max: rounded(Math.max(...exchanges), 1),
    },
    answersMs: rounded(percentile(msOf(calls, "receiveResponseXML"), 50), 1),
    requestsMs: rounded(percentile(msOf(calls, "sendRequestXML"), 50), 1),
    noOps: calls.filter(
      ({ method }, index) =>
        method === "getLastError" && calls[index + 1]?.method === "sendRequestXML",
    ).length,
  };
}

/** What the Web Connector waited for us around each request: the answer that it brought, and the request before it. */
function exchangesIn(calls: Report["calls"]): number[] {
  const found: number[] = [];
  let sentMs = 0;
  for (const { method, ms } of calls) {
    if (method === "sendRequestXML") sentMs = ms;
    if (method === "receiveResponseXML") found.push(sentMs + ms);
  }
  return found;
}

function msOf(calls: Report["calls"], wanted: string): number[] {
  return calls.filter(({ method }) => method === wanted).map(({ ms }) => ms);
}

function sumOf<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((sum, each) => sum + of(each), 0);
}

/**
 * The process that PostgreSQL and Temporal belong to. It lives exactly as long as the channel to
 * whoever started it: when that closes, also because its other end was killed, everything ends.
 */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { findTemporal } from "../temporal-binary/find.ts";
import { isLock, takeLock } from "./lock-file.ts";
import type { FromHost, RunningServices, StartOrder } from "./messages.ts";
import { answers } from "./ports.ts";
import { startPostgres, type RunningPostgres } from "./postgres.ts";
import { isAlive } from "./process-ids.ts";
import { startTemporal, type RunningTemporal } from "./temporal-server.ts";
import { sentenceOf, Trouble } from "./trouble.ts";
import { endWithUs } from "./watchdog.ts";

const LOCK_FILE = "running.json";

const LOOK_AFTER_POSTGRES_MS = 500;

const over = new AbortController();
/** What has been started, newest last; ended in the opposite order. */
const toEnd: (() => void | Promise<void>)[] = [];

const say = (message: FromHost): void => {
  if (process.connected) process.send?.(message);
};

let startup: Promise<void> = Promise.resolve();
let ending: Promise<void> | undefined;

const end = (code: number): Promise<void> => {
  ending ??= (async () => {
    over.abort();
    // What is just being started must be known before it can be ended.
    await startup.catch(() => undefined);
    for (const step of toEnd.toReversed()) await step();
    process.exit(code);
  })();
  return ending;
};

const fail = async (error: unknown): Promise<void> => {
  if (ending !== undefined) return;
  say({ type: "failed", sentence: sentenceOf(error) });
  await end(1);
};

process.on("disconnect", () => void end(0));
process.on("SIGTERM", () => void end(0));
process.once("message", (order: StartOrder) => {
  startup = start(order);
  startup.catch(fail);
});

async function start(order: StartOrder): Promise<void> {
  if (order.temporary) toEnd.push(() => rm(order.dataDir, { recursive: true, force: true }));
  const lock = await takeLock(join(order.dataDir, LOCK_FILE));
  if (!isLock(lock)) {
    throw new Trouble(
      `${order.dataDir} is in use by process ${lock.pid}${where(lock)}. Stop that one first.`,
    );
  }
  toEnd.push(() => lock.release());

  const [postgres, temporal] = await settleBoth(startDatabase(order), startOrFindTemporal(order));
  const services: RunningServices = {
    databaseUrl: postgres.databaseUrl,
    temporalAddress: temporal.address,
    temporalUiUrl: temporal.uiUrl,
    dataDir: order.dataDir,
    pids: {
      host: process.pid,
      postgres: postgres.pid,
      ...(temporal.pid === 0 ? {} : { temporal: temporal.pid }),
    },
  };
  const guard = endWithUs(services.pids);
  toEnd.push(() => guard.end());
  await lock.describe({ ...services });
  onTemporalRestart = (pid) => {
    services.pids.temporal = pid;
    guard.watch(services.pids);
    void lock.describe({ ...services });
  };
  say({ type: "ready", services });
}

let onTemporalRestart: (pid: number) => void = () => undefined;

async function startDatabase(order: StartOrder): Promise<RunningPostgres> {
  const file = createWriteStream(join(order.dataDir, "postgres.log"), { flags: "a" });
  const postgres = await startPostgres({
    folder: order.dataDir,
    port: order.postgresPort ?? 0,
    log: (text) => file.write(text),
  });
  const watch = setInterval(() => {
    if (!isAlive(postgres.pid))
      void fail(new Trouble(`PostgreSQL ended. Its log: ${String(file.path)}`));
  }, LOOK_AFTER_POSTGRES_MS);
  toEnd.push(async () => {
    clearInterval(watch);
    await postgres.stop();
  });
  return postgres;
}

async function startOrFindTemporal(
  order: StartOrder,
): Promise<Pick<RunningTemporal, "pid" | "address" | "uiUrl">> {
  const running = process.env["TEMPORAL_ADDRESS"];
  if (running) return runningTemporal(running);
  const { path, version } = await findTemporal({
    env: process.env,
    signal: over.signal,
    onProgress: (sentence) => say({ type: "progress", sentence }),
  });
  const temporal = await startTemporal({
    binary: path,
    version,
    folder: order.dataDir,
    port: order.temporalPort ?? 0,
    uiPort: order.temporalUiPort ?? 0,
    signal: over.signal,
    onRestart: (pid) => onTemporalRestart(pid),
    onLost: (sentence) => void fail(new Trouble(sentence)),
  });
  toEnd.push(() => temporal.stop());
  return temporal;
}

async function runningTemporal(
  address: string,
): Promise<{ pid: 0; address: string; uiUrl: string }> {
  if (!(await answers(address))) {
    throw new Trouble(
      `TEMPORAL_ADDRESS names ${address}, but nothing answers there. Start that server, or unset TEMPORAL_ADDRESS to have one started.`,
    );
  }
  return { pid: 0, address, uiUrl: process.env["TEMPORAL_UI_URL"] || "http://127.0.0.1:8233" };
}

/** Waits for both even when one fails, so that whatever started is known and can be ended. */
async function settleBoth<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === "rejected") throw one.reason;
  if (other.status === "rejected") throw other.reason;
  return [one.value, other.value];
}

const where = (holder: Record<string, unknown>): string =>
  typeof holder["databaseUrl"] === "string" && typeof holder["temporalUiUrl"] === "string"
    ? ` (PostgreSQL on port ${new URL(holder["databaseUrl"]).port}, Temporal's UI at ${holder["temporalUiUrl"]})`
    : "";

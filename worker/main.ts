import { existsSync } from "node:fs";

import { DefaultLogger, Runtime, type Worker } from "@temporalio/worker";

import { ConfigError, readConfig } from "../core/config.ts";
import { createLog } from "../core/log.ts";
import { startExchangeListener } from "../db/desktop-exchanges.ts";
import { createPool } from "../db/pool.ts";
import { connectTemporal } from "./temporal.ts";
import { createWorkers } from "./worker.ts";

const POOL_MAX = 50;
const PIPELINE_POOL_MAX = 10;

/** `npm run worker`: config, pool, Temporal, worker; runs until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const config = readConfig(process.env);
  const log = createLog(config.logLevel, "worker");
  Runtime.install({
    logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
      log[level === "ERROR" ? "error" : "warn"](meta ?? {}, message);
    }),
  });
  const pool = createPool(config.databaseUrl, { max: POOL_MAX, name: "evenbooks-worker" });
  const pipelinePool = createPool(config.databaseUrl, {
    max: PIPELINE_POOL_MAX,
    name: "evenbooks-worker-pipeline",
    pipeline: true,
  });
  const temporal = await connectTemporal(config.temporal);
  const listener = startExchangeListener(config.databaseUrl, log);
  try {
    const pools = { pool, pipelinePool };
    const workers = await createWorkers({ ...pools, listener, temporal, config, log });
    log.info({ temporal: config.temporal.address }, "worker runs");
    await runAll(workers);
  } finally {
    await listener.close();
    await temporal.close();
    await pipelinePool.end();
    await pool.end();
  }
}

/** Runs until all have ended. Where one fails the others end too, and its error is the one that is thrown. */
async function runAll(workers: readonly Worker[]): Promise<void> {
  const failures: unknown[] = [];
  const run = async (worker: Worker): Promise<void> => {
    try {
      await worker.run();
    } catch (error) {
      failures.push(error);
      for (const each of workers) if (each.getState() === "RUNNING") each.shutdown();
    }
  };
  await Promise.all(workers.map(run));
  if (failures.length > 0) throw failures[0];
}

main().catch((error: unknown) => {
  console.error(
    error instanceof ConfigError ? error.message : `The worker stopped: ${describe(error)}`,
  );
  process.exit(1);
});

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

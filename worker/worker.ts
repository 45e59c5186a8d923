import type { Client } from "@temporalio/client";
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import type { Pool } from "pg";

import { createActivities } from "../activities/index.ts";
import type { Config } from "../core/config.ts";
import type { Log } from "../core/log.ts";
import type { Listener } from "../db/listener.ts";
import {
  longTaskQueue,
  RECONCILE_EVERY,
  RECONCILE_SCHEDULE_ID,
  TASK_QUEUE,
} from "../workflows/contract.ts";
import { workflowBundle } from "./bundle.ts";
import { missingSearchAttributes } from "./search-attributes.ts";
import { createSources } from "./sources.ts";
import type { TemporalConnections } from "./temporal.ts";

/** Runs of AutoSync at work side by side in one worker, and what takes a moment. */
const ACTIVITIES_MAX = 20;
/** Other batches at work side by side; the pages they hold in memory are what bounds it. */
const LONG_ACTIVITIES_MAX = 20;
/** Cached workflows are small, but the default grows with the heap. */
const CACHED_WORKFLOWS_MAX = 200;

export interface WorkerDeps {
  pool: Pool;
  /** Pipelines: for what takes one round trip, exchanges with PCs and moments to ask Intuit. */
  pipelinePool: Pool;
  /** Hears of answers that PCs have brought. */
  listener: Listener;
  temporal: TemporalConnections;
  config: Config;
  log: Log;
}

/** Puts the workers of a process together, one for each queue. They run until their `shutdown`; a page in flight is committed first. */
export async function createWorkers(deps: WorkerDeps): Promise<Worker[]> {
  const { pool, pipelinePool, listener, temporal, config, log } = deps;
  await refuseUnpreparedServer(temporal.client);
  await ensureReconciling(temporal.client);
  const activities = createActivities({
    pool,
    temporal: temporal.client,
    log,
    failuresMax: config.failuresMax,
    verify: config.verify,
    ...createSources({ pool, pipelinePool, listener, config }),
  });
  const shared = {
    connection: temporal.native,
    namespace: config.temporal.namespace,
    activities,
    // Activities hear of a shutdown at once: a page in flight is dropped, one being stored is finished.
    shutdownForceTime: "25s" as const,
  };
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUE,
      maxConcurrentActivityTaskExecutions: ACTIVITIES_MAX,
      workflowBundle: await workflowBundle(),
      maxCachedWorkflows: CACHED_WORKFLOWS_MAX,
      // A worker that died is noticed by its workflows this soon; the price is a replay.
      stickyQueueScheduleToStartTimeout: "2s",
    }),
    Worker.create({
      ...shared,
      taskQueue: longTaskQueue(TASK_QUEUE),
      maxConcurrentActivityTaskExecutions: LONG_ACTIVITIES_MAX,
    }),
  ]);
}

async function refuseUnpreparedServer(client: Client): Promise<void> {
  const missing = await missingSearchAttributes(client);
  if (missing.length > 0) {
    throw new Error(
      `Temporal does not know the search attributes ${missing.join(", ")}, and would refuse every start. Run: npm run migrate`,
    );
  }
}

/** The Schedule that mends what crashes leave; every worker makes sure of it, the first one makes it. */
async function ensureReconciling(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: RECONCILE_SCHEDULE_ID,
      spec: { intervals: [{ every: RECONCILE_EVERY }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "1 minute" },
      action: {
        type: "startWorkflow",
        workflowType: "reconcileState",
        workflowId: RECONCILE_SCHEDULE_ID,
        taskQueue: TASK_QUEUE,
        workflowRunTimeout: "2 minutes",
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

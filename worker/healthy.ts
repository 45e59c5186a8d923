/**
 * Exit code 0 when the worker on this machine (in this container) polls its task queue, as Temporal
 * sees it: the health check of docker-compose.yml.
 */
import { hostname } from "node:os";

import { Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";

import { readMigrateConfig } from "../core/config.ts";
import { TASK_QUEUE } from "../workflows/contract.ts";

/** A waiting poll is renewed once a minute. */
const LATEST_POLL_MS = 150_000;

// oxlint-disable-next-line node/no-process-env -- an entry file of its own
const { temporal } = readMigrateConfig(process.env);
const { connectionOptions } = loadClientConnectConfig();
const connection = await Connection.connect({ ...connectionOptions, address: temporal.address });
try {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: temporal.namespace,
    taskQueue: { name: TASK_QUEUE },
  });
  const since = Date.now() / 1_000 - LATEST_POLL_MS / 1_000;
  // A worker's identity is its process id and the name of its machine.
  const polls = (pollers ?? []).some(
    ({ identity, lastAccessTime }) =>
      identity?.endsWith(`@${hostname()}`) === true && Number(lastAccessTime?.seconds ?? 0) > since,
  );
  if (!polls) console.error(`No worker of ${hostname()} polls ${TASK_QUEUE}.`);
  process.exitCode = polls ? 0 : 1;
} finally {
  await connection.close();
}

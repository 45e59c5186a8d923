import { WorkflowNotFoundError } from "@temporalio/client";

import { pruneDesktop } from "../db/desktop-sessions.ts";
import { companiesWithOpenBatches } from "../db/leases.ts";
import { batchWorkflowId, COORDINATOR, coordinatorStart } from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";
import { queueDueComparisons } from "./queue-comparisons.ts";
import { reconcileSchedules } from "./reconcile-schedules.ts";

/**
 * Mends what a crash between PostgreSQL and Temporal left: a batch queued when the api died, or one
 * that runs without its workflow, needs a coordinator; a batch that was asked to end while Temporal
 * was away is asked again; a Schedule that is lost or differs is made anew; old exchanges with PCs go.
 * It also queues the comparisons that syncs have left to be made.
 * All of it is harmless where nothing is amiss.
 */
export const reconcileState = (deps: ActivityDeps) => async (): Promise<{ companies: number }> => {
  const { pool, temporal, log } = deps;
  const companies = await companiesWithOpenBatches(pool);
  for (const { companyId, cancelledBatchId } of companies) {
    if (cancelledBatchId !== null) {
      await temporal.workflow
        .getHandle(batchWorkflowId(cancelledBatchId))
        .cancel()
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
    await temporal.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
  }
  if (companies.length > 0) log.info({ companies: companies.length }, "coordinators woken");
  await queueDueComparisons(deps);
  await reconcileSchedules(deps);
  await pruneDesktop(pool);
  return { companies: companies.length };
};

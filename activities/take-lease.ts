import { Context } from "@temporalio/activity";

import { takeLease as take, type LeaseAnswer } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import {
  batchWorkflowId,
  COORDINATOR,
  coordinatorStart,
  type BatchInput,
} from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";

export interface TakeLease extends BatchInput {
  /** A coordinator started this run, for a batch that it had claimed. */
  isClaimed: boolean;
}

/**
 * The first thing a batch's workflow does: the right to work on the batch, or a sentence that says
 * why this run may not. A batch that went back into the queue gets its coordinator woken.
 */
export const takeLease =
  ({ pool, temporal }: ActivityDeps) =>
  async ({ batchId, companyId, isClaimed }: TakeLease): Promise<LeaseAnswer> => {
    const { workflowExecution } = Context.current().info;
    const answer = await take(pool, {
      batchId,
      companyId,
      isClaimed,
      ownsWorkflowId: workflowExecution?.workflowId === batchWorkflowId(batchId),
      runId: workflowExecution?.runId ?? "",
    });
    await notifyBatch(pool, { batchId, companyId });
    if (answer.is === "refused" && answer.companyId !== null) {
      await temporal.workflow.signalWithStart(COORDINATOR, coordinatorStart(answer.companyId));
    }
    return answer;
  };

import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  ChildWorkflowFailure,
  continueAsNew,
  executeChild,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from "@temporalio/workflow";

import type { ChildEnded } from "../activities/coordinate.ts";
import type { Activities } from "../activities/index.ts";
import { batchWorkflowId, nudge, SEARCH_ATTRIBUTES } from "./contract.ts";
import { control } from "./policies.ts";

type ClaimedBatch = NonNullable<Awaited<ReturnType<Activities["claimNextBatch"]>>>;

/** How long to leave a batch alone that another run is at work on. */
const LOOK_AGAIN_MS = 10_000;

/** Which workflow does a batch of this kind. */
const WORKFLOW_OF_KIND: Partial<Record<ClaimedBatch["kind"], string>> = {
  initial: "initialSync",
  historical: "historicalSync",
  autosync: "autoSync",
  manual: "autoSync",
  reapply_payments: "reapplyPayments",
  verify: "verify",
};

/**
 * Runs a company's batches one at a time, in the order of the queue, and ends when it is empty. The
 * queue is in PostgreSQL: a nudge only says "look", so lost or doubled ones do no harm.
 */
export async function companyCoordinator(companyId: string): Promise<void> {
  let look = true;
  setHandler(nudge, () => {
    look = true;
  });
  while (look) {
    look = false;
    const batch = await control.claimNextBatch(companyId);
    if (batch === null) continue;
    look = true;
    setCurrentDetails(`Running ${batch.label}`);
    const how = await runBatch(companyId, batch);
    const over = await control.recordOutcome({ batch: { batchId: batch.batchId, companyId }, how });
    setCurrentDetails("");
    // Another run is at work on it. The next claim says what has become of the batch meanwhile.
    if (!over) await sleep(LOOK_AGAIN_MS);
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof companyCoordinator>(companyId);
  }
}

async function runBatch(companyId: string, batch: ClaimedBatch): Promise<ChildEnded["how"]> {
  const workflowType = WORKFLOW_OF_KIND[batch.kind];
  if (workflowType === undefined) return "failed";
  try {
    await executeChild(workflowType, {
      workflowId: batchWorkflowId(batch.batchId),
      args: [{ batchId: batch.batchId, companyId }],
      workflowIdReusePolicy: "ALLOW_DUPLICATE",
      parentClosePolicy: "ABANDON",
      staticSummary: batch.label,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.companyId, value: companyId },
        { key: SEARCH_ATTRIBUTES.kind, value: batch.kind },
        { key: SEARCH_ATTRIBUTES.trigger, value: batch.trigger },
        { key: SEARCH_ATTRIBUTES.batchId, value: batch.batchId },
      ],
    });
    return "completed";
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return "open";
    if (isCancellation(error)) return "cancelled";
    if (error instanceof ChildWorkflowFailure) return "failed";
    throw error;
  }
}

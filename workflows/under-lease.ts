import {
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from "@temporalio/workflow";

import type { Activities } from "../activities/index.ts";
import type { BatchInput } from "./contract.ts";
import { faultOf } from "./faults.ts";
import { control } from "./policies.ts";

/** What a batch says that went back into the queue: its row is as it is to be. */
export const YIELDED =
  "Yielded its turn to another batch of the company; it is taken up again by itself.";

type LeaseAnswer = Awaited<ReturnType<Activities["takeLease"]>>;
type Held = Extract<LeaseAnswer, { is: "held" }>;

/**
 * Runs a batch: takes the lease, works, and closes the batch's row whatever comes. A run that may
 * not work says why and ends well; a batch that fails fails its workflow too, so that Temporal's
 * UI tells the truth.
 */
export async function underLease(
  input: BatchInput,
  work: (held: Held) => Promise<string>,
): Promise<string> {
  const held = await control.takeLease({ ...input, isClaimed: isClaimed() });
  if (held.is === "refused") return held.why;
  const { lease } = held;
  try {
    const said = await work(held);
    if (said === YIELDED) return said;
    await control.closeBatch({ lease, outcome: { is: "succeeded" } });
    return said;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    return await CancellationScope.nonCancellable(() => closeAfter(lease, error));
  }
}

/** Did a coordinator start this run? An operator's own start has no parent, and a reset is not its own beginning. */
function isClaimed(): boolean {
  const { parent, runId, originalExecutionRunId } = workflowInfo();
  return parent !== undefined && runId === originalExecutionRunId;
}

async function closeAfter(lease: Held["lease"], error: unknown): Promise<string> {
  if (isCancellation(error)) {
    await control.closeBatch({ lease, outcome: { is: "cancelled" } });
    throw error;
  }
  const fault = faultOf(error);
  if (fault.kind === "lease-lost") return fault.message;
  await control.closeBatch({ lease, outcome: { is: "failed", fault } });
  throw ApplicationFailure.create({
    message: fault.message,
    type: fault.kind,
    nonRetryable: true,
    details: [fault],
  });
}

import type { Client } from "@temporalio/client";

import type { Log } from "../core/log.ts";
import {
  ALIGN_AUTO_SYNC,
  alignStart,
  batchWorkflowId,
  COORDINATOR,
  coordinatorStart,
} from "../workflows/contract.ts";

/** PostgreSQL alone decides; Temporal is only told to hurry, and nobody waits long for it. */
const TIMEOUT_MS = 2_000;
const PROBE_TIMEOUT_MS = 1_000;

/** How the api speaks to Temporal. Nothing here throws: what is not heard, `reconcileState` makes good. */
export interface Coordinators {
  /** Wakes a company's coordinator, or starts it. */
  nudge(companyId: string): Promise<void>;
  /** Has a company's Schedule made what its settings say. */
  align(companyId: string): Promise<void>;
  /** Asks a running batch's workflow to end. */
  cancel(batchId: string): Promise<void>;
  /** Does Temporal answer? */
  isUp(): Promise<boolean>;
}

export function createCoordinators(client: Client, log: Log): Coordinators {
  const attempt = async (
    what: string,
    ids: object,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      await client.withDeadline(Date.now() + TIMEOUT_MS, work);
    } catch (error) {
      log.warn(
        { ...ids, err: error },
        `${what} did not reach Temporal; reconcileState makes it good`,
      );
    }
  };
  return {
    nudge: (companyId) =>
      attempt("a nudge", { companyId }, () =>
        client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId)),
      ),
    align: (companyId) =>
      attempt("a change of the schedule", { companyId }, () =>
        client.workflow.signalWithStart(ALIGN_AUTO_SYNC, alignStart(companyId)),
      ),
    cancel: (batchId) =>
      attempt("a cancellation", { batchId }, () =>
        client.workflow.getHandle(batchWorkflowId(batchId)).cancel(),
      ),
    async isUp() {
      try {
        await client.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () =>
          client.connection.workflowService.getSystemInfo({}),
        );
        return true;
      } catch {
        return false;
      }
    },
  };
}

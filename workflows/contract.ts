import { defineSearchAttributeKey, type SearchAttributePair } from "@temporalio/common";
import { defineSignal } from "@temporalio/workflow";

/** The queue that every worker polls. */
export const TASK_QUEUE = "sync";

/** How the operator filters in Temporal's UI; `npm run migrate` registers them. */
export const SEARCH_ATTRIBUTES = {
  companyId: defineSearchAttributeKey("SyncCompanyId", "KEYWORD"),
  kind: defineSearchAttributeKey("SyncKind", "KEYWORD"),
  trigger: defineSearchAttributeKey("SyncTrigger", "KEYWORD"),
  batchId: defineSearchAttributeKey("SyncBatchId", "KEYWORD"),
};

/** Wakes a company's coordinator. It carries nothing: the queue is in PostgreSQL. */
export const nudge = defineSignal("nudge");

/** Tells a batch that waits for a PC that its Web Connector has come. */
export const connectorCame = defineSignal("connectorCame");

export const RECONCILE_SCHEDULE_ID = "reconcile-state";
export const RECONCILE_EVERY = "1 minute";

export const coordinatorId = (companyId: string): string => `company:${companyId}`;
export const batchWorkflowId = (batchId: string): string => `batch:${batchId}`;

/** What a batch's workflow is given: ids alone. */
export interface BatchInput {
  batchId: string;
  companyId: string;
}

/**
 * How a company's coordinator is woken, or started where none runs: the one call is
 * `client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId))`. Harmless when repeated.
 */
export const COORDINATOR = "companyCoordinator";

export const coordinatorStart = (companyId: string) => ({
  workflowId: coordinatorId(companyId),
  taskQueue: TASK_QUEUE,
  args: [companyId] as [string],
  signal: nudge,
  signalArgs: [] as [],
  typedSearchAttributes: [
    { key: SEARCH_ATTRIBUTES.companyId, value: companyId },
  ] satisfies SearchAttributePair[],
  staticSummary: "Runs this company's batches, one at a time",
});

/**
 * First contact with a company file that nobody has confirmed yet: started when its PC comes, and
 * told again each time. The one call is `client.workflow.signalWithStart(MEETING, meetingStart(companyId))`.
 */
export const MEETING = "meetCompany";

export const meetingStart = (companyId: string) => ({
  workflowId: `meeting:${companyId}`,
  taskQueue: TASK_QUEUE,
  args: [companyId] as [string],
  signal: connectorCame,
  signalArgs: [] as [],
  typedSearchAttributes: [
    { key: SEARCH_ATTRIBUTES.companyId, value: companyId },
  ] satisfies SearchAttributePair[],
  staticSummary: "Looks whose company file this is",
});

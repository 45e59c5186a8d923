import { defineSearchAttributeKey, type SearchAttributePair } from "@temporalio/common";
import { defineSignal } from "@temporalio/workflow";

/** The queue that every worker polls: workflows, what takes a moment, and AutoSync. */
export const TASK_QUEUE = "sync";

/**
 * The queue beside it, polled by every worker, too: what a batch does for minutes. It has slots of its
 * own, so that a tick, a click or a run of AutoSync finds one however many companies read their years.
 */
export const longTaskQueue = (taskQueue: string): string => `${taskQueue}-long`;

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

/** Started by a company's Schedule; it wants one run of AutoSync and ends. */
export const AUTO_SYNC_TICK = "autoSyncTick";

export const autoSyncScheduleId = (companyId: string): string => `autosync:${companyId}`;

/** What a run of AutoSync is called. */
export const autoSyncLabel = (companyName: string): string =>
  `[${companyName}] AutoSyncModule [AUTOSYNC]`;

/** At least this much time lies between two ticks, and what is usual, in minutes. */
export const AUTO_SYNC_EVERY_MIN = 15;

/**
 * When a company's ticks come: every so many minutes, at an offset of its own, so that a thousand
 * companies do not come at once. Intervals count from 1970, so the times are known beforehand.
 */
export function autoSyncSpec(companyId: string, everyMinutes: number) {
  const everyMs = everyMinutes * 60_000;
  return { intervals: [{ every: everyMs, offset: offsetMs(companyId, everyMs) }] };
}

/** The first tick after a moment. */
export function nextTick(companyId: string, everyMinutes: number, after: Date): Date {
  const everyMs = everyMinutes * 60_000;
  const ownMs = offsetMs(companyId, everyMs);
  const passed = Math.floor((after.getTime() - ownMs) / everyMs);
  return new Date((passed + 1) * everyMs + ownMs);
}

/** Whole seconds, from the random part of a uuid. */
const offsetMs = (companyId: string, everyMs: number): number =>
  (Number.parseInt(companyId.slice(0, 8), 16) % (everyMs / 1000)) * 1000;

/** Started by another Schedule of a company; it wants one comparison with QuickBooks and ends. */
export const VERIFY_TICK = "verifyTick";

export const verifyScheduleId = (companyId: string): string => `verify:${companyId}`;

/** What a comparison is called: one that a schedule started, and any other. */
export const scheduledVerifyLabel = (companyName: string): string =>
  `[${companyName}] AutoSyncModule [VERIFY]`;
export const verifyLabel = (companyName: string): string =>
  `Comparison of ${companyName} with QuickBooks`;

const DAY_MS = 86_400_000;

/**
 * When a company is compared by itself: every so many days, at an offset of its own, and a few minutes
 * off, so that no two weeks have the same rush. Not on the day on which the Schedule is made: its sync
 * has just been proven.
 */
export function verifySpec(companyId: string, everyDays: number, madeAt: Date) {
  const everyMs = everyDays * DAY_MS;
  return {
    intervals: [{ every: everyMs, offset: offsetMs(companyId, everyMs) }],
    jitter: "15 minutes" as const,
    startAt: new Date(madeAt.getTime() + DAY_MS),
  };
}

/** Makes a company's Schedule what PostgreSQL says: `signalWithStart(ALIGN_AUTO_SYNC, alignStart(companyId))`. */
export const ALIGN_AUTO_SYNC = "alignAutoSync";

export const alignStart = (companyId: string) => ({
  workflowId: `align:${companyId}`,
  taskQueue: TASK_QUEUE,
  args: [companyId] as [string],
  signal: nudge,
  signalArgs: [] as [],
  typedSearchAttributes: [
    { key: SEARCH_ATTRIBUTES.companyId, value: companyId },
  ] satisfies SearchAttributePair[],
  staticSummary: "Makes the Schedule of AutoSync what its settings say",
});

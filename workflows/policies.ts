import { proxyActivities } from "@temporalio/workflow";

import type { Activities } from "../activities/index.ts";

/**
 * Attempts are never counted here: a crash, a deploy and an operator's pause each use one up. What
 * may be tried again, and for how long, is decided by a fault's policy (activities/boundary.ts).
 */
const RETRY = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 30_000 };

/** A few statements in PostgreSQL. */
export const control = proxyActivities<
  Pick<
    Activities,
    | "claimNextBatch"
    | "recordOutcome"
    | "takeLease"
    | "closeBatch"
    | "markWorkable"
    | "tickAutoSync"
    | "yieldTurn"
    | "alignAutoSync"
    | "tickVerify"
  >
>({ startToCloseTimeout: 10_000, retry: RETRY });

/** Looks at every company, and at Temporal's schedules. */
export const reconciling = proxyActivities<Pick<Activities, "reconcileState">>({
  startToCloseTimeout: 90_000,
  retry: RETRY,
});

/** One look into a company file whose PC has just come; when the PC goes, the next contact looks again. */
export const meeting = proxyActivities<Pick<Activities, "meetFile">>({
  startToCloseTimeout: 10 * 60_000,
  heartbeatTimeout: 5_000,
  retry: RETRY,
  summary: "Look whose company file this is",
});

/**
 * Work against QuickBooks: about two minutes, more where QuickBooks is slow. A worker that dies is
 * noticed within the heartbeat; PostgreSQL knows where to go on. `summary` is what Temporal's UI
 * shows beside the activity.
 */
export const work = (summary: string, taskQueue: string) =>
  proxyActivities<
    Pick<
      Activities,
      | "preflight"
      | "pullChunk"
      | "sweep"
      | "prove"
      | "syncChanges"
      | "planHistory"
      | "settlePayments"
      | "planReapplication"
      | "judgeReapplication"
      | "swapApplications"
      | "verifyBooks"
    >
  >({
    startToCloseTimeout: 60 * 60_000,
    heartbeatTimeout: 5_000,
    retry: RETRY,
    summary,
    taskQueue,
  });

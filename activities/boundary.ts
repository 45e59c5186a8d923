import { setMaxListeners } from "node:events";

import { ApplicationFailure, CancelledFailure, Context } from "@temporalio/activity";
import { ApplicationFailureCategory } from "@temporalio/common";

import { faultIn, POLICY, type Fault } from "../core/faults.ts";
import { setWaiting } from "../db/batches.ts";
import type { Lease } from "../db/leases.ts";
import { CheckpointMoved } from "../db/pages.ts";
import type { ActivityDeps } from "./deps.ts";

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
const HOUR_MS = 60 * 60_000;
/** Waiting this long without one success in between is for a person to look at; an error of ours sooner. */
const GIVE_UP_AFTER_MS = 24 * HOUR_MS;
const GIVE_UP_ON_OURS_AFTER_MS = HOUR_MS;
const HEARTBEAT_EVERY_MS = 1_000;
const BENIGN = ApplicationFailureCategory.BENIGN;

/**
 * Wraps an activity that works under a lease: it heartbeats, a fault becomes what its policy says
 * (a wait that people can read, or an end), and a success ends the wait that was before it.
 */
export function underLease<A extends { lease: Lease }, R>(
  deps: ActivityDeps,
  activity: (args: A, signal: AbortSignal) => Promise<R>,
): (args: A) => Promise<R> {
  return async (args) => {
    const context = Context.current();
    try {
      const result = await heartbeating(() => activity(args, context.cancellationSignal));
      await setWaiting(deps.pool, args.lease, null);
      return result;
    } catch (error) {
      if (context.cancellationSignal.aborted)
        throw await context.cancelled.catch((c: unknown) => c);
      throw await failureOf(deps, args.lease, error);
    }
  };
}

/** Runs an activity's work and lets the server know meanwhile that it is alive. */
export async function heartbeating<R>(work: () => Promise<R>): Promise<R> {
  const context = Context.current();
  // Requests side by side all listen to it.
  setMaxListeners(0, context.cancellationSignal);
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

async function failureOf(deps: ActivityDeps, lease: Lease, error: unknown): Promise<Error> {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const { attempt, activityType } = Context.current().info;
  if (error instanceof CheckpointMoved) {
    return retryIn(BACKOFF_FIRST_MS, { kind: "internal", message: error.message }, error);
  }
  const told = faultIn(error);
  const fault = told ?? {
    kind: "internal",
    message: `Something of ours went wrong in ${activityType}.`,
  };
  const about = { activityType, attempt, batchId: lease.batchId, companyId: lease.companyId };
  if (told === null) deps.log.error({ err: error, ...about }, "activity failed");
  else deps.log.warn({ fault, ...about }, "fault");
  const { retry } = POLICY[fault.kind];
  if (retry === "never") return final(fault, error);
  if (retry === "contact" || retry === "word") {
    // The workflow waits, not this slot; it hears when the PC comes, and when a person has spoken.
    await setWaiting(deps.pool, lease, { for: fault.kind, until: null });
    return final(fault, error);
  }
  const delayMs = retry === "after" ? (fault.retryAfterMs ?? BACKOFF_MAX_MS) : backoff(attempt);
  const until = new Date(Date.now() + delayMs);
  const since = await setWaiting(deps.pool, lease, { for: fault.kind, until });
  const patienceMs = fault.kind === "internal" ? GIVE_UP_ON_OURS_AFTER_MS : GIVE_UP_AFTER_MS;
  const waitedMs = since === null ? 0 : Date.now() - since.getTime();
  if (retry === "backoff" && waitedMs > patienceMs) return final(fault, error);
  return retryIn(delayMs, fault, error);
}

const backoff = (attempt: number): number =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt - 1, 10));

const retryIn = (delayMs: number, fault: Fault, cause: unknown): ApplicationFailure =>
  ApplicationFailure.create({
    message: fault.message,
    type: fault.kind,
    details: [fault],
    nextRetryDelay: Math.max(1, Math.ceil(delayMs)),
    category: BENIGN,
    ...causeOf(cause),
  });

const final = (fault: Fault, cause: unknown): ApplicationFailure =>
  ApplicationFailure.create({
    message: fault.message,
    type: fault.kind,
    details: [fault],
    nonRetryable: true,
    ...causeOf(cause),
  });

const causeOf = (cause: unknown): { cause?: Error } => (cause instanceof Error ? { cause } : {});

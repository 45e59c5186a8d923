import { setTimeout as sleep } from "node:timers/promises";

import { faultIn, type Fault, type FaultKind } from "../core/faults.ts";
import { setWaiting } from "../db/batches.ts";
import type { Lease } from "../db/leases.ts";
import type { Source } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";

/** What passes by itself, and says nothing about the question that met it. */
const PASSING: ReadonlySet<FaultKind> = new Set(["throttled", "unavailable", "truncated-answer"]);
const AGAIN_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000];
/** A longer silence is for the next attempt. */
const WAIT_MAX_MS = 60_000;

/**
 * A source that asks again, in place, what met a fault that passes. It is for work that stores nothing on
 * its way and begins anew when an attempt fails: there one answer of a hundred that does not come would
 * cost the others, attempt after attempt.
 */
export function steadily(
  deps: Pick<ActivityDeps, "pool" | "log">,
  lease: Lease,
  source: Source,
): Source {
  let waiting = 0;
  // The attempt fails with the first question that is given up: the others beside it ask no more.
  let isOver = false;

  async function askAgain<T>(
    question: () => Promise<T>,
    signal: AbortSignal,
    met: unknown,
  ): Promise<T> {
    let error = met;
    for (const againAfterMs of AGAIN_AFTER_MS) {
      const fault = passingIn(error, againAfterMs);
      if (fault === null || isOver) throw error;
      if (fault.retryAfterMs > WAIT_MAX_MS) break;
      const { batchId, companyId } = lease;
      deps.log.warn({ fault, batchId, companyId }, "fault; asked again in place");
      const until = new Date(Date.now() + fault.retryAfterMs);
      await setWaiting(deps.pool, lease, { for: fault.kind, until });
      await sleep(fault.retryAfterMs, undefined, { signal });
      if (isOver) throw error;
      try {
        return await question();
      } catch (again) {
        error = again;
      }
    }
    isOver = passingIn(error, 0) !== null;
    throw error;
  }

  /** A wait ends with the answer, not with the next try: how long it lasts decides when a person is told. */
  async function ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await question();
    } catch (error) {
      waiting++;
      const answer = await askAgain(question, signal, error).finally(() => waiting--);
      if (waiting === 0) await setWaiting(deps.pool, lease, null);
      return answer;
    }
  }

  return {
    ...source,
    get pageSize() {
      return source.pageSize;
    },
    readCompany: (signal) => ask(() => source.readCompany(signal), signal),
    count: (listing, signal) => ask(() => source.count(listing, signal), signal),
    listPage: (listing, from, signal) => ask(() => source.listPage(listing, from, signal), signal),
    readByIds: (kind, ids, signal) => ask(() => source.readByIds(kind, ids, signal), signal),
    readOpenBalances: (asOf, signal) => ask(() => source.readOpenBalances(asOf, signal), signal),
  };
}

/** A fault that passes, with how long to wait for its end; null for any other. */
function passingIn(
  error: unknown,
  againAfterMs: number,
): (Fault & { retryAfterMs: number }) | null {
  const fault = faultIn(error);
  if (fault === null || !PASSING.has(fault.kind)) return null;
  return { ...fault, retryAfterMs: fault.retryAfterMs ?? againAfterMs };
}

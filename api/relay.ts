import { setTimeout as sleep } from "node:timers/promises";

import { WorkflowNotFoundError, type Client } from "@temporalio/client";
import type { Pool } from "pg";

import type { Log } from "../core/log.ts";
import { takeWakes, type Wake } from "../db/wakes.ts";
import {
  batchWorkflowId,
  connectorCame,
  COORDINATOR,
  coordinatorStart,
  MEETING,
  meetingStart,
} from "../workflows/contract.ts";
import type { Feed } from "./progress/feed.ts";

/** Rows that another api left behind are found after so long. */
const LOOK_AGAIN_MS = 5_000;
/** The rows are held so long at most; what Temporal did not hear by then is told again. */
const TIMEOUT_MS = 2_000;

export interface Relay {
  /** Ends after what is being told. */
  close(): Promise<void>;
}

interface RelayDeps {
  pool: Pool;
  feed: Feed;
  log: Log;
  temporal: Client;
}

/**
 * Tells workflows that a PC has come: rows of `wakes` become signals. Every api process runs one;
 * a row is told by one of them, and being told twice is harmless.
 */
export function startRelay(deps: RelayDeps): Relay {
  const ending = new AbortController();
  let hasMoved = true;
  let wake = (): void => undefined;
  const stop = deps.feed.follow("wakes", () => {
    hasMoved = true;
    wake();
  });
  const relaying = (async () => {
    while (!ending.signal.aborted) {
      hasMoved = false;
      const isMore = await relay(deps);
      if (isMore || hasMoved) continue;
      const waiting = new AbortController();
      wake = () => waiting.abort();
      const signal = AbortSignal.any([ending.signal, waiting.signal]);
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      ending.abort();
      stop();
      await relaying;
    },
  };
}

/** Tells what is there; answers whether more may be. Never throws: what was not told stays. */
async function relay({ pool, log, temporal }: RelayDeps): Promise<boolean> {
  try {
    const { taken, errors } = await takeWakes(pool, (wake) => tell(temporal, wake));
    if (errors.length > 0) log.warn({ err: errors[0] }, "Temporal did not hear that a PC has come");
    return taken > 0 && errors.length === 0;
  } catch (error) {
    log.warn({ err: error }, "what workflows want to hear could not be read");
    return false;
  }
}

async function tell(temporal: Client, wake: Wake): Promise<void> {
  const { companyId, isConfirmed, runningBatchId } = wake;
  await temporal.withDeadline(Date.now() + TIMEOUT_MS, async () => {
    if (!isConfirmed) {
      await temporal.workflow.signalWithStart(MEETING, meetingStart(companyId));
      return;
    }
    await temporal.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    if (runningBatchId !== null) await signalBatch(temporal, runningBatchId);
  });
}

/** The coordinator may not have started it yet; then it looks for the PC by itself. */
async function signalBatch(temporal: Client, batchId: string): Promise<void> {
  try {
    await temporal.workflow.getHandle(batchWorkflowId(batchId)).signal(connectorCame);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

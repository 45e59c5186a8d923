import { setWaiting } from "../db/batches.ts";
import type { Lease } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import { takeSample } from "../db/steps.ts";
import type { ActivityDeps } from "./deps.ts";

/** At most twice a second a batch: NOTIFY takes a lock of the whole database at its commit. */
const TELL_EVERY_MS = 500;
const SAMPLE_EVERY_TELLS = 4;

/** Tells the screens how a batch moves, while one activity works on it. */
export interface Progress {
  /** Something was committed. */
  moved(): void;
  /** Tells the last of it and ends. */
  stop(): Promise<void>;
}

/** Starts telling; what cannot be told is logged and disturbs nobody. */
export function startProgress({ pool, log }: ActivityDeps, lease: Lease): Progress {
  let dirty = false;
  let tells = 0;
  let waitingEnded = false;
  let telling = Promise.resolve();
  const tell = async (): Promise<void> => {
    if (!dirty) return;
    dirty = false;
    if (!waitingEnded) await setWaiting(pool, lease, null);
    waitingEnded = true;
    if (tells++ % SAMPLE_EVERY_TELLS === 0) await takeSample(pool, lease);
    await notifyBatch(pool, lease);
  };
  const tellSoon = (): void => {
    telling = telling.then(tell).catch((error: unknown) => {
      log.warn({ err: error, batchId: lease.batchId }, "progress could not be told");
    });
  };
  const timer = setInterval(tellSoon, TELL_EVERY_MS);
  return {
    moved: () => {
      dirty = true;
    },
    stop: async () => {
      clearInterval(timer);
      tellSoon();
      await telling;
    },
  };
}

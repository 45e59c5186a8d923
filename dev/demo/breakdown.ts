import { setTimeout as wait } from "node:timers/promises";

import type { Trouble } from "../embedded/trouble.ts";

const LOSS_KNOWN_WITHIN_MS = 1_000;

/** What ends a demo against our will. */
export interface Breakdown {
  /** Rejects with what went wrong first; never resolves. */
  promise: Promise<never>;
  /** The outcome of this work, or whatever goes wrong before it is there. */
  guard: <T>(work: Promise<T>) => Promise<T>;
}

/** `loss` settles when a process ends without being asked. */
export function createBreakdown(loss: Promise<Trouble>): Breakdown {
  let tell: (cause: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    tell = reject;
  });
  promise.catch(() => undefined);
  void loss.then(tell);
  const explain = async (symptom: unknown): Promise<never> => {
    // A lost process is the cause behind a lost connection, and may be known a moment later.
    const cause = await Promise.race([loss, wait(LOSS_KNOWN_WITHIN_MS)]);
    tell(cause ?? symptom);
    return await promise;
  };
  return { promise, guard: (work) => Promise.race([work.catch(explain), promise]) };
}

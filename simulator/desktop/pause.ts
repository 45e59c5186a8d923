import { setTimeout as sleep } from "node:timers/promises";

/** Waits, but not even a turn of the event loop for nothing. */
export const pause = async (ms: number): Promise<void> => {
  if (ms > 0) await sleep(ms);
};

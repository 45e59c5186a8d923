import { setTimeout as sleep } from "node:timers/promises";

import type { Door } from "./door.ts";

/** NoOp costs five seconds; a request that is a moment away is worth this much waiting. */
const HOLD_MS_MAX = 2_000;
/** Looked at again although nothing was heard: a NOTIFY may be lost. */
const LOOK_AGAIN_MS = 500;

/**
 * Holds a call: looks now, and whenever this company moved, until `look` sees something; null after
 * two seconds of nothing, or when the process is asked to end.
 */
export async function hold<T>(
  { feed }: Door,
  companyId: string,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const until = performance.now() + HOLD_MS_MAX;
  let hasMoved = false;
  let wake = (): void => undefined;
  const onMove = (): void => {
    hasMoved = true;
    wake();
  };
  const stops = [
    feed.follow({ wantedOf: companyId }, onMove),
    // A session may end meanwhile, and so may the batch that asks in it.
    feed.follow({ exchangesOf: companyId }, onMove),
    feed.follow({ companyId }, onMove),
  ];
  try {
    for (;;) {
      hasMoved = false;
      const seen = await look();
      const leftMs = until - performance.now();
      if (seen !== null || leftMs <= 0 || feed.ending.aborted) return seen;
      // What was said while we looked may not be in what we saw.
      if (hasMoved) continue;
      const waiting = new AbortController();
      wake = () => waiting.abort();
      const signal = AbortSignal.any([feed.ending, waiting.signal]);
      await sleep(Math.min(leftMs, LOOK_AGAIN_MS), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    for (const stop of stops) stop();
  }
}

import { setTimeout as sleep } from "node:timers/promises";

import { Repeater } from "graphql-yoga";

import type { Feed } from "./feed.ts";

/** At most two events a second. */
const INTERVAL_MS = 500;
/** The second chance, should a notice be lost. */
const POLL_MS = 5_000;

/** Something that people watch. */
export interface Watched<T> {
  feed: Feed;
  topic: Parameters<Feed["follow"]>[0];
  /** The present state, and a text that differs when anything worth telling does. */
  read: () => Promise<{ state: T; print: string; isOver: boolean }>;
}

/**
 * The present state first, then each change, at most two a second; ends when it is over or the
 * process ends. A reader that goes away, or takes its time, leaves nothing behind and gets the
 * latest state alone.
 */
export const watch = <T>({ feed, topic, read }: Watched<T>): AsyncIterableIterator<T> =>
  new Repeater<T>(async (push, stop) => {
    const gone = new AbortController();
    const end = (): void => gone.abort();
    void stop.then(end);
    feed.ending.addEventListener("abort", end, { once: true });
    const bell = createBell(gone.signal);
    const unfollow = feed.follow(topic, bell.ring);
    try {
      await tell(read, push, bell);
      stop();
    } catch (error) {
      stop(error);
    } finally {
      unfollow();
      feed.ending.removeEventListener("abort", end);
    }
  });

async function tell<T>(
  read: Watched<T>["read"],
  push: (state: T) => Promise<unknown>,
  bell: Bell,
): Promise<void> {
  let told: string | null = null;
  while (!bell.isOver()) {
    bell.clear();
    const { state, print, isOver } = await read();
    if (print !== told && !bell.isOver()) {
      told = print;
      await push(state);
      if (!isOver) await bell.pause(INTERVAL_MS);
    }
    if (isOver) return;
    await bell.heard(POLL_MS);
  }
}

interface Bell {
  ring: () => void;
  clear(): void;
  /** Resolves when it was rung since it was cleared, at the latest after this long. */
  heard(atLatestMs: number): Promise<void>;
  /** Resolves after this long, rung or not. */
  pause(ms: number): Promise<void>;
  /** Nobody listens any more; whatever waits resolves. */
  isOver(): boolean;
}

function createBell(over: AbortSignal): Bell {
  let rung = false;
  let wake = new AbortController();
  const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> =>
    sleep(ms, undefined, { signal }).catch(() => undefined);
  return {
    ring() {
      rung = true;
      wake.abort();
    },
    clear() {
      rung = false;
      wake = new AbortController();
    },
    async heard(atLatestMs) {
      if (!rung) await sleepUntil(atLatestMs, AbortSignal.any([wake.signal, over]));
    },
    pause: (ms) => sleepUntil(ms, over),
    isOver: () => over.aborted,
  };
}

import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

import type { Log } from "../../core/log.ts";
import { BATCH_CHANNEL, COMPANY_CHANNEL } from "../../db/notify.ts";

const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 5_000;

/** Says that something moved, never what: whoever hears it reads again. */
export interface Feed {
  /** Calls `onMove` whenever this batch or company may have moved; answers how to stop that. */
  follow(topic: { batchId: string } | { companyId: string }, onMove: () => void): () => void;
  /** Aborted when the process is asked to end: subscriptions complete. */
  ending: AbortSignal;
  /** Ends all subscriptions and the connection. */
  close(): Promise<void>;
}

/**
 * One LISTEN connection for the whole process. When it breaks it is made again by itself, and
 * everybody reads again, because what was said meanwhile is lost.
 */
export function startFeed(databaseUrl: string, log: Log): Feed {
  const followers = new Map<string, Set<() => void>>();
  const ending = new AbortController();
  const tell = (key: string): void => followers.get(key)?.forEach((onMove) => onMove());
  const tellAll = (): void => followers.forEach((_, key) => tell(key));
  const listening = listen({ databaseUrl, log, signal: ending.signal, tell, tellAll });
  return {
    ending: ending.signal,
    follow(topic, onMove) {
      const key =
        "batchId" in topic
          ? `${BATCH_CHANNEL} ${topic.batchId}`
          : `${COMPANY_CHANNEL} ${topic.companyId}`;
      const set = followers.get(key) ?? new Set();
      followers.set(key, set.add(onMove));
      return () => {
        set.delete(onMove);
        if (set.size === 0 && followers.get(key) === set) followers.delete(key);
      };
    },
    async close() {
      ending.abort();
      await listening;
    },
  };
}

interface Listening {
  databaseUrl: string;
  log: Log;
  signal: AbortSignal;
  tell: (key: string) => void;
  tellAll: () => void;
}

async function listen(listening: Listening): Promise<void> {
  const { log, signal } = listening;
  let waitMs = RECONNECT_MS_MIN;
  while (!signal.aborted) {
    try {
      await listenOnce(listening, () => {
        waitMs = RECONNECT_MS_MIN;
      });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, "the connection that hears of progress broke; making it again");
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, RECONNECT_MS_MAX);
  }
}

/** Listens until the connection breaks (then it throws) or the process ends. */
async function listenOnce(
  { databaseUrl, signal, tell, tellAll }: Listening,
  onConnected: () => void,
): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: "evenbooks-api-listen",
    keepAlive: true,
  });
  const broken = new Promise<never>((_, reject) => {
    client.once("error", reject);
    client.once("end", () => reject(new Error("the connection ended")));
  });
  broken.catch(() => undefined);
  client.on("notification", ({ channel, payload }) => tell(`${channel} ${payload ?? ""}`));
  try {
    await client.connect();
    await client.query(`listen ${BATCH_CHANNEL}; listen ${COMPANY_CHANNEL}`);
    onConnected();
    tellAll();
    await Promise.race([broken, aborted(signal)]);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

import type { Log } from "../core/log.ts";

const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 5_000;

/** Hears what PostgreSQL is told: that something moved, never what. Whoever hears it reads again. */
export interface Listener {
  /** Calls `onMove` whenever something may have been said about `id` on a channel; answers how to stop that. */
  follow(channel: string, id: string, onMove: () => void): () => void;
  /** False while the connection is being made: what is said then is not heard. */
  isHearing(): boolean;
  /** Aborted when the process is asked to end. */
  ending: AbortSignal;
  /** Ends the connection. */
  close(): Promise<void>;
}

interface Listening {
  databaseUrl: string;
  /** What PostgreSQL shows of the connection. */
  name: string;
  channels: readonly string[];
  log: Log;
}

/**
 * One LISTEN connection for a whole process. When it breaks it is made again by itself, and everybody
 * is told, because what was said meanwhile is lost.
 */
export function startListener(listening: Listening): Listener {
  const followers = new Map<string, Set<() => void>>();
  const ending = new AbortController();
  const tell = (key: string): void => followers.get(key)?.forEach((onMove) => onMove());
  let isHearing = false;
  const hear = (hears: boolean): void => {
    isHearing = hears;
    if (hears) followers.forEach((_, key) => tell(key));
  };
  const ended = listen({ ...listening, signal: ending.signal, tell, hear });
  return {
    ending: ending.signal,
    isHearing: () => isHearing,
    follow(channel, id, onMove) {
      const key = `${channel} ${id}`;
      const set = followers.get(key) ?? new Set();
      followers.set(key, set.add(onMove));
      return () => {
        set.delete(onMove);
        if (set.size === 0 && followers.get(key) === set) followers.delete(key);
      };
    },
    async close() {
      ending.abort();
      await ended;
    },
  };
}

interface Ears extends Listening {
  signal: AbortSignal;
  tell: (key: string) => void;
  /** Says whether the connection hears from now on; everybody is told when it does again. */
  hear: (hears: boolean) => void;
}

async function listen(ears: Ears): Promise<void> {
  const { log, signal, name } = ears;
  let waitMs = RECONNECT_MS_MIN;
  while (!signal.aborted) {
    try {
      await listenOnce(ears, () => {
        waitMs = RECONNECT_MS_MIN;
      });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, name }, "the connection that hears what moves broke; making it again");
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, RECONNECT_MS_MAX);
  }
}

/** Listens until the connection breaks (then it throws) or the process ends. */
async function listenOnce(
  { databaseUrl, name, channels, signal, tell, hear }: Ears,
  onConnected: () => void,
): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: name,
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
    await client.query(channels.map((channel) => `listen ${channel}`).join("; "));
    onConnected();
    hear(true);
    await Promise.race([broken, aborted(signal)]);
  } finally {
    hear(false);
    await client.end().catch(() => undefined);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

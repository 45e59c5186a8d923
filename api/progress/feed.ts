import type { Log } from "../../core/log.ts";
import { startListener } from "../../db/listener.ts";
import {
  BATCH_CHANNEL,
  COMPANY_CHANNEL,
  EXCHANGE_CHANNEL,
  TOKEN_CHANNEL,
  WAKE_CHANNEL,
  WANTED_CHANNEL,
} from "../../db/notify.ts";

type Topic =
  | { batchId: string }
  | { companyId: string }
  /** The session of this Desktop company, and answers from its PC. */
  | { exchangesOf: string }
  /** Requests for the PC of this Desktop company. */
  | { wantedOf: string }
  | "wakes"
  | "tokens";

/** Says that something moved, never what: whoever hears it reads again. */
export interface Feed {
  /** Calls `onMove` whenever the topic may have moved; answers how to stop that. */
  follow(topic: Topic, onMove: () => void): () => void;
  /** False while what is said cannot be heard. */
  isHearing(): boolean;
  /** Aborted when the process is asked to end: subscriptions complete. */
  ending: AbortSignal;
  /** Ends all subscriptions and the connection. */
  close(): Promise<void>;
}

/** One LISTEN connection for the whole process. */
export function startFeed(databaseUrl: string, log: Log): Feed {
  const listener = startListener({
    databaseUrl,
    name: "evenbooks-api-listen",
    channels: [
      BATCH_CHANNEL,
      COMPANY_CHANNEL,
      EXCHANGE_CHANNEL,
      TOKEN_CHANNEL,
      WAKE_CHANNEL,
      WANTED_CHANNEL,
    ],
    log,
  });
  return {
    isHearing: () => listener.isHearing(),
    ending: listener.ending,
    follow: (topic, onMove) => listener.follow(...channelOf(topic), onMove),
    close: () => listener.close(),
  };
}

function channelOf(topic: Topic): [channel: string, id: string] {
  if (topic === "wakes") return [WAKE_CHANNEL, ""];
  if (topic === "tokens") return [TOKEN_CHANNEL, ""];
  if ("batchId" in topic) return [BATCH_CHANNEL, topic.batchId];
  if ("companyId" in topic) return [COMPANY_CHANNEL, topic.companyId];
  if ("wantedOf" in topic) return [WANTED_CHANNEL, topic.wantedOf];
  return [EXCHANGE_CHANNEL, topic.exchangesOf];
}

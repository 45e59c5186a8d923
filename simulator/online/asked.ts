import { CdcRefused } from "./cdc.ts";
import type { FaultText } from "./fault-shapes.ts";
import type { Incoming } from "./incoming.ts";
import { QueryRefused } from "./query/refusal.ts";
import type { Realm, Simulator } from "./simulator.ts";

/** Everything that one request of the API needs. */
export interface Asked {
  simulator: Simulator;
  realm: Realm;
  incoming: Incoming;
  /** When the service began: the `time` of the answer (facts 4). */
  now: number;
  startedAt: number;
}

/** The fault behind a refusal; undefined for anything unexpected. */
export function faultOf(error: unknown): FaultText | undefined {
  if (error instanceof CdcRefused) return error.fault;
  if (!(error instanceof QueryRefused)) return undefined;
  const { code, message, detail } = error;
  return { status: 400, code, message, detail, type: "ValidationFault" };
}

import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";

import type { Fault } from "../core/faults.ts";

/** The fault behind a failed activity. An error that carries none is ours. */
export function faultOf(error: unknown): Fault {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const detail: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  if (isFault(detail)) return detail;
  return { kind: "internal", message: cause instanceof Error ? cause.message : String(cause) };
}

const isFault = (value: unknown): value is Fault =>
  typeof value === "object" && value !== null && "kind" in value && "message" in value;

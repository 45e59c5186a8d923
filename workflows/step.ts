import { setCurrentDetails, workflowInfo } from "@temporalio/workflow";

import { longTaskQueue } from "./contract.ts";
import { work } from "./policies.ts";

/** The next step of the story that Temporal's UI tells: what is at work from here on. */
export function step(what: string): ReturnType<typeof work> {
  setCurrentDetails(what);
  return work(what, workflowInfo().taskQueue);
}

/** A step of a batch that takes minutes or hours: no run of AutoSync waits behind it for a slot. */
export function longStep(what: string): ReturnType<typeof work> {
  setCurrentDetails(what);
  return work(what, longTaskQueue(workflowInfo().taskQueue));
}

import { setCurrentDetails } from "@temporalio/workflow";

import { work } from "./policies.ts";

/** The next step of the story that Temporal's UI tells: what is at work from here on. */
export function step(what: string): ReturnType<typeof work> {
  setCurrentDetails(what);
  return work(what);
}

import { setHandler } from "@temporalio/workflow";

import { nudge } from "./contract.ts";
import { control } from "./policies.ts";

/** Settings were changed: makes the Schedule follow, once more for each change that came meanwhile. */
export async function alignAutoSync(companyId: string): Promise<void> {
  let look = true;
  setHandler(nudge, () => {
    look = true;
  });
  while (look) {
    look = false;
    await control.alignAutoSync(companyId);
  }
}

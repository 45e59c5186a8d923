import { setCurrentDetails } from "@temporalio/workflow";

import type { BatchInput } from "./contract.ts";
import { work } from "./policies.ts";
import { underLease } from "./under-lease.ts";
import { listenForConnector } from "./when-there.ts";

/** Keeps a company even after its initial sync: everything that changed since the last run. */
export function autoSync(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease }) => {
    const { brought, note } = await whenThere(() => {
      const what = "Read what changed since the last run";
      setCurrentDetails(what);
      return work(what).syncChanges({ lease });
    });
    const came =
      brought === 0
        ? "Nothing had changed."
        : `${brought} ${brought === 1 ? "record was" : "records were"} new, changed or deleted.`;
    // A run that an older version began tells no note.
    const said = note ? `${came} ${note}` : came;
    setCurrentDetails(said);
    return said;
  });
}

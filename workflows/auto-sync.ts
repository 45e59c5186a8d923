import { setCurrentDetails } from "@temporalio/workflow";

import type { BatchInput } from "./contract.ts";
import { step } from "./step.ts";
import { underLease } from "./under-lease.ts";
import { listenForConnector } from "./when-there.ts";

/** Keeps a company even after its initial sync: everything that changed since the last run. */
export function autoSync(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease }) => {
    const { brought, note, areUnsettled } = await whenThere(() =>
      step("Read what changed since the last run").syncChanges({ lease }),
    );
    // A run that an older version began does not say so.
    if (areUnsettled ?? brought > 0)
      await whenThere(() => step("Settle who paid what").settlePayments({ lease }));
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

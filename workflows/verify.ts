import { setCurrentDetails } from "@temporalio/workflow";

import type { BatchInput } from "./contract.ts";
import { longStep } from "./step.ts";
import { underLease } from "./under-lease.ts";
import { listenForConnector } from "./when-there.ts";

/** Compares what we hold with QuickBooks: counts, a random sample record by record, and what is open. */
export function verify(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease }) => {
    const what = "Compare counts, a sample of records and open balances with QuickBooks";
    const { lines, differing } = await whenThere(() => longStep(what).verifyBooks({ lease }));
    const said =
      differing === 0
        ? `${lines} comparisons, and all of them agree.`
        : `${differing} of ${lines} comparisons differ: look at reconciliation.`;
    setCurrentDetails(said);
    return said;
  });
}

import { continueAsNew, setCurrentDetails, workflowInfo } from "@temporalio/workflow";

import type { BatchInput } from "./contract.ts";
import { control } from "./policies.ts";
import { longStep } from "./step.ts";
import { underLease, YIELDED } from "./under-lease.ts";
import { listenForConnector } from "./when-there.ts";

/**
 * The years before: transactions in windows of months, newest first, while people work. Between two
 * chunks it yields to any other batch of the company, and is taken up again where it stood.
 */
export function historicalSync(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease, historyFrom }) => {
    if (historyFrom === null) return "No day was named from which on to read.";
    await whenThere(() => longStep("Count the history").planHistory({ lease, from: historyFrom }));
    let records = 0;
    for (let finished = false; !finished;) {
      const pulled = await whenThere(() =>
        longStep(`Read the history, ${records} so far`).pullChunk({
          lease,
          phases: ["history"],
          later: [],
          historyFrom: null,
        }),
      );
      records += pulled.records;
      finished = pulled.finished;
      if (!finished && (await control.yieldTurn({ lease }))) return YIELDED;
      if (!finished && workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof historicalSync>(input);
      }
    }
    await whenThere(() => longStep("Read what changed meanwhile").syncChanges({ lease }));
    const { differing } = await whenThere(() =>
      longStep("Compare counts with QuickBooks").prove({ lease, historyFrom }),
    );
    await whenThere(() => longStep("Settle who paid what").settlePayments({ lease }));
    const said =
      differing.length === 0
        ? `The history since ${historyFrom} is in, and the counts agree with QuickBooks.`
        : `The history since ${historyFrom} was read; the counts of ${differing.map(({ kind }) => kind).join(", ")} do not agree, which needs attention.`;
    setCurrentDetails(said);
    return said;
  });
}

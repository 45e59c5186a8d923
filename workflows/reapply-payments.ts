import { continueAsNew, setCurrentDetails, workflowInfo } from "@temporalio/workflow";

import type { BatchInput } from "./contract.ts";
import { longStep } from "./step.ts";
import { underLease } from "./under-lease.ts";
import { listenForConnector } from "./when-there.ts";

/**
 * Brings our applications back to QuickBooks' truth for a period: reads what changed in it, judges each
 * document, and swaps what differs, document by document. A preview ends with the plan. Nothing is
 * written to QuickBooks.
 */
export function reapplyPayments(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease }) => {
    await whenThere(() => longStep("Count what changed since then").planReapplication({ lease }));
    let records = 0;
    for (let finished = false; !finished;) {
      const pulled = await whenThere(() =>
        longStep(`Read documents and payments, ${records} so far`).pullChunk({
          lease,
          phases: ["documents"],
          later: [],
          historyFrom: null,
        }),
      );
      records += pulled.records;
      finished = pulled.finished;
      if (!finished && workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof reapplyPayments>(input);
      }
    }
    const judged = await whenThere(() =>
      longStep("Compare who paid what, document by document").judgeReapplication({ lease }),
    );
    const { swapped } = judged.preview
      ? { swapped: 0 }
      : await longStep("Swap what differs").swapApplications({ lease });
    const stopped =
      judged.stopped === 0
        ? ""
        : ` ${judged.stopped} were left as they are, which needs attention.`;
    const said = judged.preview
      ? `${judged.differing} of ${judged.documents} documents differ; this was a preview.${stopped}`
      : `${swapped} of ${judged.documents} documents differed and now agree with QuickBooks.${stopped}`;
    setCurrentDetails(said);
    return said;
  });
}

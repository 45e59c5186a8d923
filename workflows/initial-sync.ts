import { continueAsNew, setCurrentDetails, workflowInfo } from "@temporalio/workflow";

import type { PullChunk } from "../activities/pull-chunk.ts";
import type { BatchInput } from "./contract.ts";
import { control, work } from "./policies.ts";
import { underLease } from "./under-lease.ts";

/**
 * The first sync of a company. Lists and open balances come first, so that people can work; then
 * everything else. Sweeps bring what changed meanwhile, and a proof by counts is its last word.
 */
export function initialSync(input: BatchInput): Promise<string> {
  return underLease(input, async ({ lease, historyFrom }) => {
    await step("Look whose books these are, and count them").preflight({ lease, historyFrom });
    await pull(input, { lease, phases: ["lists", "open-balances"], historyFrom });
    await Promise.all([
      becomeWorkable(lease),
      pull(input, { lease, phases: ["records"], historyFrom }),
    ]);
    await step("Read what changed meanwhile").sweep({ lease, step: "final_sweep" });
    const { differing } = await step("Compare counts with QuickBooks").prove({
      lease,
      historyFrom,
    });
    const said =
      differing.length === 0
        ? "Everything is in, and the counts agree with QuickBooks."
        : `Everything was read; the counts of ${differing.map(({ kind }) => kind).join(", ")} do not agree, which needs attention.`;
    setCurrentDetails(said);
    return said;
  });
}

/** What changed while lists and open balances were read comes in first. The rest is read beside it. */
async function becomeWorkable(lease: PullChunk["lease"]): Promise<void> {
  await step("Read what changed meanwhile").sweep({ lease, step: "sweep" });
  await control.markWorkable({ lease });
}

/** Chunk after chunk until the phases are read. What is read is in PostgreSQL, so a long history may end and begin anew at any chunk. */
async function pull(input: BatchInput, chunk: PullChunk): Promise<void> {
  const what = chunk.phases.includes("records")
    ? "Read all records"
    : "Read lists and what is open";
  let records = 0;
  for (let finished = false; !finished;) {
    const soFar = records === 0 ? "" : `, ${records} so far`;
    const pulled = await step(`${what}${soFar}`).pullChunk(chunk);
    records += pulled.records;
    finished = pulled.finished;
    if (!finished && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof initialSync>(input);
    }
  }
}

/** The next step of the story that Temporal's UI tells. */
function step(what: string): ReturnType<typeof work> {
  setCurrentDetails(what);
  return work(what);
}

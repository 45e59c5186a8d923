import { continueAsNew, setCurrentDetails, workflowInfo } from "@temporalio/workflow";

import type { PullChunk } from "../activities/pull-chunk.ts";
import type { BatchInput } from "./contract.ts";
import { control } from "./policies.ts";
import { longStep } from "./step.ts";
import { underLease, YIELDED } from "./under-lease.ts";
import { listenForConnector, type WhenThere } from "./when-there.ts";

/**
 * The first sync of a company. Lists and open balances come first, so that people can work; then
 * everything else, which yields to any other batch between two chunks. Sweeps bring what changed meanwhile, and a proof by counts is its last word.
 */
export function initialSync(input: BatchInput): Promise<string> {
  const whenThere = listenForConnector(input);
  return underLease(input, async ({ lease, historyFrom }) => {
    await whenThere(() =>
      longStep("Look whose books these are, and count them").preflight({ lease, historyFrom }),
    );
    const pulling: Pulling = { input, whenThere, lease, historyFrom, isWorkable: false };
    await pull(pulling, ["lists", "open-balances"], ["records"]);
    const [, isRead] = await Promise.all([becomeWorkable(pulling), pull(pulling, ["records"], [])]);
    if (!isRead) return YIELDED;
    await whenThere(() =>
      longStep("Read what changed meanwhile").sweep({ lease, step: "final_sweep" }),
    );
    const { differing } = await whenThere(() =>
      longStep("Compare counts with QuickBooks").prove({ lease, historyFrom }),
    );
    await whenThere(() => longStep("Settle who paid what").settlePayments({ lease }));
    const said =
      differing.length === 0
        ? "Everything is in, and the counts agree with QuickBooks."
        : `Everything was read; the counts of ${differing.map(({ kind }) => kind).join(", ")} do not agree, which needs attention.`;
    setCurrentDetails(said);
    return said;
  });
}

interface Pulling extends Omit<PullChunk, "phases" | "later"> {
  input: BatchInput;
  whenThere: WhenThere;
  /** People can work: from here on other batches of the company come first. */
  isWorkable: boolean;
}

/** What changed while lists and open balances were read comes in first. The rest is read beside it. */
async function becomeWorkable(pulling: Pulling): Promise<void> {
  const { lease, whenThere } = pulling;
  await whenThere(() => longStep("Read what changed meanwhile").sweep({ lease, step: "sweep" }));
  await control.markWorkable({ lease });
  pulling.isWorkable = true;
}

/**
 * Chunk after chunk until the phases are read. What is read is in PostgreSQL, so a long history may
 * end and begin anew at any chunk. False when it yielded to another batch of the company.
 */
async function pull(
  pulling: Pulling,
  phases: PullChunk["phases"],
  later: PullChunk["later"],
): Promise<boolean> {
  const { input, whenThere, lease, historyFrom } = pulling;
  const what = phases.includes("records") ? "Read all records" : "Read lists and what is open";
  let records = 0;
  for (let finished = false; !finished;) {
    const soFar = records === 0 ? "" : `, ${records} so far`;
    const pulled = await whenThere(() =>
      longStep(`${what}${soFar}`).pullChunk({ lease, phases, later, historyFrom }),
    );
    records += pulled.records;
    finished = pulled.finished;
    if (!finished && pulling.isWorkable && (await control.yieldTurn({ lease }))) return false;
    if (!finished && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof initialSync>(input);
    }
  }
  return true;
}

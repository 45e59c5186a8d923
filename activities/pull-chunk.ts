import type { Lease } from "../db/leases.ts";
import { unfinishedParts, type StepPart } from "../db/steps.ts";
import type { Listing } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { startProgress } from "./progress.ts";
import { enterPhase, openStepName, wholeListing, type Phase } from "./steps.ts";
import { runStreams } from "./streams.ts";

/** A chunk this long commits often enough to be repeated without regret and keeps histories short. */
const CHUNK_MS = 120_000;

export interface PullChunk {
  lease: Lease;
  /** Read together; people see the first one that is not finished. */
  phases: Phase[];
  /** Read by streams that would have nothing to do until the phases are finished. */
  later: Phase[];
  /** Transactions dated earlier are left out, open documents excepted. */
  historyFrom: string | null;
}

export interface ChunkPulled {
  /** Nothing of the phases is left. */
  finished: boolean;
  records: number;
}

/**
 * Reads pages for about two minutes, several streams side by side, each page stored with its
 * checkpoint in one transaction while the next one is on its way.
 */
export const pullChunk =
  (deps: ActivityDeps) =>
  async (chunk: PullChunk, signal: AbortSignal): Promise<ChunkPulled> => {
    const { lease, phases, later, historyFrom } = chunk;
    const all = await unfinishedParts(deps.pool, lease, [...phases, ...later]);
    const [parts = [], rest = []] = [phases, later].map((some) =>
      all.filter((part) => some.some((each) => each === part.phase)),
    );
    const phase = phases.find((each) => parts.some((part) => part.phase === each));
    if (phase === undefined) return { finished: true, records: 0 };
    await enterPhase(deps, lease, phase);
    const opened = await deps.openSource(lease.companyId);
    const progress = startProgress(deps, lease);
    try {
      return await runStreams({
        pool: deps.pool,
        source: opened.source,
        lease,
        parts,
        later: rest,
        listingOf: (part) => listingOf(part, historyFrom),
        stopAt: Date.now() + CHUNK_MS,
        onCommit: () => progress.moved(),
        signal,
      });
    } finally {
      await progress.stop();
      await opened.close();
    }
  };

function listingOf({ name, kind, phase }: StepPart, historyFrom: string | null): Listing {
  if (kind === null) throw new Error(`${name} is no listing`);
  return {
    ...wholeListing(kind, phase === "records" ? historyFrom : null),
    scope: name === openStepName(kind) ? "open" : "all",
  };
}

import type { RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import { unfinishedParts } from "../db/steps.ts";
import type { ActivityDeps } from "./deps.ts";
import { startProgress } from "./progress.ts";
import { enterPhase, openStepName, type Phase } from "./steps.ts";
import { runStreams } from "./streams.ts";

/** A chunk this long commits often enough to be repeated without regret and keeps histories short. */
const CHUNK_MS = 120_000;

export interface PullChunk {
  lease: Lease;
  phase: Extract<Phase, "lists" | "open-balances" | "records">;
  /** Transactions dated earlier are left out, open documents excepted. */
  historyFrom: string | null;
}

export interface ChunkPulled {
  /** Nothing of the phase is left. */
  finished: boolean;
  records: number;
}

/**
 * Reads pages of one phase for about two minutes, several streams side by side, each page stored
 * with its checkpoint in one transaction while the next one is on its way.
 */
export const pullChunk =
  (deps: ActivityDeps) =>
  async ({ lease, phase, historyFrom }: PullChunk, signal: AbortSignal): Promise<ChunkPulled> => {
    await enterPhase(deps, lease, phase);
    const parts = await unfinishedParts(deps.pool, lease, phase);
    if (parts.length === 0) return { finished: true, records: 0 };
    const opened = await deps.openSource(lease.companyId);
    const progress = startProgress(deps, lease);
    try {
      return await runStreams({
        pool: deps.pool,
        source: opened.source,
        lease,
        parts,
        listingOf: (name: string, kind: RecordKind) => ({
          kind,
          scope: name === openStepName(kind) ? "open" : "all",
          datedFrom: phase === "records" ? historyFrom : null,
          modifiedFrom: null,
          modifiedUntil: null,
        }),
        stopAt: Date.now() + CHUNK_MS,
        onCommit: () => progress.moved(),
        signal,
      });
    } finally {
      await progress.stop();
      await opened.close();
    }
  };

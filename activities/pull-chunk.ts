import type { Lease } from "../db/leases.ts";
import { isAwaited } from "../db/turns.ts";
import { unfinishedParts, type StepPart } from "../db/steps.ts";
import type { Listing } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { startProgress } from "./progress.ts";
import { enterPhase, openStepName, wholeListing, type Phase } from "./steps.ts";
import { leftOf, runStreams } from "./streams.ts";
import { withholdNow } from "./withhold.ts";

/** A chunk this long commits often enough to be repeated without regret and keeps histories short. */
const CHUNK_MS = 120_000;
/** What takes hours makes room for a batch that waits, this soon. */
const MAKES_ROOM = new Set<Phase>(["records", "history"]);
const LOOK_EVERY_MS = 1_000;

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
    const queue = MAKES_ROOM.has(phase) ? watchQueue(deps, lease) : NOBODY_WAITS;
    const stopAt = Date.now() + CHUNK_MS;
    try {
      return await runStreams({
        pool: deps.pool,
        source: opened.source,
        lease,
        parts: inOrder(parts),
        later: inOrder(rest),
        listingOf: (part) => listingOf(part, historyFrom),
        isTimeUp: () => Date.now() >= stopAt || queue.isWaiting(),
        onCommit: () => progress.moved(),
        withhold: (kind, fault) => withholdNow(deps.pool, lease, kind, fault),
        signal,
      });
    } finally {
      queue.stop();
      await progress.stop();
      await opened.close();
    }
  };

const NOBODY_WAITS = { isWaiting: () => false, stop: (): void => undefined };

/** Sees whether another batch of the company waits that goes before this one. */
function watchQueue({ pool, log }: ActivityDeps, lease: Lease): typeof NOBODY_WAITS {
  let waits = false;
  const look = async (): Promise<void> => {
    waits ||= await isAwaited(pool, lease);
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn({ err: error }, "the queue could not be read"));
  }, LOOK_EVERY_MS);
  return { isWaiting: () => waits, stop: () => clearInterval(timer) };
}

/** The largest first, so that all streams end at about the same time; the history newest first, as it was planned. */
const inOrder = (parts: readonly StepPart[]): StepPart[] =>
  parts.toSorted((one, other) =>
    one.datedUntil === null ? leftOf(other) - leftOf(one) : one.position - other.position,
  );

function listingOf(part: StepPart, historyFrom: string | null): Listing {
  const { name, kind, phase, datedFrom, datedUntil, modifiedFrom } = part;
  if (kind === null) throw new Error(`${name} is no listing`);
  return {
    ...wholeListing(kind, phase === "records" ? historyFrom : datedFrom),
    datedUntil,
    modifiedFrom,
    scope: name === openStepName(kind) ? "open" : "all",
  };
}

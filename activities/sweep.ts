import type { RecordKind } from "../core/record-kinds.ts";
import { moveCursor } from "../db/connections.ts";
import type { Lease } from "../db/leases.ts";
import { commitPage, type PageCounts } from "../db/pages.ts";
import { plannedKinds, unfinishedParts, type StepPart } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { Changes, Source } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import { startProgress, type Progress } from "./progress.ts";
import { enterPhase, type Phase } from "./steps.ts";

/** A company that changes all the time is never quiet: what comes later is AutoSync's. */
const PASSES_MAX = 5;

export interface Sweep {
  lease: Lease;
  step: "sweep" | "final_sweep";
}

/**
 * Reads everything that changed since the sync began, deletions included. The last sweep repeats
 * itself until a pass brings nothing new; where it began is where AutoSync goes on.
 */
export const sweep =
  (deps: ActivityDeps) =>
  async ({ lease, step }: Sweep, signal: AbortSignal): Promise<void> => {
    const phase: Phase = step === "sweep" ? "sweep" : "proof";
    await enterPhase(deps, lease, phase);
    const part = (await unfinishedParts(deps.pool, lease, phase)).find(({ name }) => name === step);
    if (part === undefined) return;
    const opened = await deps.openSource(lease.companyId);
    const progress = startProgress(deps, lease);
    try {
      const run = { deps, lease, source: opened.source, part, progress, signal };
      const passes = step === "sweep" ? 1 : PASSES_MAX;
      await passUntilQuiet(run, passes);
    } finally {
      await progress.stop();
      await opened.close();
    }
  };

export interface SweepRun {
  deps: ActivityDeps;
  lease: Lease;
  source: Source;
  part: StepPart;
  progress: Progress;
  signal: AbortSignal;
}

async function passUntilQuiet(run: SweepRun, passes: number): Promise<void> {
  const { part } = run;
  for (let pass = 1; ; pass++) {
    const { brought, at } = await sweepOnce(run, sinceOf(part));
    const finished = brought === 0 || pass >= passes;
    const to = { since: new Date(at.getTime() - CLOCK_MARGIN_MS).toISOString() };
    await commitPage(run.deps.pool, { ...stillAt(run), from: part.checkpoint, to, finished });
    part.checkpoint = to;
    await inCompany(run.deps.pool, run.lease.companyId, (tx) =>
      moveCursor(tx, run.lease.companyId, new Date(to.since)),
    );
    if (finished) return;
  }
}

/** One pass: answers how many records it brought that we did not have so, and QuickBooks' clock at its start. */
export async function sweepOnce(
  run: SweepRun,
  since: Date,
): Promise<{ brought: number; at: Date }> {
  const kinds = await availableKinds(run.deps, run.lease);
  let brought = 0;
  let at: Date | null = null;
  for await (const changes of run.source.changesSince(since, kinds, run.signal)) {
    at ??= changes.at;
    const counts = await storeChanges(run, changes);
    brought += counts.created + counts.updated + counts.deleted;
    run.progress.moved();
  }
  return { brought, at: at ?? since };
}

/** The kinds of this batch that QuickBooks offers. */
export const availableKinds = async (deps: ActivityDeps, lease: Lease): Promise<RecordKind[]> =>
  (await plannedKinds(deps.pool, lease))
    .filter(({ available }) => available)
    .map(({ kind }) => kind);

/** Stores changes under a step that stays where it is. */
export const storeChanges = (
  run: Pick<SweepRun, "deps" | "lease" | "part">,
  changes: Pick<Changes, "records" | "deletions" | "troubles">,
): Promise<PageCounts> => commitPage(run.deps.pool, { ...stillAt(run), ...changes });

const stillAt = ({ lease, part }: Pick<SweepRun, "lease" | "part">) => ({
  lease,
  step: { name: part.name, part: part.part },
  from: part.checkpoint,
  to: part.checkpoint,
  finished: false,
  records: [],
  deletions: [],
  troubles: [],
});

export function sinceOf(part: StepPart): Date {
  const since = part.checkpoint?.["since"];
  if (typeof since !== "string") throw new Error(`step ${part.name} does not say since when`);
  return new Date(since);
}

import type { RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import { commitPage, type PageCounts } from "../db/pages.ts";
import { plannedKinds, unfinishedParts, type StepPart } from "../db/steps.ts";
import type { Checkpoint, Deletion, PageContent, Source } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { startProgress, type Progress } from "./progress.ts";
import { enterPhase, type Phase } from "./steps.ts";

/** A step that stores what it finds without moving, and moves as a whole: a sweep, the proof. */
export interface StandingStep {
  deps: ActivityDeps;
  lease: Lease;
  source: Source;
  part: StepPart;
  progress: Progress;
  signal: AbortSignal;
  /** Looks at what was found before it is stored. */
  beforeStored?(found: Found): Promise<void>;
}

/** What was read, and what QuickBooks no longer has. */
export type Found = PageContent & { deletions: Deletion[] };

/** Runs `work` on a step of a phase, or answers null when that step is finished already. */
export async function onStep<T>(
  deps: ActivityDeps,
  step: { lease: Lease; phase: Phase; name: string; signal: AbortSignal },
  work: (run: StandingStep) => Promise<T>,
): Promise<T | null> {
  const { lease, phase, name, signal } = step;
  await enterPhase(deps, lease, phase);
  const part = (await unfinishedParts(deps.pool, lease, [phase])).find(
    (each) => each.name === name,
  );
  if (part === undefined) return null;
  const opened = await deps.openSource(lease.companyId);
  const progress = startProgress(deps, lease);
  try {
    return await work({ deps, lease, source: opened.source, part, progress, signal });
  } finally {
    await progress.stop();
    await opened.close();
  }
}

/** How something is stored, where it is not the plain way. */
interface Storing {
  /** By QuickBooks' clock: what was thought to be deleted well before, and is found after this, is there again. */
  askedAfter?: Date;
  /** Where the step stands afterwards; it stays where it is unless this says so. */
  to?: Checkpoint | null;
}

/** Stores what was found. */
export async function storeFound(
  run: StandingStep,
  found: Found,
  storing: Storing = {},
): Promise<PageCounts> {
  await run.beforeStored?.(found);
  const { records, troubles, deletions } = found;
  const commit = { ...nothingAt(run), records, troubles, deletions, ...storing };
  const counts = await commitPage(run.deps.pool, commit);
  run.part.checkpoint = commit.to;
  run.part.brought += counts.created + counts.updated + counts.deleted;
  run.progress.moved();
  return counts;
}

/** Moves the step, and ends it when `finished`. */
export async function moveTo(run: StandingStep, to: Checkpoint, finished: boolean): Promise<void> {
  await commitPage(run.deps.pool, { ...nothingAt(run), to, finished });
  run.part.checkpoint = to;
}

/** Since when this step reads. */
export function sinceOf({ part }: StandingStep): Date {
  const since = part.checkpoint?.["since"];
  if (typeof since !== "string") throw new Error(`step ${part.name} does not say since when`);
  return new Date(since);
}

/** When that was, by our own clock; null where nobody noted it. */
export function takenAtOf({ part }: StandingStep): Date | null {
  const takenAt = part.checkpoint?.["takenAt"];
  return typeof takenAt === "string" ? new Date(takenAt) : null;
}

/** The kinds of this batch that QuickBooks offers. */
export const availableKinds = async ({ deps, lease }: StandingStep): Promise<RecordKind[]> =>
  (await plannedKinds(deps.pool, lease))
    .filter(({ available }) => available)
    .map(({ kind }) => kind);

const nothingAt = ({ lease, part, source }: StandingStep) => ({
  lease,
  step: { name: part.name, part: part.part },
  from: part.checkpoint,
  to: part.checkpoint,
  finished: false,
  records: [],
  deletions: [],
  troubles: [],
  wins: source.wins,
});

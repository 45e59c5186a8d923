import type { Fault } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import { moveCursors } from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import type { Queryable } from "../db/sql.ts";
import { earlyListings } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { Changes } from "../quickbooks/source.ts";
import { heal, type Compared } from "./compare.ts";
import type { ActivityDeps } from "./deps.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import {
  availableKinds,
  moveTo,
  onStep,
  sinceOf,
  storeFound,
  takenAtOf,
  type StandingStep,
} from "./standing-step.ts";
import { readFrom } from "./steps.ts";
import { withhold, withheldIn } from "./withhold.ts";

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
    await onStep(
      deps,
      { lease, phase: step === "sweep" ? "sweep" : "proof", name: step, signal },
      step === "sweep" ? sweepBeforeWork : sweepUntilQuiet,
    );
  };

/**
 * People begin to work after the first sweep: of the kinds they rely on, what was deleted is found
 * now where the feed could not tell it. The proof does the same for all kinds.
 */
async function sweepBeforeWork(run: StandingStep): Promise<void> {
  const takenAt = new Date();
  const kinds = await availableKinds(run);
  const swept = await sweepOnce(run, sinceOf(run), kinds, { takenAt: takenAtOf(run) });
  const { at, untold } = swept;
  for (const { kind, scope } of await earlyListings(run.deps.pool, run.lease)) {
    if (untold.has(kind)) await healIfOffered(run, swept, { kind, scope, datedFrom: null });
  }
  // AutoSync may begin while the rest is read.
  const cursor = new Date(at.getTime() - CLOCK_MARGIN_MS);
  await inCompany(run.deps.pool, run.lease.companyId, async (tx) => {
    await withholdAll(tx, run, swept);
    await moveCursors(tx, run.lease, { covered: cursor, uncovered: cursor, takenAt });
  });
  await moveTo(run, readFrom(sinceOf(run), takenAtOf(run)), true);
}

async function sweepUntilQuiet(run: StandingStep): Promise<void> {
  for (let pass = 1; ; pass++) {
    const takenAt = new Date();
    const kinds = await availableKinds(run);
    const swept = await sweepOnce(run, sinceOf(run), kinds, { takenAt: takenAtOf(run) });
    const { brought, at } = swept;
    const finished = brought === 0 || pass >= PASSES_MAX;
    const since = new Date(at.getTime() - CLOCK_MARGIN_MS);
    await inCompany(run.deps.pool, run.lease.companyId, async (tx) => {
      await withholdAll(tx, run, swept);
      await moveCursors(tx, run.lease, { covered: since, uncovered: since, takenAt });
    });
    await moveTo(run, readFrom(since, takenAt), finished);
    if (finished) return;
  }
}

/** The changes of these kinds are not among those that the cursor is about to pass. */
async function withholdAll(tx: Queryable, run: StandingStep, { notOffered }: Swept): Promise<void> {
  for (const [kind, fault] of notOffered) {
    await withhold(tx, run.lease, { kind, fault, since: sinceOf(run) });
  }
}

export interface Swept {
  brought: number;
  at: Date;
  untold: Set<RecordKind>;
  /** Kinds of which a record was met that cannot be taken. */
  spoilt: Set<RecordKind>;
  /** Kinds that QuickBooks does not offer any more, and what it said. */
  notOffered: Map<RecordKind, Fault>;
}

/** Compares what a pass was not told of. A kind that is taken away just then is one of those not offered. */
export async function healIfOffered(
  run: StandingStep,
  { at, notOffered }: Swept,
  compared: Compared,
  spoiltSince: Date | null = null,
): Promise<void> {
  try {
    await heal(run, compared, at, spoiltSince);
  } catch (error) {
    const fault = withheldIn(error);
    if (fault === null) throw error;
    notOffered.set(compared.kind, fault);
  }
}

/** How a pass is made, where it is not the plain one. */
export interface Sweeping {
  /** What it refuses is not stored. */
  judge?: (changes: Changes) => Promise<void>;
  /** When the moment that the pass begins at was taken, by our own clock. */
  takenAt?: Date | null;
}

/**
 * One pass: answers how many records it brought that we did not have so, QuickBooks' clock at its
 * start, the kinds whose deletions nobody told, and those with a record that cannot be taken.
 */
export async function sweepOnce(
  run: StandingStep,
  since: Date,
  kinds: readonly RecordKind[],
  { judge = () => Promise.resolve(), takenAt = null }: Sweeping = {},
): Promise<Swept> {
  const untold = new Set<RecordKind>();
  const spoilt = new Set<RecordKind>();
  const notOffered = new Map<RecordKind, Fault>();
  const agoMs = takenAt === null ? undefined : Date.now() - takenAt.getTime();
  let brought = 0;
  let at: Date | null = null;
  for await (const changes of run.source.changesSince(since, kinds, run.signal, agoMs)) {
    await judge(changes);
    at ??= changes.at;
    if (changes.deletionsUntold !== null) untold.add(changes.deletionsUntold);
    if (changes.notOffered !== undefined) {
      notOffered.set(changes.notOffered.kind, changes.notOffered.fault);
    }
    for (const { kind } of changes.troubles) spoilt.add(kind);
    const counts = await storeFound(run, changes);
    brought += counts.created + counts.updated + counts.deleted;
  }
  return { brought, at: at ?? since, untold, spoilt, notOffered };
}

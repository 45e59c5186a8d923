import type { RecordKind } from "../core/record-kinds.ts";
import { moveCursors } from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import type { Queryable } from "../db/sql.ts";
import { earlyListings } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { Changes } from "../quickbooks/source.ts";
import { heal, type Compared } from "./compare.ts";
import type { ActivityDeps } from "./deps.ts";
import { checkpointWith, lookFrom, noteIn, passOf, type Look, type Pass } from "./look.ts";
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
  const look = lookFrom(run, sinceOf(run).toISOString());
  const swept = await sweepOnce(run, look, await sinceBegun(run));
  const { at, untold } = swept;
  for (const { kind, scope } of await earlyListings(run.deps.pool, run.lease)) {
    if (untold.has(kind)) await healIfOffered(run, swept, { kind, scope, datedFrom: null });
  }
  // AutoSync may begin while the rest is read.
  const cursor = new Date(at.getTime() - CLOCK_MARGIN_MS);
  const { takenAt } = look;
  await inCompany(run.deps.pool, run.lease.companyId, async (tx) => {
    await withholdAll(tx, run, swept);
    await moveCursors(tx, run.lease, { covered: cursor, uncovered: cursor, takenAt });
  });
  await moveTo(run, readFrom(sinceOf(run), takenAtOf(run)), true);
}

async function sweepUntilQuiet(run: StandingStep): Promise<void> {
  for (let pass = 1; ; pass++) {
    const look = lookFrom(run, sinceOf(run).toISOString());
    const swept = await sweepOnce(run, look, await sinceBegun(run));
    const { brought, at } = swept;
    const finished = brought === 0 || pass >= PASSES_MAX;
    const since = new Date(at.getTime() - CLOCK_MARGIN_MS);
    const { takenAt } = look;
    await inCompany(run.deps.pool, run.lease.companyId, async (tx) => {
      await withholdAll(tx, run, swept);
      await moveCursors(tx, run.lease, { covered: since, uncovered: since, takenAt });
    });
    await moveTo(run, readFrom(since, takenAt), finished);
    if (finished) return;
  }
}

/** From where on a sweep of an initial sync reads, and of which kinds. */
const sinceBegun = async (run: StandingStep): Promise<Sweeping> => ({
  since: sinceOf(run),
  takenAt: takenAtOf(run),
  kinds: await availableKinds(run),
});

/** The changes of these kinds are not among those that the cursor is about to pass. */
async function withholdAll(tx: Queryable, run: StandingStep, { notOffered }: Swept): Promise<void> {
  for (const [kind, fault] of notOffered) {
    await withhold(tx, run.lease, { kind, fault, since: sinceOf(run) });
  }
}

export interface Swept extends Pick<Pass, "untold" | "spoilt" | "notOffered"> {
  /** How many records it brought that we did not have so. */
  brought: number;
  /** QuickBooks' clock at its start. */
  at: Date;
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

/** What a pass reads. */
export interface Sweeping {
  /** Which pass of its look, where that has several. */
  name?: string;
  since: Date;
  /** When that was taken, by our own clock, where it is known. */
  takenAt?: Date | null;
  kinds: readonly RecordKind[];
  /** What it refuses is not stored. */
  judge?: (changes: Changes) => Promise<void>;
}

/** One pass of a look, or what is left of one that was broken off: stores everything that changed. */
export async function sweepOnce(
  run: StandingStep,
  look: Look,
  { name = "all", since, takenAt = null, kinds, judge }: Sweeping,
): Promise<Swept> {
  const pass = passOf(run, look, name);
  if (!pass.isOver) {
    const agoMs = takenAt === null ? undefined : Date.now() - takenAt.getTime();
    const wanted = { since, kinds, agoMs, rest: pass.rest };
    for await (const changes of run.source.changesSince(wanted, run.signal)) {
      await judge?.(changes);
      noteIn(pass, changes);
      await storeFound(run, changes, { to: checkpointWith(run, look) });
    }
  }
  const { at, untold, spoilt, notOffered, broughtBefore } = pass;
  const brought = run.part.brought - broughtBefore;
  return { brought, at: at ?? since, untold, spoilt, notOffered };
}

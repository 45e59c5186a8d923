import type { RecordKind } from "../core/record-kinds.ts";
import { askedOf, endLooking } from "../db/autosync.ts";
import {
  findCursors,
  findRestored,
  moveCursors,
  settleRestored,
  type Cursors,
} from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import { settleMassChange } from "../db/mass-changes.ts";
import { planSteps, reopenStep, syncedKinds } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import { FaultError } from "../core/faults.ts";
import { heal } from "./compare.ts";
import type { ActivityDeps } from "./deps.ts";
import { awaitWord, refuseMassChange } from "./mass-change.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import { moveTo, onStep, type StandingStep } from "./standing-step.ts";
import { sweepOnce, type Swept } from "./sweep.ts";
import { verifyRestored } from "./verify-restored.ts";

/** Kinds that no feed covers cost a question each: they are read this often. */
const UNCOVERED_EVERY_MS = 24 * 60 * 60_000;

const STEP = { name: "changes", phase: "changes" } as const;

/** How many records a run brought: new, changed and deleted together. */
export interface ChangesSynced {
  brought: number;
}

/**
 * Reads everything that changed since the last run, deletions included, and looks again as often as
 * somebody hurries it meanwhile. Where QuickBooks tells no deletions of a kind they are found by
 * comparing counts. Where most of the books was changed at once a person is asked first.
 */
export const syncChanges =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<ChangesSynced> => {
    await inCompany(deps.pool, lease.companyId, async (tx) => {
      await planSteps(tx, lease, [
        { ...STEP, kind: null, total: null, checkpoint: {}, unavailable: null },
      ]);
      // A run that was put back into the queue after it had ended may have been joined there.
      await reopenStep(tx, lease, STEP.name);
    });
    const brought = await onStep(deps, { lease, ...STEP, signal }, syncUntilNobodyHurries);
    return { brought: brought ?? 0 };
  };

async function syncUntilNobodyHurries(run: StandingStep): Promise<number> {
  const { pool } = run.deps;
  await awaitWord(run);
  let brought = 0;
  for (let isOver = false; !isOver;) {
    const { asked, cursors, kinds, ...held } = await situationOf(run);
    const covered = kinds.filter((kind) => run.source.hasChangeFeed(kind));
    const uncovered = kinds.filter((kind) => !run.source.hasChangeFeed(kind));
    const swept = await sweepAndHeal(run, { since: cursors.covered, kinds: covered, ...held });
    brought += swept.brought;
    const at = new Date(swept.at.getTime() - CLOCK_MARGIN_MS);
    const moved: Partial<Cursors> = { covered: at };
    if (asked.everything || at.getTime() - cursors.uncovered.getTime() > UNCOVERED_EVERY_MS) {
      const since = cursors.uncovered;
      brought += (await sweepAndHeal(run, { since, kinds: uncovered, ...held })).brought;
      moved.uncovered = at;
    }
    // The first answer of a session shows it; the initial sync verifies it in its own proof.
    const restoredAt = held.isComplete ? await findRestored(pool, run.lease.companyId) : null;
    if (restoredAt !== null) {
      const { uncovered: since } = cursors;
      brought += await verifyRestored(run, { kinds, since, datedFrom: held.historyFrom });
    }
    await inCompany(pool, run.lease.companyId, async (tx) => {
      await moveCursors(tx, run.lease, moved);
      await settleMassChange(tx, run.lease.companyId);
      if (restoredAt !== null) await settleRestored(tx, run.lease.companyId, restoredAt);
    });
    isOver = await endLooking(pool, run.lease, asked);
  }
  await moveTo(run, {}, true);
  return brought;
}

interface Stretch {
  since: Date;
  kinds: readonly RecordKind[];
  isComplete: boolean;
  historyFrom: string | null;
}

async function sweepAndHeal(
  run: StandingStep,
  { since, kinds, isComplete, historyFrom }: Stretch,
): Promise<Swept> {
  if (kinds.length === 0) {
    return { brought: 0, at: since, untold: new Set(), spoilt: new Set() };
  }
  // While the initial sync still reads, what we hold says nothing of how much has changed.
  const swept = await sweepOnce(run, since, kinds, async (changes) => {
    if (isComplete) await refuseMassChange(run, kinds, changes);
  });
  // While the initial sync still reads, counts tell nothing; its own proof comes after this run.
  for (const kind of isComplete ? swept.untold : []) {
    const spoiltSince = swept.spoilt.has(kind) ? since : null;
    await heal(run, { kind, scope: "all", datedFrom: historyFrom }, swept.at, spoiltSince);
  }
  return swept;
}

/** What this run was asked for by now, from where it reads, and of which kinds. */
async function situationOf({ deps, lease }: StandingStep) {
  return inCompany(deps.pool, lease.companyId, async (tx) => {
    const asked = await askedOf(tx, lease);
    const cursors = await findCursors(tx, lease.companyId);
    if (cursors === null) {
      throw new FaultError({
        kind: "not-connected",
        message: "The initial sync of this company has not been done.",
      });
    }
    return { asked, cursors, ...(await syncedKinds(tx, lease.companyId)) };
  });
}

import { kindLabel } from "../core/record-kinds.ts";
import { paymentsOf } from "../db/applications.ts";
import { askedOf, endLooking, type Asked } from "../db/autosync.ts";
import {
  findCursors,
  findRestored,
  moveCursors,
  settleRestored,
  type CursorMove,
  type Cursors,
} from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import { settleMassChange } from "../db/mass-changes.ts";
import { planSteps, reopenStep, storeNote, syncedKinds } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import { FaultError } from "../core/faults.ts";
import type { Changes } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { isLookKept, keptWith, lookFrom, passOf, type Look } from "./look.ts";
import { awaitWord, refuseMassChange } from "./mass-change.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import { moveTo, onStep, type StandingStep } from "./standing-step.ts";
import { healIfOffered, sweepOnce, type Swept, type Sweeping } from "./sweep.ts";
import { verifyRestored } from "./verify-restored.ts";
import { readWithheld } from "./read-withheld.ts";
import { withhold, type Withheld } from "./withhold.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Kinds that no feed covers cost a question each: they are read this often. */
const UNCOVERED_EVERY_MS = DAY_MS;
/** QuickBooks Online remembers deletions for 30 days, Desktop for 90; neither tells them of a longer time. */
const FORGOTTEN_AFTER_DAYS = 29;

const STEP = { name: "changes", phase: "changes" } as const;

export interface ChangesSynced {
  /** How many records the run brought by now: new, changed and deleted together. */
  brought: number;
  /** What a person is to know of how it was read, in sentences; null where there is nothing. */
  note: string | null;
  /** Documents wait to be settled, by what this run brought or one before it left behind. */
  areUnsettled: boolean;
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
    const synced = await onStep(deps, { lease, ...STEP, signal }, syncUntilNobodyHurries);
    const { areWanted, areUnsettled } = await paymentsOf(deps.pool, lease);
    return { ...(synced ?? NOTHING), areUnsettled: areWanted && areUnsettled };
  };

const NOTHING = { brought: 0, note: null };

async function syncUntilNobodyHurries(
  run: StandingStep,
): Promise<Omit<ChangesSynced, "areUnsettled">> {
  await awaitWord(run);
  const notes = new Set<string>();
  for (let isOver = false; !isOver;) {
    isOver = await endLooking(run.deps.pool, run.lease, await lookOnce(run, notes));
  }
  await moveTo(run, {}, true);
  return { brought: run.part.brought, note: noteOf(notes) };
}

/**
 * One look from the cursors on, which move with what it found out. What is to be told of it is added to
 * `notes`. Answers what had been asked for when it began.
 */
async function lookOnce(run: StandingStep, notes: Set<string>): Promise<Asked> {
  const { pool } = run.deps;
  const { asked, cursors, kinds, ...held } = await situationOf(run);
  const look = lookFrom(run, fromOf(cursors), asked);
  const covered = kinds.filter((kind) => run.source.hasChangeFeed(kind));
  const feed = { since: cursors.covered, takenAt: cursors.coveredTakenAt, kinds: covered };
  const swept = await sweepAndHeal(run, look, { name: "covered", ...feed, ...held });
  for (const said of notesOn(swept, held.isComplete ? cursors.covered : null)) notes.add(said);
  const at = new Date(swept.at.getTime() - CLOCK_MARGIN_MS);
  const moved: CursorMove = { covered: at, takenAt: look.takenAt };
  const withheld = withheldSince(swept, cursors.covered);
  // One that lies ahead was taken by a clock that has been set right since.
  const agoMs = Math.abs(at.getTime() - cursors.uncovered.getTime());
  if (look.asked?.everything === true || agoMs > UNCOVERED_EVERY_MS) {
    const uncovered = kinds.filter((kind) => !run.source.hasChangeFeed(kind));
    const { uncovered: since, uncoveredTakenAt } = cursors;
    const feedless = { since, takenAt: uncoveredTakenAt, kinds: uncovered };
    const rest = await sweepAndHeal(run, look, { name: "uncovered", ...feedless, ...held });
    withheld.push(...withheldSince(rest, since));
    const back = held.isComplete ? await readWithheld(run, look, { ...held, at: swept.at }) : [];
    for (const said of [...withdrawn(rest), ...back]) notes.add(said);
    moved.uncovered = at;
  }
  // The first answer of a session shows it; the initial sync verifies it in its own proof.
  const restoredAt = held.isComplete ? await findRestored(pool, run.lease.companyId) : null;
  if (restoredAt !== null) {
    const { uncovered: since } = cursors;
    await verifyRestored(run, { at: restoredAt, kinds, since, datedFrom: held.historyFrom });
  }
  // Not kept any longer: what has been read of it is read once more if the cursors do not move now.
  if (isLookKept(run)) await moveTo(run, {}, false);
  const note = noteOf(notes);
  await inCompany(pool, run.lease.companyId, async (tx) => {
    await moveCursors(tx, run.lease, moved);
    // Their changes are not among those that the cursor has passed.
    for (const each of held.isComplete ? withheld : []) await withhold(tx, run.lease, each);
    if (note !== null) await storeNote(tx, run.lease, { name: STEP.name, note });
    await settleMassChange(tx, run.lease.companyId);
    if (restoredAt !== null) await settleRestored(tx, run.lease.companyId, restoredAt);
  });
  return look.asked ?? asked;
}

/** Two looks from the same cursors look at the same. */
const fromOf = ({ covered, uncovered }: Cursors): string =>
  `${covered.toISOString()} ${uncovered.toISOString()}`;

const noteOf = (notes: ReadonlySet<string>): string | null =>
  notes.size === 0 ? null : [...notes].join(" ");

/** What was read in another way than it usually is, and why; `since` is null where nothing was compared. */
function notesOn(swept: Swept, since: Date | null): string[] {
  const days = since === null ? 0 : Math.floor((swept.at.getTime() - since.getTime()) / DAY_MS);
  const isForgotten = swept.untold.size > 0 && days >= FORGOTTEN_AFTER_DAYS;
  const compared = `The last run was ${days} days ago, and QuickBooks has forgotten by now what was deleted then: what we hold of ${swept.untold.size} kinds was compared with what it has.`;
  return [...(isForgotten ? [compared] : []), ...withdrawn(swept)];
}

const withheldSince = ({ notOffered }: Swept, since: Date): Withheld[] =>
  [...notOffered].map(([kind, fault]) => ({ kind, fault, since }));

const withdrawn = ({ notOffered }: Swept): string[] =>
  [...notOffered.keys()].map(
    (kind) =>
      `QuickBooks does not offer ${kindLabel(kind)} records any more: ours are left as they are until it does.`,
  );

interface Stretch extends Omit<Sweeping, "judge"> {
  name: string;
  isComplete: boolean;
  historyFrom: string | null;
}

async function sweepAndHeal(
  run: StandingStep,
  look: Look,
  { isComplete, historyFrom, ...stretch }: Stretch,
): Promise<Swept> {
  const { since, kinds } = stretch;
  if (kinds.length === 0) {
    return { brought: 0, at: since, untold: new Set(), spoilt: new Set(), notOffered: new Map() };
  }
  // While the initial sync still reads, what we hold says nothing of how much has changed.
  const judge = async (changes: Changes): Promise<void> => {
    if (isComplete) await refuseMassChange(run, kinds, changes);
  };
  const swept = await sweepOnce(run, look, { ...stretch, judge });
  const { compared } = passOf(run, look, stretch.name);
  // While the initial sync still reads, counts tell nothing; its own proof comes after this run.
  const left = [...(isComplete ? swept.untold : [])].filter((kind) => !compared.includes(kind));
  for (const kind of left) {
    const spoiltSince = swept.spoilt.has(kind) ? since : null;
    await healIfOffered(run, swept, { kind, scope: "all", datedFrom: historyFrom }, spoiltSince);
    compared.push(kind);
    // Where there are many, another session goes on with those that are left.
    if (left.length > 1) await moveTo(run, keptWith(run, look), false);
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

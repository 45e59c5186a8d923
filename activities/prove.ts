import { kindLabel, type RecordKind } from "../core/record-kinds.ts";
import { quarantined, raiseCompanyAttention, resolveAttention } from "../db/attention.ts";
import { findRestored, settleRestored } from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import { countHeldByKind } from "../db/records.ts";
import type { Queryable } from "../db/sql.ts";
import { inCompany } from "../db/transactions.ts";
import { countUnlessWithheld } from "./compare.ts";
import type { ActivityDeps } from "./deps.ts";
import { lookFrom } from "./look.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import { proveSums } from "./prove-sums.ts";
import {
  availableKinds,
  moveTo,
  onStep,
  sinceOf,
  takenAtOf,
  type StandingStep,
} from "./standing-step.ts";
import { steadily } from "./steadily.ts";
import { readFrom, wholeListing } from "./steps.ts";
import { healIfOffered, sweepOnce } from "./sweep.ts";
import { verifyRestored } from "./verify-restored.ts";
import { withhold } from "./withhold.ts";

/** A company may change faster than two counts can be taken: after this many tries a person is told. */
const TRIES_MAX = 3;

export interface Prove {
  lease: Lease;
  historyFrom: string | null;
}

export interface Proven {
  /** Kinds whose counts still differ, with both numbers (`theirs` null: QuickBooks refuses to count); each is an attention. */
  differing: { kind: RecordKind; theirs: number | null; ours: number }[];
}

/**
 * Proves by counts that we hold what QuickBooks holds: sweep, count, sweep. What differs is looked
 * for and mended; what still differs after three tries becomes an attention that names the numbers. A
 * history is proven by its amounts, too.
 */
export const prove =
  (deps: ActivityDeps) =>
  async ({ lease, historyFrom }: Prove, signal: AbortSignal): Promise<Proven> => {
    const step = { lease, phase: "proof", name: "proof", signal } as const;
    const differing = await onStep(deps, step, async (standing) => {
      const run = { ...standing, source: steadily(deps, lease, standing.source) };
      const restoredAt = await findRestored(deps.pool, lease.companyId);
      if (restoredAt !== null) {
        const [kinds, since] = [await availableKinds(run), sinceOf(run)];
        await verifyRestored(run, { at: restoredAt, kinds, since, datedFrom: historyFrom });
      }
      const found = await compareUntilEqual(run, historyFrom);
      await proveSums(run);
      const kinds = await availableKinds(run);
      await inCompany(deps.pool, lease.companyId, async (tx) => {
        await tell(tx, lease, kinds, found);
        if (restoredAt !== null) await settleRestored(tx, lease.companyId, restoredAt);
      });
      await moveTo(run, readFrom(sinceOf(run), takenAtOf(run)), true);
      return found;
    });
    return { differing: differing ?? [] };
  };

async function tell(
  tx: Queryable,
  lease: Lease,
  kinds: readonly RecordKind[],
  differing: Proven["differing"],
): Promise<void> {
  for (const kind of kinds) {
    const found = differing.find((each) => each.kind === kind);
    if (found === undefined) await resolveAttention(tx, lease.companyId, keyOf(kind));
    else await raiseCompanyAttention(tx, lease, attentionOf(found));
  }
}

async function compareUntilEqual(
  run: StandingStep,
  historyFrom: string | null,
): Promise<Proven["differing"]> {
  let [since, takenAt] = [sinceOf(run), takenAtOf(run)];
  let kinds = await availableKinds(run);
  for (let attempt = 1; ; attempt++) {
    const differing = await compareKinds(run, kinds, historyFrom);
    if (differing.length === 0 || attempt > TRIES_MAX) return differing;
    const look = lookFrom(run, since.toISOString());
    const swept = await sweepOnce(run, look, { since, takenAt, kinds: await availableKinds(run) });
    [since, takenAt] = [new Date(swept.at.getTime() - CLOCK_MARGIN_MS), look.takenAt];
    for (const { kind, theirs } of differing) {
      if (theirs === null) continue;
      await healIfOffered(run, swept, { kind, scope: "all", datedFrom: historyFrom });
    }
    kinds = differing.map(({ kind }) => kind);
  }
}

/** The kinds whose counts differ by more than the records that were left out, or are not to be had. */
async function compareKinds(
  run: StandingStep,
  kinds: readonly RecordKind[],
  datedFrom: string | null,
): Promise<Proven["differing"]> {
  const { companyId } = run.lease;
  const [counts, ours] = await Promise.all([
    Promise.all(kinds.map((kind) => countUnlessWithheld(run, wholeListing(kind, datedFrom)))),
    inCompany(run.deps.pool, companyId, (tx) => countHeldByKind(tx, companyId, datedFrom)),
  ]);
  return inCompany(run.deps.pool, companyId, async (tx) => {
    const differing: Proven["differing"] = [];
    for (const { kind, ...counted } of counts) {
      if ("fault" in counted) {
        await withhold(tx, run.lease, { kind, fault: counted.fault, since: sinceOf(run) });
        continue;
      }
      const both = { kind, theirs: counted.theirs, ours: ours.get(kind) ?? 0 };
      if (both.theirs === both.ours) continue;
      const leftOut = await quarantined(tx, { companyId, kind });
      if (both.theirs !== both.ours + leftOut) differing.push(both);
    }
    return differing;
  });
}

const keyOf = (kind: RecordKind): string => `count-differs:${kind}`;

const attentionOf = ({ kind, theirs, ours }: Proven["differing"][number]) => ({
  key: keyOf(kind),
  cause: "count-differs",
  kind,
  message:
    theirs === null
      ? `QuickBooks refuses to count its ${kindLabel(kind)} records (4002); we hold ${ours}, and cannot prove that these are all.`
      : `QuickBooks counts ${theirs} ${kindLabel(kind)} records and we hold ${ours}.`,
  nextStep:
    "If people were at work in QuickBooks just then, the next sync settles it. Otherwise run the sync again with retryBatch.",
});

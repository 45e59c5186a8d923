import { paymentsOf } from "../../db/applications.ts";
import type { Lease } from "../../db/leases.ts";
import {
  reconciliationOf,
  storeReconciliation,
  type ReconciliationLine,
} from "../../db/reconciliations.ts";
import { hasSteps, planSteps, syncedKinds } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { ActivityDeps } from "../deps.ts";
import { settlePayments } from "../settle-payments.ts";
import { moveTo, onStep, type StandingStep } from "../standing-step.ts";
import { steadily } from "../steadily.ts";
import { compareOpenBalances } from "./balances.ts";
import { compareChanges } from "./changes.ts";
import { compareCounts, healCounts, withheldLines } from "./counts.ts";
import { compareOpenDocuments } from "./open-documents.ts";
import { compareSamples } from "./samples.ts";

const STEP = { name: "comparison", phase: "comparison" } as const;

/** Lines that say whether both sides agree, and how many of them do not. */
export interface Verified {
  lines: number;
  differing: number;
}

/**
 * Compares a company with QuickBooks and writes down every line of it: what changed since the last sync,
 * counts by kind and month, open documents, a random sample of each kind record by record, and what is open
 * against QuickBooks' own reports.
 * A record that differs is named, and healed by reading just that.
 */
export const verifyBooks =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<Verified> => {
    await inCompany(deps.pool, lease.companyId, async (tx) => {
      if (await hasSteps(tx, lease)) return;
      await planSteps(tx, lease, [
        { ...STEP, kind: null, total: null, checkpoint: {}, unavailable: null },
      ]);
    });
    // An attempt before this one may have compared everything and not been heard.
    await onStep(deps, { lease, ...STEP, signal }, compareAll);
    // A payment that was found to be gone is taken off what it paid.
    if ((await paymentsOf(deps.pool, lease)).areUnsettled) {
      await settlePayments(deps)({ lease }, signal);
    }
    const told = await reconciliationOf(deps.pool, lease);
    const lines = told.filter(({ agrees }) => agrees !== null);
    return {
      lines: lines.length,
      differing: lines.filter(({ agrees }) => agrees === false).length,
    };
  };

/** What differs is healed as it is found: what is summed up by our records is compared at last, as they are then. */
async function compareAll(standing: StandingStep): Promise<void> {
  const { deps, lease, source } = standing;
  const run = { ...standing, source: steadily(deps, lease, source) };
  const { pool } = deps;
  const { kinds, historyFrom } = await inCompany(pool, run.lease.companyId, (tx) =>
    syncedKinds(tx, run.lease.companyId),
  );
  const changes = await compareChanges(run, kinds);
  const { lines: counts, offered } = await compareCounts(run, kinds, historyFrom);
  // Before others heal some of it: two differences that even each other out would hide in the counts.
  const healed: ReconciliationLine[] = await healCounts(run, counts, historyFrom);
  const open = await compareOpenDocuments(run, offered);
  const samples = await compareSamples(run, offered);
  const withheld = await withheldLines(run);
  const balances = await compareOpenBalances(run);
  await storeReconciliation(pool, run.lease, [
    ...changes,
    ...healed,
    ...withheld,
    ...open,
    ...samples,
    ...balances,
  ]);
  await moveTo(run, {}, true);
}

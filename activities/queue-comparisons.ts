import type { Batch } from "../db/batches.ts";
import { notifyBatch } from "../db/notify.ts";
import { dueComparisons, wantComparison, type WantedComparison } from "../db/wanted-comparisons.ts";
import { COORDINATOR, coordinatorStart, verifyLabel } from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";

/**
 * Puts a comparison into a company's queue, unless one is there, and wakes its coordinator. Null when
 * the company is not connected or not synced.
 */
export async function queueComparison(
  { pool, temporal }: Pick<ActivityDeps, "pool" | "temporal">,
  wanted: WantedComparison,
): Promise<{ batch: Batch; joined: boolean } | null> {
  const { companyId } = wanted;
  const queued = await wantComparison(pool, wanted);
  if (queued === null) return null;
  await notifyBatch(pool, { batchId: queued.batch.id, companyId });
  await temporal.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
  return queued;
}

/** The comparisons that initial syncs and histories have left to be made, once their time has come. */
export async function queueDueComparisons(
  deps: Pick<ActivityDeps, "pool" | "temporal" | "verify">,
): Promise<void> {
  const { afterMinutes } = deps.verify;
  if (afterMinutes === 0) return;
  for (const { companyId, name } of await dueComparisons(deps.pool, afterMinutes)) {
    await queueComparison(deps, {
      companyId,
      trigger: "system",
      startedBy: "Evenbooks",
      label: verifyLabel(name),
    });
  }
}

import { holdAfterFailures } from "../db/autosync-settings.ts";
import { closeBatch as close, type Lease, type Outcome } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import { alignAutoSync } from "./align-auto-sync.ts";
import type { ActivityDeps } from "./deps.ts";

/**
 * A batch's own last act: its outcome, the company's failures in a row and its state, in one
 * transaction. After too many of them AutoSync is held.
 */
export const closeBatch =
  (deps: ActivityDeps) =>
  async ({ lease, outcome }: { lease: Lease; outcome: Outcome }): Promise<void> => {
    await close(deps.pool, lease, outcome);
    if (outcome.is === "failed") await holdIfTooMany(deps, lease.companyId);
    await notifyBatch(deps.pool, lease);
  };

/** Holds AutoSync after too many failures in a row, in Temporal too. */
export async function holdIfTooMany(deps: ActivityDeps, companyId: string): Promise<void> {
  if (!(await holdAfterFailures(deps.pool, companyId, deps.failuresMax))) return;
  deps.log.warn({ companyId, failuresMax: deps.failuresMax }, "AutoSync is held");
  await alignAutoSync(deps)(companyId);
}

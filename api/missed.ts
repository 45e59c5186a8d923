import { wantAutoSync } from "../db/autosync.ts";
import type { BatchTrigger } from "../db/batches.ts";
import { findCompany } from "../db/companies.ts";
import { notifyBatch } from "../db/notify.ts";
import { autoSyncLabel } from "../workflows/contract.ts";
import type { Deps } from "./context.ts";

/**
 * Wants a run of AutoSync of a company that was held or disconnected until now: a notice of Intuit's that
 * came meanwhile has hurried nobody, and the next tick may be hours away. Does nothing where AutoSync is
 * off or still held, and before lists and open balances are in.
 */
export async function wantWhatWasMissed(
  { pool, coordinators }: Pick<Deps, "pool" | "coordinators">,
  companyId: string,
  by: { trigger: BatchTrigger; startedBy: string },
): Promise<void> {
  const company = await findCompany(pool, companyId);
  if (company === null || company.state !== "connected" || company.workableAt === null) return;
  if (!company.autoSyncEnabled || company.autoSyncHeld !== null) return;
  const label = autoSyncLabel(company.name);
  const { batch } = await wantAutoSync(pool, { ...by, companyId, label, everything: false });
  await notifyBatch(pool, { batchId: batch.id, companyId });
  await coordinators.nudge(companyId);
}

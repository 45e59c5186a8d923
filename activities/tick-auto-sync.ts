import { tickAutoSync as tick } from "../db/autosync.ts";
import { findAutoSync } from "../db/autosync-settings.ts";
import { notifyBatch } from "../db/notify.ts";
import { autoSyncLabel, COORDINATOR, coordinatorStart } from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";

/** One tick of a company's Schedule: a run waits in its queue afterwards, and its coordinator is awake. */
export const tickAutoSync =
  ({ pool, temporal }: ActivityDeps) =>
  async (companyId: string): Promise<string> => {
    const settings = await findAutoSync(pool, companyId);
    if (settings === null || !settings.enabled) return "AutoSync is not enabled; nothing was done.";
    const { batch, joined } = await tick(pool, {
      companyId,
      trigger: "schedule",
      startedBy: "AutoSync",
      label: autoSyncLabel(settings.name),
      everything: false,
    });
    await notifyBatch(pool, { batchId: batch.id, companyId });
    await temporal.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    return joined === "new" ? `Queued batch ${batch.id}.` : `Batch ${batch.id} waits already.`;
  };

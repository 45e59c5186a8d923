import { wantAutoSync } from "../../db/autosync.ts";
import { enqueueBatch, type Batch, type NewBatch } from "../../db/batches.ts";
import type { WantedReapplication } from "../../db/reapplication-words.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import type { Stage } from "./sync.ts";

/** Wants a run of AutoSync and wakes the coordinator, as the api does; `everything` reads the kinds without a feed, too. */
export async function wishSync(
  stage: Stage,
  companyId: string,
  everything = false,
): Promise<Batch> {
  const { batch } = await wantAutoSync(stage.pool, {
    companyId,
    trigger: "user",
    startedBy: "test",
    label: "[The test's company] AutoSyncModule [AUTOSYNC]",
    everything,
  });
  return woken(stage, batch);
}

/** The same for payments that are to be applied anew: what was modified today, unless `over` says otherwise. */
export const wishReapply = (
  stage: Stage,
  companyId: string,
  over: Partial<WantedReapplication> = {},
): Promise<Batch> => {
  const from = new Date().toISOString().slice(0, 10);
  const reapply = { from, by: "modified", preview: false, closedUntil: null, ...over } as const;
  return wishBatch(stage, { companyId, kind: "reapply_payments", reapply });
};

/** The same for any other kind of batch. */
export async function wishBatch(
  stage: Stage,
  wish: Pick<NewBatch, "companyId" | "kind"> & Partial<NewBatch>,
): Promise<Batch> {
  const { batch } = await enqueueBatch(stage.pool, {
    trigger: "user",
    startedBy: "test",
    label: `The test's ${wish.kind}`,
    historyFrom: null,
    ...wish,
  });
  return woken(stage, batch);
}

async function woken(stage: Stage, batch: Batch): Promise<Batch> {
  await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(batch.companyId));
  return batch;
}

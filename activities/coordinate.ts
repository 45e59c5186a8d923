import { findBatch } from "../db/batches.ts";
import { claimNextBatch as claim, closeAbandonedBatch, type ClaimedBatch } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import type { BatchInput } from "../workflows/contract.ts";
import { holdIfTooMany } from "./close-batch.ts";
import type { ActivityDeps } from "./deps.ts";

/** The coordinator's next batch, or null when its company's queue is empty. */
export const claimNextBatch =
  ({ pool }: ActivityDeps) =>
  async (companyId: string): Promise<ClaimedBatch | null> => {
    const claimed = await claim(pool, companyId);
    if (claimed !== null) await notifyBatch(pool, { batchId: claimed.batchId, companyId });
    return claimed;
  };

export interface ChildEnded {
  batch: BatchInput;
  /**
   * `completed`: by itself. `cancelled`, `failed`: perhaps without closing its row (terminated, timed
   * out). `open`: another run has the workflow id, and nothing has ended.
   */
  how: "completed" | "cancelled" | "failed" | "open";
}

/**
 * Is the batch over? Its row says so; a child that ended without closing its row is written down
 * here. False while another run of the batch is at work: look again later.
 */
export const recordOutcome =
  (deps: ActivityDeps) =>
  async ({ batch, how }: ChildEnded): Promise<boolean> => {
    const { pool } = deps;
    const row = await findBatch(pool, batch.companyId, batch.batchId);
    if (row?.status !== "running") return true;
    if (how === "open" || how === "completed") return false;
    const closed = await closeAbandonedBatch(
      pool,
      batch,
      how === "cancelled"
        ? { is: "cancelled" }
        : {
            is: "failed",
            fault: {
              kind: "stopped",
              message: "The workflow of this batch was stopped from outside.",
            },
          },
    );
    if (how === "failed") await holdIfTooMany(deps, batch.companyId);
    await notifyBatch(pool, batch);
    return closed;
  };

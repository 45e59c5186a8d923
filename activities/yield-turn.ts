import { yieldTurn as yieldIt } from "../db/turns.ts";
import type { Lease } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import type { ActivityDeps } from "./deps.ts";

/** Gives the company to a batch that waits, if one does: ours goes back into the queue, its checkpoints kept. */
export const yieldTurn =
  ({ pool }: ActivityDeps) =>
  async ({ lease }: { lease: Lease }): Promise<boolean> => {
    const yielded = await yieldIt(pool, lease);
    if (yielded) await notifyBatch(pool, lease);
    return yielded;
  };

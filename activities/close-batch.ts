import { closeBatch as close, type Lease, type Outcome } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import type { ActivityDeps } from "./deps.ts";

/** A batch's own last act: its outcome, the company's failures in a row and its state, in one transaction. */
export const closeBatch =
  ({ pool }: ActivityDeps) =>
  async ({ lease, outcome }: { lease: Lease; outcome: Outcome }): Promise<void> => {
    await close(pool, lease, outcome);
    await notifyBatch(pool, lease);
  };

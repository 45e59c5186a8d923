import { markWorkable as mark } from "../db/companies.ts";
import { holdLease, type Lease } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import { inCompany } from "../db/transactions.ts";
import type { ActivityDeps } from "./deps.ts";

/** Lists and open balances are in, and so is all that changed meanwhile: people can work now. */
export const markWorkable =
  ({ pool }: Pick<ActivityDeps, "pool">) =>
  async ({ lease }: { lease: Lease }): Promise<void> => {
    await inCompany(pool, lease.companyId, async (tx) => {
      await holdLease(tx, lease);
      await mark(tx, lease.companyId);
    });
    await notifyBatch(pool, lease);
  };

import type { Pool } from "pg";
import { z } from "zod";

import type { Lease } from "./leases.ts";
import { one, run, sql } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

/**
 * Gives a company to a batch that waits in its queue: this one goes back there, its checkpoints kept,
 * and waits for its turn. False when none waits, or when the lease was lost.
 */
export const yieldTurn = (pool: Pool, lease: Lease): Promise<boolean> =>
  inCompany(pool, lease.companyId, async (tx) => {
    const yielded = await run(
      tx,
      sql`/* yieldTurn */ update batches set status = 'queued', run_id = null, waiting_for = 'turn',
          waiting_since = now(), waiting_until = null
        where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}
          and status = 'running' and cancel_requested_at is null
          and exists (select from batches where company_id = ${lease.companyId} and status = 'queued')`,
    );
    return yielded > 0;
  });

/** Does a batch of this company wait in its queue? */
export const isAnyoneQueued = (pool: Pool, companyId: string): Promise<boolean> =>
  readInCompany(pool, companyId, (tx) =>
    one(
      tx,
      z.object({ is: z.boolean() }),
      sql`/* isAnyoneQueued */ select exists (select from batches
        where company_id = ${companyId} and status = 'queued') as is`,
    ),
  ).then(({ is }) => is);

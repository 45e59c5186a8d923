import type { Pool } from "pg";
import { z } from "zod";

import type { Lease } from "./leases.ts";
import { one, run, sql } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

/**
 * What takes hours goes behind everything else that waits: the history last, before it an initial sync
 * that has yielded. Before these comes a comparison, which takes minutes and which nobody waits for.
 */
export const placeInQueue = sql`case when kind = 'historical' then 3
  when waiting_for = 'turn' then 2 when kind = 'verify' then 1 else 0 end`;

/** Does another batch wait in the queue that would be taken up before this one, once it is queued again? */
const isPreceded = ({ companyId, batchId }: Lease) => sql`exists (
  select from (select id, ${placeInQueue} as place from batches
    where company_id = ${companyId} and status = 'queued') waiting
  where place < (select case when kind = 'historical' then 3 else 2 end from batches
    where company_id = ${companyId} and id = ${batchId}))`;

/**
 * Gives a company to a batch that waits in its queue: this one goes back there, its checkpoints kept,
 * and waits for its turn. False when none waits that goes before it, or when the lease was lost.
 */
export const yieldTurn = (pool: Pool, lease: Lease): Promise<boolean> =>
  inCompany(pool, lease.companyId, async (tx) => {
    const yielded = await run(
      tx,
      sql`/* yieldTurn */ update batches set status = 'queued', run_id = null, waiting_for = 'turn',
          waiting_since = now(), waiting_until = null
        where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}
          and status = 'running' and cancel_requested_at is null and ${isPreceded(lease)}`,
    );
    return yielded > 0;
  });

/** Does a batch of this company wait for which ours would make room? */
export const isAwaited = (pool: Pool, lease: Lease): Promise<boolean> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(tx, z.object({ is: z.boolean() }), sql`/* isAwaited */ select ${isPreceded(lease)} as is`),
  ).then(({ is }) => is);

import type { Pool } from "pg";
import { z } from "zod";

import type { Lease } from "./leases.ts";
import { ReapplicationResult, WantedReapplication } from "./reapplication-words.ts";
import { one, run, sql, type Queryable } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** A day begins somewhere on earth this much earlier than in UTC. */
const DAY_BEGINS_EARLIER = sql`interval '14 hours'`;

const WantedPeriod = WantedReapplication.extend({ modifiedFrom: z.date() });
export type WantedPeriod = z.infer<typeof WantedPeriod>;

/** What this batch is to re-apply; `modifiedFrom` is when its first day began anywhere. */
export const wantedReapplication = (pool: Pool, lease: Lease): Promise<WantedPeriod> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(
      tx,
      WantedPeriod,
      sql`/* wantedReapplication */ select reapply->>'from' as from, reapply->>'by' as by,
          (reapply->>'preview')::boolean as preview, reapply->>'closedUntil' as "closedUntil",
          (reapply->>'from')::timestamp at time zone 'UTC' - ${DAY_BEGINS_EARLIER} as "modifiedFrom"
        from batches where company_id = ${lease.companyId} and id = ${lease.batchId}`,
    ),
  );

/** Writes down up to which day QuickBooks' books are closed. */
export const storeClosedUntil = (
  tx: Queryable,
  lease: Lease,
  closedUntil: string | null,
): Promise<number> =>
  run(
    tx,
    sql`/* storeClosedUntil */ update batches
      set reapply = reapply || ${JSON.stringify({ closedUntil })}::jsonb
      where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}`,
  );

/** What a plan comes to, written down beside its batch. */
export const storeResult = (
  tx: Queryable,
  lease: Lease,
  result: ReapplicationResult,
): Promise<number> =>
  run(
    tx,
    sql`/* storeResult */ update batches set result = ${JSON.stringify(result)}
      where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}`,
  );

/** What a plan came to, when all of it was judged. */
export const resultOf = (pool: Pool, lease: Lease): Promise<ReapplicationResult> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(
      tx,
      z.object({ result: ReapplicationResult }),
      sql`/* resultOf */ select result from batches
        where company_id = ${lease.companyId} and id = ${lease.batchId}`,
    ),
  ).then(({ result }) => result);

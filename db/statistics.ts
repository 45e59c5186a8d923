import type { Pool } from "pg";
import { z } from "zod";

import type { Lease } from "./leases.ts";
import { maybeOne, sql } from "./sql.ts";
import { asSystem } from "./transactions.ts";

/** Of fewer rows it matters little which index they are looked up by. */
const NEW_RECORDS_MIN = 500;

/**
 * Has PostgreSQL look at what a batch has stored, where that is much. It does so by itself within minutes;
 * until then the index of a kind's times is as good to it as the primary key, and each record that it looks
 * up by that one costs as many rows as there are of its kind.
 */
export async function learnOf(pool: Pool, { companyId, batchId }: Lease): Promise<void> {
  const partition = await asSystem(pool, (tx) =>
    maybeOne(
      tx,
      z.object({ name: z.string() }),
      sql`/* partitionOf */ select format('%I', relname) as name from pg_class
        where oid = (select tableoid from records where company_id = ${companyId} limit 1)
          and (select sum(created) from batch_steps
            where company_id = ${companyId} and batch_id = ${batchId}) >= ${NEW_RECORDS_MIN}`,
    ),
  );
  // As who owns the tables; anybody else is only told that it may not.
  if (partition !== null) await pool.query(`/* learn */ analyze (skip_locked) ${partition.name}`);
}

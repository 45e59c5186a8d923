import type { Pool } from "pg";
import { z } from "zod";

import { WAKE_CHANNEL } from "./notify.ts";
import { many, run, sql, type Queryable } from "./sql.ts";
import { asSystem } from "./transactions.ts";

/** So many are told at once. */
const WAKES_AT_ONCE = 50;

/** A company whose PC has come, and whom it concerns. */
export const Wake = z.object({
  companyId: z.string(),
  /** A person has said yes to its file; before that, first contact looks whose it is. */
  isConfirmed: z.boolean(),
  runningBatchId: z.string().nullable(),
});
export type Wake = z.infer<typeof Wake>;

/** The company's workflows want to hear, as soon as this transaction is committed. */
export async function addWake(tx: Queryable, companyId: string): Promise<void> {
  await run(
    tx,
    sql`/* addWake */ with added as (insert into wakes (company_id) values (${companyId}))
      select pg_notify(${WAKE_CHANNEL}, '')`,
  );
}

const Claimed = z.object({ id: z.number(), companyId: z.string() });

/**
 * Takes a handful of wakes that nobody else is at, and tells each company once. A wake whose `tell`
 * throws stays for the next time. Answers how many rows were taken, and what was thrown.
 */
export const takeWakes = (
  pool: Pool,
  tell: (wake: Wake) => Promise<void>,
): Promise<{ taken: number; errors: unknown[] }> =>
  asSystem(pool, async (tx) => {
    const claimed = await many(
      tx,
      Claimed,
      sql`/* claimWakes */ select id, company_id as "companyId" from wakes
        order by id limit ${WAKES_AT_ONCE} for update skip locked`,
    );
    if (claimed.length === 0) return { taken: 0, errors: [] };
    const wakes = await many(
      tx,
      Wake,
      sql`/* readWakes */ select c.id as "companyId", c.confirmed_at is not null as "isConfirmed",
          (select b.id from batches b where b.company_id = c.id and b.status = 'running')
            as "runningBatchId"
        from companies c where c.id = any(${claimed.map(({ companyId }) => companyId)}::uuid[])`,
    );
    const told = await Promise.allSettled(wakes.map((wake) => tell(wake)));
    const errors = told.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    const heard = wakes.filter((_, index) => told[index]?.status === "fulfilled");
    const ids = claimed.filter(({ companyId }) => heard.some((w) => w.companyId === companyId));
    await run(
      tx,
      sql`/* dropWakes */ delete from wakes where id = any(${ids.map(({ id }) => id)}::bigint[])`,
    );
    return { taken: claimed.length, errors };
  });

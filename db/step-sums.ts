import { z } from "zod";

import { KindColumn } from "./kind-column.ts";
import { compareDecimals } from "../core/money.ts";
import type { Lease } from "./leases.ts";
import { many, run, sql, type Queryable } from "./sql.ts";
import { STAGED } from "./stage.ts";

/** The amounts of one kind in a window of months, in one currency. */
export const StepSum = z.object({
  /** The step of the window. */
  name: z.string(),
  kind: KindColumn,
  /** Null where QuickBooks names none. */
  currency: z.string().nullable(),
  /** What the pages said, added up as they were stored, and over how many records; decimal digits. */
  told: z.string(),
  toldRecords: z.number(),
  /** What we hold; null before the proof. */
  held: z.string().nullable(),
  heldRecords: z.number().nullable(),
  /** How many of these were modified since the months were counted. */
  changedRecords: z.number().nullable(),
});
export type StepSum = z.infer<typeof StepSum>;

/** Adds the page in the stage table to the sums of its step; in the transaction that stores it. */
export const addToSums = (tx: Queryable, lease: Lease, name: string): Promise<number> =>
  run(
    tx,
    sql`/* addToSums */ insert into step_sums as s
        (company_id, batch_id, name, kind, currency, told, told_records)
      select ${lease.companyId}, ${lease.batchId}, ${name}, kind, coalesce(currency, '') as currency,
        sum(total), count(*)
      from (select distinct on (kind, quickbooks_id) kind, currency, total from ${STAGED} staged
        order by kind, quickbooks_id, modified_at desc) page
      where total is not null group by kind, coalesce(currency, '') order by kind, currency
      on conflict (batch_id, name, kind, currency) do update set
        told = s.told + excluded.told, told_records = s.told_records + excluded.told_records`,
  );

/** Writes down beside what the pages said what we hold, in one pass over the company's records. */
export const holdSums = (
  tx: Queryable,
  { companyId, batchId }: Lease,
  countedAt: Date,
): Promise<number> =>
  run(
    tx,
    sql`/* holdSums */ with months as (
        select kind, date_trunc('month', date)::date as month, coalesce(currency, '') as currency,
          sum(total) as total, count(*) as records,
          count(*) filter (where modified_at > ${countedAt}) as changed
        from records
        where company_id = ${companyId} and deleted_at is null and total is not null
          and date between (select min(dated_from) from batch_steps where batch_id = ${batchId})
            and (select max(dated_until) from batch_steps where batch_id = ${batchId})
        group by 1, 2, 3),
      windows as (
        select distinct name, dated_from, dated_until from batch_steps
        where company_id = ${companyId} and batch_id = ${batchId} and dated_until is not null),
      held as (
        select s.name, s.kind, s.currency, coalesce(sum(m.total), 0) as total,
          coalesce(sum(m.records), 0) as records, coalesce(sum(m.changed), 0) as changed
        from step_sums s join windows w on w.name = s.name
          left join months m on m.kind = s.kind and m.currency = s.currency
            and m.month between w.dated_from and w.dated_until
        where s.company_id = ${companyId} and s.batch_id = ${batchId}
        group by s.name, s.kind, s.currency)
      update step_sums s set held = held.total, held_records = held.records,
        changed_records = held.changed
      from held where s.company_id = ${companyId} and s.batch_id = ${batchId}
        and s.name = held.name and s.kind = held.kind and s.currency = held.currency`,
  );

/** The sums of a batch, in the order of its kinds. */
export const sumsOf = (tx: Queryable, companyId: string, batchId: string): Promise<StepSum[]> =>
  many(
    tx,
    StepSum,
    sql`/* sumsOf */ select name, kind, nullif(currency, '') as currency, told::text as told,
        told_records as "toldRecords", held::text as held, held_records as "heldRecords",
        changed_records as "changedRecords"
      from step_sums where company_id = ${companyId} and batch_id = ${batchId}
      order by kind, currency`,
  );

/**
 * Do both sides agree? Null where that cannot be said: before the proof, and where records were modified,
 * made or deleted since their pages were read, so that the two are not over the same records.
 */
export function sumsAgree(sum: StepSum): boolean | null {
  if (sum.held === null) return null;
  const isComparable = sum.heldRecords === sum.toldRecords && sum.changedRecords === 0;
  return isComparable ? compareDecimals(sum.held, sum.told) === 0 : null;
}

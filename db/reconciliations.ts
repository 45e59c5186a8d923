import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { KindColumn } from "./kind-column.ts";
import { holdLease, type Lease } from "./leases.ts";
import { many, one, run, sql } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

/** What a line of a comparison is about. */
export const SUBJECTS = [
  "count",
  "sample",
  "receivables",
  "payables",
  "balance_sheet_receivables",
  "balance_sheet_payables",
] as const;

/** One thing that was compared with QuickBooks. `agrees` is null where nothing can be said. */
export const ReconciliationLine = z.object({
  subject: z.enum(SUBJECTS),
  kind: KindColumn.nullable(),
  /** The first day of the month it is about, YYYY-MM-DD. */
  month: z.string().nullable(),
  quickbooksId: z.string().nullable(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  agrees: z.boolean().nullable(),
  note: z.string().nullable(),
});
export type ReconciliationLine = z.infer<typeof ReconciliationLine>;

/** Writes the lines of a comparison; those of an attempt before this one are replaced. */
export const storeReconciliation = (
  pool: Pool,
  lease: Lease,
  lines: readonly ReconciliationLine[],
): Promise<void> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLease(tx, lease);
    await run(
      tx,
      sql`/* dropReconciliation */ delete from reconciliation_lines
        where company_id = ${lease.companyId} and batch_id = ${lease.batchId}`,
    );
    await run(
      tx,
      sql`/* storeReconciliation */ insert into reconciliation_lines (company_id, batch_id, position,
          subject, kind, month, quickbooks_id, ours, theirs, agrees, note)
        select ${lease.companyId}::uuid, ${lease.batchId}::uuid, position, subject, kind, month,
          "quickbooksId", ours, theirs, agrees, note
        from json_to_recordset(${JSON.stringify(lines.map((line, position) => ({ ...line, position })))})
          as l(position int, subject text, kind text, month date, "quickbooksId" text, ours numeric,
            theirs numeric, agrees boolean, note text)`,
    );
  });

/** The lines of a batch's comparison, what differs first. */
export const reconciliationOf = (
  pool: Pool,
  { companyId, batchId }: { companyId: string; batchId: string },
): Promise<ReconciliationLine[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      ReconciliationLine,
      sql`/* reconciliationOf */ select subject, kind, month, quickbooks_id as "quickbooksId", ours,
          theirs, agrees, note
        from reconciliation_lines where company_id = ${companyId} and batch_id = ${batchId}
        order by agrees is distinct from false, position`,
    ),
  );

/** Records of a kind picked at random, with the columns that are compared. */
export const sampleOf = (
  pool: Pool,
  companyId: string,
  sample: { kind: RecordKind; size: number },
): Promise<{ quickbooksId: string }[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      z.object({ quickbooksId: z.string() }),
      sql`/* sampleOf */ select quickbooks_id as "quickbooksId" from records
        where company_id = ${companyId} and kind = ${sample.kind} and deleted_at is null
        order by random() limit ${sample.size}`,
    ),
  );

/** How many present records of a kind we hold by month of their date; those without one are left out. */
export const countHeldByMonth = (
  pool: Pool,
  companyId: string,
  kind: RecordKind,
): Promise<{ month: string; count: number }[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      z.object({ month: z.string(), count: z.number() }),
      sql`/* countHeldByMonth */ select date_trunc('month', date)::date as month, count(*) as count
        from records where company_id = ${companyId} and kind = ${kind} and deleted_at is null
          and date is not null group by 1 order by 1 desc`,
    ),
  );

const OpenHeld = z.object({
  receivables: z.string(),
  payables: z.string(),
  currencies: z.number(),
  /** The later of today and the newest date among what is open: a report as of then has all of it. */
  until: z.string(),
});
export type OpenHeld = z.infer<typeof OpenHeld>;

/**
 * What is open by the balances we hold: what customers owe less what they are owed, and the same of
 * vendors. A bill payment has no balance of its own: what it has not put on a bill waits.
 */
export const openBalancesHeld = (pool: Pool, companyId: string): Promise<OpenHeld> =>
  readInCompany(pool, companyId, (tx) =>
    one(
      tx,
      OpenHeld,
      sql`/* openBalancesHeld */ select
          coalesce(sum(balance) filter (where kind = 'invoice'), 0)
            - coalesce(sum(balance) filter (where kind in ('payment', 'credit_memo')), 0) as receivables,
          coalesce(sum(balance) filter (where kind = 'bill'), 0)
            - coalesce(sum(balance) filter (where kind = 'vendor_credit'), 0)
            - coalesce(sum(total) filter (where kind = 'bill_payment'), 0)
            + (select coalesce(sum(amount), 0) from applied_amounts where company_id = ${companyId}
                and said_by_kind = 'bill_payment' and from_kind = 'bill_payment' and role = 'payment')
            as payables,
          count(distinct currency) as currencies,
          greatest(max(date), current_date) as until
        from records where company_id = ${companyId} and deleted_at is null
          and kind in ('invoice', 'payment', 'credit_memo', 'bill', 'vendor_credit', 'bill_payment')`,
    ),
  );

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
  "total",
  "open",
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

/** Lines about single records come behind those that sum up. */
const RECORDS_FROM = 1_000_000;
/** A comparison names so many records; of what else differs its sums tell. */
const NAMED_MAX = 2_000;

/** Writes the lines of a comparison that sum up; those of an attempt before this one are replaced. */
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
        where company_id = ${lease.companyId} and batch_id = ${lease.batchId}
          and position < ${RECORDS_FROM}`,
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

/** A record that differs: what a comparison was about when it was found, and how it differs. */
export interface DifferingRecord {
  subject: ReconciliationLine["subject"];
  kind: RecordKind;
  quickbooksId: string;
  note: string;
}

/**
 * Names records that differ. It is done before they are healed, so that an attempt that ends between the
 * two leaves them named; one that was named before is named once.
 */
export const nameDiffering = (
  pool: Pool,
  lease: Lease,
  records: readonly DifferingRecord[],
): Promise<void> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLease(tx, lease);
    await run(
      tx,
      sql`/* nameDiffering */ with known as (
          select kind, quickbooks_id from reconciliation_lines
          where company_id = ${lease.companyId} and batch_id = ${lease.batchId}
            and position >= ${RECORDS_FROM}), fresh as (
          select distinct on (kind, "quickbooksId") subject, kind, "quickbooksId", note
          from json_to_recordset(${JSON.stringify(records)})
            as r(subject text, kind text, "quickbooksId" text, note text)
          where not exists (select from known k
            where k.kind = r.kind and k.quickbooks_id = r."quickbooksId"))
        insert into reconciliation_lines (company_id, batch_id, position, subject, kind, quickbooks_id,
          agrees, note)
        select ${lease.companyId}::uuid, ${lease.batchId}::uuid,
          ${RECORDS_FROM} + (select count(*) from known) + row_number() over (),
          subject, kind, "quickbooksId", false, note
        from fresh limit greatest(0, ${NAMED_MAX} - (select count(*) from known))`,
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

const HeldInMonth = z.object({
  kind: KindColumn,
  /** Its first day; null for records without a date. */
  month: z.string().nullable(),
  currency: z.string().nullable(),
  records: z.number(),
  /** Null where none of them has an amount. */
  total: z.string().nullable(),
});
export type HeldInMonth = z.infer<typeof HeldInMonth>;

/** The present records we hold, and what they come to, by kind, month of their date and currency; newest months first. */
export const heldByMonth = (pool: Pool, companyId: string): Promise<HeldInMonth[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      HeldInMonth,
      sql`/* heldByMonth */ select kind, date_trunc('month', date)::date as month, currency,
          count(*) as records, sum(total) as total
        from records where company_id = ${companyId} and deleted_at is null
        group by 1, 2, 3 order by 1, 2 desc, 3`,
    ),
  );

const OpenDocument = z.object({
  quickbooksId: z.string(),
  currency: z.string().nullable(),
  balance: z.string(),
});
export type OpenDocument = z.infer<typeof OpenDocument>;

/** Present documents of a kind with something open on them, in the order of their ids, behind the one named. */
export const openDocuments = (
  pool: Pool,
  companyId: string,
  page: { kind: RecordKind; after: string; first: number },
): Promise<OpenDocument[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      OpenDocument,
      sql`/* openDocuments */ select quickbooks_id as "quickbooksId", currency, balance from records
        where company_id = ${companyId} and kind = ${page.kind} and deleted_at is null and balance > 0
          and quickbooks_id > ${page.after} order by quickbooks_id limit ${page.first}`,
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

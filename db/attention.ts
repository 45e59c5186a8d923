import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import type { Trouble } from "../quickbooks/source.ts";
import { KindColumn } from "./kind-column.ts";
import type { Lease } from "./leases.ts";
import { many, one, run, sql, type Queryable } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

export const Attention = z.object({
  id: z.string(),
  batchId: z.string().nullable(),
  cause: z.string(),
  message: z.string(),
  nextStep: z.string(),
  recordKind: KindColumn.nullable(),
  quickbooksId: z.string().nullable(),
  raw: z.string().nullable(),
  createdAt: z.date(),
  resolvedAt: z.date().nullable(),
});
export type Attention = z.infer<typeof Attention>;

const REPAIR =
  "Open this record in QuickBooks, correct what is odd about it (an invalid e-mail address, say) and save it; the next sync takes it.";

/** Keeps records that could not be taken, each once; met again, the row is opened again. */
export async function raiseAttention(
  tx: Queryable,
  lease: Lease,
  troubles: readonly Trouble[],
): Promise<void> {
  const rows = troubles.map((trouble) => ({
    key: trouble.key,
    cause: trouble.raw === "4002" ? "refused-record" : "unreadable-record",
    message: trouble.message,
    next_step: REPAIR,
    record_kind: trouble.kind,
    quickbooks_id: trouble.quickbooksId,
    raw: trouble.raw?.replaceAll("\0", "") ?? null,
  }));
  await raise(tx, lease, rows);
}

/** Something a person must decide about a whole kind or company; `key` makes it one row however often it is found. */
export const raiseCompanyAttention = (
  tx: Queryable,
  lease: Lease,
  attention: {
    key: string;
    cause: string;
    message: string;
    nextStep: string;
    kind: RecordKind | null;
  },
): Promise<void> =>
  raise(tx, lease, [
    {
      key: attention.key,
      cause: attention.cause,
      message: attention.message,
      next_step: attention.nextStep,
      record_kind: attention.kind,
      quickbooks_id: null,
      raw: null,
    },
  ]);

/** Something a person must decide about single records, each named by its `key`. */
export async function raiseRecordAttention(
  tx: Queryable,
  lease: Lease,
  attentions: readonly {
    key: string;
    cause: string;
    message: string;
    nextStep: string;
    kind: RecordKind;
    quickbooksId: string;
  }[],
): Promise<void> {
  if (attentions.length === 0) return;
  const rows = attentions.map(({ nextStep, kind, quickbooksId, ...attention }) => ({
    ...attention,
    next_step: nextStep,
    record_kind: kind,
    quickbooks_id: quickbooksId,
    raw: null,
  }));
  await raise(tx, lease, rows);
}

async function raise(
  tx: Queryable,
  lease: Lease,
  rows: readonly Record<string, string | null>[],
): Promise<void> {
  await run(
    tx,
    sql`/* raiseAttention */ insert into attention
        (company_id, batch_id, key, cause, message, next_step, record_kind, quickbooks_id, raw)
      select distinct on (key) ${lease.companyId}::uuid, ${lease.batchId}::uuid, key, cause, message,
        next_step, record_kind, quickbooks_id, raw
      from json_to_recordset(${JSON.stringify(rows)}) as r(key text, cause text, message text,
        next_step text, record_kind text, quickbooks_id text, raw text)
      order by key
      on conflict (company_id, key) do update set
        batch_id = excluded.batch_id, message = excluded.message, resolved_at = null`,
  );
}

/** What is closed by itself: attentions with this key are no longer true. */
export const resolveAttention = (tx: Queryable, companyId: string, key: string): Promise<number> =>
  resolveAttentions(tx, companyId, [key]);

/** The same for several keys. */
export const resolveAttentions = (
  tx: Queryable,
  companyId: string,
  keys: readonly string[],
): Promise<number> =>
  run(
    tx,
    sql`/* resolveAttention */ update attention set resolved_at = now()
      where company_id = ${companyId} and key = any(${keys}::text[]) and resolved_at is null`,
  );

/** Open attentions of a company, newest first, after the one named. */
export const listAttention = (
  pool: Pool,
  companyId: string,
  page: { first: number; after: string | null },
): Promise<Attention[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      Attention,
      sql`/* listAttention */ select id, batch_id as "batchId", cause, message, next_step as "nextStep",
          record_kind as "recordKind", quickbooks_id as "quickbooksId", raw,
          created_at as "createdAt", resolved_at as "resolvedAt"
        from attention a where company_id = ${companyId} and resolved_at is null
          and (${page.after}::uuid is null or (created_at, id) < (
            select created_at, id from attention where id = ${page.after}::uuid))
        order by a.created_at desc, a.id desc limit ${page.first}`,
    ),
  );

/** How many records of a kind this batch had to leave out. */
export const quarantined = async (
  tx: Queryable,
  batch: { companyId: string; kind: RecordKind },
): Promise<number> => {
  const row = await one(
    tx,
    z.object({ count: z.number() }),
    sql`/* quarantined */ select count(*) as count from attention
      where company_id = ${batch.companyId} and record_kind = ${batch.kind} and resolved_at is null
        and cause in ('refused-record', 'unreadable-record')`,
  );
  return row.count;
};

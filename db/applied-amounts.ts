import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import type { SourceRecord } from "../quickbooks/source.ts";
import { KindColumn } from "./kind-column.ts";
import { many, run, sql, type Queryable } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** Kinds that say what they are applied to, or what is applied to them. */
const SAY_AMOUNTS: readonly RecordKind[] = [
  "payment",
  "bill_payment",
  "credit_memo",
  "vendor_credit",
  "invoice",
  "bill",
  "refund_receipt",
];
/** Documents whose balance must follow from their total and what is applied to them. */
export const DOCUMENT_KINDS: readonly RecordKind[] = ["invoice", "bill"];
const DOCUMENT_NAMES = new Set<string>(DOCUMENT_KINDS);

/** A record that was stored, or deleted, in this transaction. */
export const Moved = z.object({ kind: z.string(), id: z.string(), isNew: z.boolean() });
export type Moved = z.infer<typeof Moved>;

export const saysAmounts = sql`kind = any(${SAY_AMOUNTS}::text[])`;

/**
 * What some records that were just stored say to be applied replaces what they said before, and every
 * document that is touched by either is to be settled. Records that are not among `said` (they were
 * deleted) say nothing any longer. A statement of its own after the merge, so that it sees what another
 * page's transaction said of the same record.
 */
export async function replaceApplied(
  tx: Queryable,
  companyId: string,
  moved: readonly Moved[],
  records: readonly SourceRecord[],
): Promise<void> {
  if (moved.length === 0) return;
  const stored = new Set(moved.map(({ kind, id }) => `${kind} ${id}`));
  const said = records.flatMap((record) =>
    stored.has(`${record.kind} ${record.quickbooksId}`) ? rowsOf(record) : [],
  );
  const replaced = moved.filter(({ isNew }) => !isNew);
  const documents = moved.filter(({ kind }) => DOCUMENT_NAMES.has(kind));
  await run(
    tx,
    // Looked up by their keys, however much the table has grown since it was last analyzed.
    sql`/* replaceApplied */ with gone as (
        delete from applied_amounts where company_id = ${companyId}
          and said_by_kind = any(${[...new Set(replaced.map(({ kind }) => kind))]}::text[])
          and said_by_id = any(${replaced.map(({ id }) => id)}::text[])
          and concat(said_by_kind, ' ', said_by_id)
            = any(${replaced.map(({ kind, id }) => `${kind} ${id}`)}::text[])
        returning to_kind, to_id
      ), said as (
        insert into applied_amounts (company_id, to_kind, to_id, said_by_kind, said_by_id, from_kind,
          from_id, role, amount, date, exchange_rate)
        select ${companyId}::uuid, "toKind", "toId", "saidByKind", "saidById", "fromKind", "fromId", role,
          amount, date, "exchangeRate"
        from json_to_recordset(${JSON.stringify(said)}) as s("toKind" text, "toId" text,
          "saidByKind" text, "saidById" text, "fromKind" text, "fromId" text, role text,
          amount numeric, date date, "exchangeRate" numeric)
        returning to_kind, to_id
      )
      insert into unsettled_documents (company_id, kind, quickbooks_id)
      select ${companyId}::uuid, to_kind, to_id from gone
      union select ${companyId}::uuid, to_kind, to_id from said
      union select ${companyId}::uuid, kind, id
        from unnest(${documents.map(({ kind }) => kind)}::text[],
          ${documents.map(({ id }) => id)}::text[]) as d(kind, id)
      order by 2, 3
      on conflict do nothing`,
  );
}

const rowsOf = ({ kind, quickbooksId, date, applied }: SourceRecord) =>
  applied.map((amount) => ({ ...amount, saidByKind: kind, saidById: quickbooksId, date }));

const SaidBy = z.object({
  documentKind: KindColumn,
  documentId: z.string(),
  kind: KindColumn,
  quickbooksId: z.string(),
});
export type SaidBy = z.infer<typeof SaidBy>;

/** The records that say to be applied to some documents, as we hold them, each with its document. */
export const saidByOf = (
  pool: Pool,
  companyId: string,
  documents: readonly { kind: RecordKind; quickbooksId: string }[],
): Promise<SaidBy[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      SaidBy,
      sql`/* saidByOf */ select distinct d.kind as "documentKind", d.id as "documentId", said_by_kind as kind, said_by_id as "quickbooksId"
        from unnest(${documents.map(({ kind }) => kind)}::text[],
          ${documents.map(({ quickbooksId }) => quickbooksId)}::text[]) as d(kind, id)
          join applied_amounts a on a.company_id = ${companyId} and a.to_kind = d.kind and a.to_id = d.id
        where (said_by_kind, said_by_id) <> (d.kind, d.id)`,
    ),
  );

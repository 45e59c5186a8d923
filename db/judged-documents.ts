import type { Pool } from "pg";
import { z } from "zod";

import { APPLIED_ROLES } from "../core/applied-roles.ts";
import { DocumentKey, dueOf, heldOf, saidOf } from "./applications.ts";
import { DOCUMENT_KINDS } from "./applied-amounts.ts";
import { KindColumn } from "./kind-column.ts";
import type { Lease } from "./leases.ts";
import type { WantedPeriod } from "./reapplications.ts";
import { many, sql, type Sql } from "./sql.ts";
import { inCompany, inOrderOfIndexes, readInCompany } from "./transactions.ts";

/**
 * The next documents to be judged, after the one named: those of the period, and those that a payment or
 * credit of the period is or was applied to. Each of the four lists goes on behind that document in the
 * order of its index, so that all pages together read each of them once.
 */
export const documentsToJudge = (
  pool: Pool,
  { companyId }: Lease,
  { from, by, modifiedFrom }: Pick<WantedPeriod, "from" | "by" | "modifiedFrom">,
  { after, first }: { after: DocumentKey | null; first: number },
): Promise<DocumentKey[]> =>
  inCompany(pool, companyId, async (tx) => {
    await inOrderOfIndexes(tx);
    const behind = sql`(${after?.kind ?? ""}, ${after?.quickbooksId ?? ""})`;
    const paidBy = (table: Sql): Sql => sql`
      (select distinct to_kind, to_id from ${table} a
        where company_id = ${companyId} and (to_kind, to_id) > ${behind}
          -- Asked row by row: "offset 0" keeps it from becoming a join with all records.
          and exists (select from records p where p.company_id = ${companyId}
            and p.kind = a.said_by_kind and p.quickbooks_id = a.said_by_id
            and not (p.kind = any(${DOCUMENT_KINDS}::text[]))
            and greatest(p.modified_at, p.deleted_at) >= ${modifiedFrom} offset 0)
        order by to_kind, to_id limit ${first})`;
    return many(
      tx,
      DocumentKey,
      sql`/* documentsToJudge */ select kind, id as "quickbooksId" from (
          (select kind, quickbooks_id as id from records
            where company_id = ${companyId} and (kind, quickbooks_id) > ${behind}
              and kind = any(${DOCUMENT_KINDS}::text[])
              and (${by} = 'dated' and date >= ${from}::date
                or ${by} = 'modified' and greatest(modified_at, deleted_at) >= ${modifiedFrom})
            order by kind, quickbooks_id limit ${first})
          union ${paidBy(sql`applied_amounts`)}
          union ${paidBy(sql`applications`)}
          union (select kind, quickbooks_id from unsettled_documents
            where company_id = ${companyId} and ${by} = 'modified'
              and (kind, quickbooks_id) > ${behind}
            order by kind, quickbooks_id limit ${first})
        ) d order by kind, id limit ${first}`,
    );
  });

/** One application of a document that differs. */
const Move = z.object({
  fromKind: KindColumn,
  fromId: z.string(),
  saidByKind: KindColumn,
  saidById: z.string(),
  role: z.enum(APPLIED_ROLES),
  before: z.string().nullable(),
  after: z.string().nullable(),
  dateBefore: z.string().nullable(),
  dateAfter: z.string().nullable(),
  /** Of the record that says so: its number and party, whether it is still there, and what it was sent as. */
  number: z.string().nullable(),
  party: z.string().nullable(),
  isGone: z.boolean(),
  payload: z.string().nullable(),
  /** Where the same record puts money elsewhere meanwhile, or has put it: a document's kind and number, in words. */
  movedTo: z.string().nullable(),
  movedFrom: z.string().nullable(),
});
export type Move = z.infer<typeof Move>;

const JudgedDocument = z.object({
  kind: KindColumn,
  quickbooksId: z.string(),
  number: z.string().nullable(),
  party: z.string().nullable(),
  isDeleted: z.boolean(),
  total: z.string().nullable(),
  balance: z.string().nullable(),
  appliedBefore: z.string(),
  appliedAfter: z.string(),
  addsUp: z.boolean(),
  moves: z.array(Move),
});
export type JudgedDocument = z.infer<typeof JudgedDocument>;

/** Some documents with the applications we hold beside those that QuickBooks' records say. */
export const judgeDocuments = (
  pool: Pool,
  companyId: string,
  documents: readonly DocumentKey[],
): Promise<JudgedDocument[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      JudgedDocument,
      sql`/* judgeDocuments */ with due as (${dueOf(companyId, documents)}),
        said as (${saidOf(companyId)}), held as (${heldOf(companyId)}),
        both_sides as (
          select to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role,
            said.amount as after, held.amount as before, said.date as date_after, held.date as date_before,
            (said.amount, said.date, said.exchange_rate)
              is distinct from (held.amount, held.date, held.exchange_rate) as differs
          from said full join held using (to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role)
        ), sums as (
          select to_kind, to_id, coalesce(sum(before), 0) as before, coalesce(sum(after), 0) as after
          from both_sides group by to_kind, to_id
        ), moves as (
          select to_kind, to_id, json_agg(json_build_object(
              'fromKind', from_kind, 'fromId', from_id, 'saidByKind', said_by_kind,
              'saidById', said_by_id, 'role', role, 'before', b.before::text, 'after', b.after::text,
              'dateBefore', date_before, 'dateAfter', date_after, 'number', p.number, 'party', p.party,
              'isGone', p.quickbooks_id is null, 'payload', p.payload,
              'movedTo', elsewhere.now, 'movedFrom', elsewhere.before)
            order by said_by_kind, said_by_id, from_kind, from_id, role) as moves
          from both_sides b
            left join lateral (select * from records where company_id = ${companyId}
              and kind = b.said_by_kind and quickbooks_id = b.said_by_id and deleted_at is null
              offset 0) p on true,
            lateral (select
              (select concat(replace(a.to_kind, '_', ' '), ' ', coalesce(r.number, a.to_id)) from applied_amounts a
                left join records r on r.company_id = ${companyId} and r.kind = a.to_kind
                  and r.quickbooks_id = a.to_id
                where a.company_id = ${companyId} and a.said_by_kind = b.said_by_kind
                  and a.said_by_id = b.said_by_id and (a.to_kind, a.to_id) <> (b.to_kind, b.to_id)
                  and not exists (select from applications o where o.company_id = ${companyId}
                    and o.said_by_kind = a.said_by_kind and o.said_by_id = a.said_by_id
                    and o.to_kind = a.to_kind and o.to_id = a.to_id) limit 1) as now,
              (select concat(replace(o.to_kind, '_', ' '), ' ', coalesce(r.number, o.to_id)) from applications o
                left join records r on r.company_id = ${companyId} and r.kind = o.to_kind
                  and r.quickbooks_id = o.to_id
                where o.company_id = ${companyId} and o.said_by_kind = b.said_by_kind
                  and o.said_by_id = b.said_by_id and (o.to_kind, o.to_id) <> (b.to_kind, b.to_id)
                  and not exists (select from applied_amounts a where a.company_id = ${companyId}
                    and a.said_by_kind = o.said_by_kind and a.said_by_id = o.said_by_id
                    and a.to_kind = o.to_kind and a.to_id = o.to_id) limit 1) as before) elsewhere
          where differs group by to_kind, to_id
        )
        select d.kind, d.quickbooks_id as "quickbooksId", d.number, d.party,
          d.deleted_at is not null as "isDeleted", d.total, d.balance,
          coalesce(s.before, 0) as "appliedBefore", coalesce(s.after, 0) as "appliedAfter",
          not (d.kind = any(${DOCUMENT_KINDS}::text[]))
            or not d.is_held or d.deleted_at is not null or d.total is null or d.balance is null
            or d.total - coalesce(s.after, 0) = d.balance as "addsUp",
          coalesce(m.moves, '[]') as moves
        from due d
          left join sums s on s.to_kind = d.kind and s.to_id = d.quickbooks_id
          left join moves m on m.to_kind = d.kind and m.to_id = d.quickbooks_id`,
    ),
  );

import type { Pool } from "pg";
import { z } from "zod";

import { APPLIED_ROLES } from "../core/applied-roles.ts";
import { isRecordKind, type RecordKind } from "../core/record-kinds.ts";
import { dueOf, heldOf, saidOf, type DocumentKey } from "./applications.ts";
import { DOCUMENT_KINDS } from "./applied-amounts.ts";
import { holdLease, type Lease } from "./leases.ts";
import { ReapplicationResult, WantedReapplication } from "./reapplication-words.ts";
import { many, one, run, sql, type Queryable } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

const Kind = z.custom<RecordKind>((value) => typeof value === "string" && isRecordKind(value));

/** A day begins somewhere on earth this much earlier than in UTC. */
const DAY_BEGINS_EARLIER = sql`interval '14 hours'`;

const Wanted = WantedReapplication.extend({ modifiedFrom: z.date() });

/** What this batch is to re-apply; `modifiedFrom` is when its first day began anywhere. */
export const wantedReapplication = (pool: Pool, lease: Lease): Promise<z.infer<typeof Wanted>> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(
      tx,
      Wanted,
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

/**
 * The next documents to be judged, after the one named: those of the period, and those that a payment or
 * credit of the period is or was applied to.
 */
export const documentsToJudge = (
  pool: Pool,
  lease: Lease,
  { from, by, modifiedFrom }: Pick<z.infer<typeof Wanted>, "from" | "by" | "modifiedFrom">,
  page: { after: DocumentKey | null; first: number },
): Promise<DocumentKey[]> =>
  readInCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      z.object({ kind: Kind, quickbooksId: z.string() }),
      sql`/* documentsToJudge */ with payers as (
          select kind, quickbooks_id from records where company_id = ${lease.companyId}
            and not (kind = any(${DOCUMENT_KINDS}::text[]))
            and greatest(modified_at, deleted_at) >= ${modifiedFrom})
        select kind, id as "quickbooksId" from (
          select kind, quickbooks_id as id from records where company_id = ${lease.companyId}
            and kind = any(${DOCUMENT_KINDS}::text[])
            and (${by} = 'dated' and date >= ${from}::date
              or ${by} = 'modified' and greatest(modified_at, deleted_at) >= ${modifiedFrom})
          union
          select a.to_kind, a.to_id from applied_amounts a join payers p
            on p.kind = a.said_by_kind and p.quickbooks_id = a.said_by_id
            where a.company_id = ${lease.companyId}
          union
          select a.to_kind, a.to_id from applications a join payers p
            on p.kind = a.said_by_kind and p.quickbooks_id = a.said_by_id
            where a.company_id = ${lease.companyId}
          union
          select kind, quickbooks_id from unsettled_documents where company_id = ${lease.companyId}
            and ${by} = 'modified'
        ) d where (${page.after?.kind ?? null}::text is null
            or (kind, id) > (${page.after?.kind ?? ""}, ${page.after?.quickbooksId ?? ""}))
        order by kind, id limit ${page.first}`,
    ),
  );

/** One application of a document that differs. */
const Move = z.object({
  fromKind: Kind,
  fromId: z.string(),
  saidByKind: Kind,
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
  /** Where the same record puts money elsewhere meanwhile, or has put it: a document's kind and number. */
  movedTo: z.string().nullable(),
  movedFrom: z.string().nullable(),
});
export type Move = z.infer<typeof Move>;

const JudgedDocument = z.object({
  kind: Kind,
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
      sql`/* judgeDocuments */ with due as (${dueOf(documents)}),
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
            left join records p on p.company_id = ${companyId} and p.kind = b.said_by_kind
              and p.quickbooks_id = b.said_by_id and p.deleted_at is null,
            lateral (select
              (select concat(a.to_kind, ' ', coalesce(r.number, a.to_id)) from applied_amounts a
                left join records r on r.company_id = ${companyId} and r.kind = a.to_kind
                  and r.quickbooks_id = a.to_id
                where a.company_id = ${companyId} and a.said_by_kind = b.said_by_kind
                  and a.said_by_id = b.said_by_id and (a.to_kind, a.to_id) <> (b.to_kind, b.to_id)
                  and not exists (select from applications o where o.company_id = ${companyId}
                    and o.said_by_kind = a.said_by_kind and o.said_by_id = a.said_by_id
                    and o.to_kind = a.to_kind and o.to_id = a.to_id) limit 1) as now,
              (select concat(o.to_kind, ' ', coalesce(r.number, o.to_id)) from applications o
                left join records r on r.company_id = ${companyId} and r.kind = o.to_kind
                  and r.quickbooks_id = o.to_id
                where o.company_id = ${companyId} and o.said_by_kind = b.said_by_kind
                  and o.said_by_id = b.said_by_id and (o.to_kind, o.to_id) <> (b.to_kind, b.to_id)
                  and not exists (select from applied_amounts a where a.company_id = ${companyId}
                    and a.said_by_kind = o.said_by_kind and a.said_by_id = o.said_by_id
                    and a.to_kind = o.to_kind and a.to_id = o.to_id) limit 1) as before) elsewhere
          where differs group by to_kind, to_id
        )
        select d.kind, d.quickbooks_id as "quickbooksId", r.number, r.party,
          r.deleted_at is not null as "isDeleted", r.total, r.balance,
          coalesce(s.before, 0) as "appliedBefore", coalesce(s.after, 0) as "appliedAfter",
          not (d.kind = any(${DOCUMENT_KINDS}::text[]))
            or r.quickbooks_id is null or r.deleted_at is not null or r.total is null or r.balance is null
            or r.total - coalesce(s.after, 0) = r.balance as "addsUp",
          coalesce(m.moves, '[]') as moves
        from due d
          left join records r on r.company_id = ${companyId} and r.kind = d.kind
            and r.quickbooks_id = d.quickbooks_id
          left join sums s on s.to_kind = d.kind and s.to_id = d.quickbooks_id
          left join moves m on m.to_kind = d.kind and m.to_id = d.quickbooks_id`,
    ),
  );

/** A line of a plan, for an accountant: from which amount to which, why, and what else to know. */
export const PlannedMove = z.object({
  fromKind: Kind,
  fromId: z.string(),
  saidByKind: Kind,
  saidById: z.string(),
  number: z.string().nullable(),
  role: z.enum(APPLIED_ROLES),
  before: z.string().nullable(),
  after: z.string().nullable(),
  dateBefore: z.string().nullable(),
  dateAfter: z.string().nullable(),
  why: z.string(),
  notes: z.array(z.string()),
});
export type PlannedMove = z.infer<typeof PlannedMove>;

/** A document of a plan; `reason` says why it was stopped. */
export interface PlannedDocument {
  document: JudgedDocument;
  reason: string | null;
  moves: PlannedMove[];
}

/** Writes a plan anew from its beginning: what an attempt before this one left of it is dropped. */
export const dropPlan = (pool: Pool, lease: Lease): Promise<void> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLease(tx, lease);
    await run(
      tx,
      sql`/* dropPlan */ delete from reapplied_documents
        where company_id = ${lease.companyId} and batch_id = ${lease.batchId} and state <> 'swapped'`,
    );
  });

/** Adds documents to a plan. */
export const storePlan = (
  pool: Pool,
  lease: Lease,
  planned: readonly PlannedDocument[],
): Promise<void> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLease(tx, lease);
    const rows = planned.map(({ document, reason, moves }) => ({
      kind: document.kind,
      id: document.quickbooksId,
      state: reason === null ? "planned" : "stopped",
      reason,
      total: document.total,
      balance: document.balance,
      before: document.appliedBefore,
      after: document.appliedAfter,
      moves,
    }));
    await run(
      tx,
      sql`/* storePlan */ insert into reapplied_documents (company_id, batch_id, kind, quickbooks_id,
          state, reason, total, balance, applied_before, applied_after, moves)
        select ${lease.companyId}::uuid, ${lease.batchId}::uuid, kind, id, state, reason, total, balance,
          before, after, moves
        from json_to_recordset(${JSON.stringify(rows)}) as p(kind text, id text, state text,
          reason text, total numeric, balance numeric, before numeric, after numeric, moves jsonb)
        on conflict do nothing`,
    );
  });

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

/** How many documents of a plan were swapped, by whichever attempt. */
export const countSwapped = (pool: Pool, lease: Lease): Promise<number> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(
      tx,
      z.object({ count: z.number() }),
      sql`/* countSwapped */ select count(*) as count from reapplied_documents
        where company_id = ${lease.companyId} and batch_id = ${lease.batchId} and state = 'swapped'`,
    ),
  ).then(({ count }) => count);

/** The next documents of a plan that are not swapped yet. */
export const documentsToSwap = (pool: Pool, lease: Lease, first: number): Promise<DocumentKey[]> =>
  readInCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      z.object({ kind: Kind, quickbooksId: z.string() }),
      sql`/* documentsToSwap */ select kind, quickbooks_id as "quickbooksId" from reapplied_documents
        where company_id = ${lease.companyId} and batch_id = ${lease.batchId} and state = 'planned'
        order by kind, quickbooks_id limit ${first}`,
    ),
  );

/** These documents are swapped. */
export const markSwapped = (
  tx: Queryable,
  lease: Lease,
  documents: readonly DocumentKey[],
): Promise<number> =>
  run(
    tx,
    sql`/* markSwapped */ with due as (${dueOf(documents)})
      update reapplied_documents d set state = 'swapped' from due
      where d.company_id = ${lease.companyId} and d.batch_id = ${lease.batchId}
        and d.kind = due.kind and d.quickbooks_id = due.quickbooks_id`,
  );

const PlanRow = z.object({
  kind: Kind,
  quickbooksId: z.string(),
  number: z.string().nullable(),
  party: z.string().nullable(),
  state: z.enum(["planned", "swapped", "stopped"]),
  reason: z.string().nullable(),
  total: z.string().nullable(),
  balance: z.string().nullable(),
  appliedBefore: z.string(),
  appliedAfter: z.string(),
  moves: z.array(PlannedMove),
});
export type PlanRow = z.infer<typeof PlanRow>;

/** The documents of a plan, in the order of kind and id, after the one named. */
export const listPlan = (
  pool: Pool,
  { companyId, batchId }: { companyId: string; batchId: string },
  page: { first: number; after: [string, string] | null },
): Promise<PlanRow[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      PlanRow,
      sql`/* listPlan */ select d.kind, d.quickbooks_id as "quickbooksId", r.number, r.party, d.state,
          d.reason, d.total, d.balance, d.applied_before as "appliedBefore",
          d.applied_after as "appliedAfter", d.moves
        from reapplied_documents d left join records r on r.company_id = d.company_id
          and r.kind = d.kind and r.quickbooks_id = d.quickbooks_id
        where d.company_id = ${companyId} and d.batch_id = ${batchId}
          and (d.kind, d.quickbooks_id) > (${page.after?.[0] ?? ""}, ${page.after?.[1] ?? ""})
        order by d.kind, d.quickbooks_id limit ${page.first}`,
    ),
  );

import type { Pool } from "pg";
import { z } from "zod";

import { APPLIED_ROLES } from "../core/applied-roles.ts";
import { DocumentKey } from "./applications.ts";
import type { JudgedDocument } from "./judged-documents.ts";
import { KindColumn } from "./kind-column.ts";
import { holdLease, type Lease } from "./leases.ts";
import { many, one, run, sql, type Queryable } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

/** A line of a plan, for an accountant: from which amount to which, why, and what else to know. */
export const PlannedMove = z.object({
  fromKind: KindColumn,
  fromId: z.string(),
  saidByKind: KindColumn,
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

/** Adds a note to the lines of a plan that one of these records says, once. */
export const noteMoves = (
  pool: Pool,
  lease: Lease,
  saidBy: readonly DocumentKey[],
  note: string,
): Promise<void> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLease(tx, lease);
    await run(
      tx,
      sql`/* noteMoves */ with meant as (
          select unnest(${saidBy.map(({ kind, quickbooksId }) => `${kind} ${quickbooksId}`)}::text[])),
        lines as (
          select d.kind, d.quickbooks_id, m.move, m.at,
            concat(m.move->>'saidByKind', ' ', m.move->>'saidById') in (select * from meant)
              and not jsonb_exists(m.move->'notes', ${note}) as is_meant
          from reapplied_documents d, jsonb_array_elements(d.moves) with ordinality as m(move, at)
          where d.company_id = ${lease.companyId} and d.batch_id = ${lease.batchId}),
        noted as (
          select kind, quickbooks_id, jsonb_agg(case when is_meant
              then jsonb_set(move, '{notes}', (move->'notes') || to_jsonb(${note}::text)) else move end
            order by at) as moves
          from lines group by kind, quickbooks_id having bool_or(is_meant))
        update reapplied_documents d set moves = noted.moves from noted
        where d.company_id = ${lease.companyId} and d.batch_id = ${lease.batchId}
          and d.kind = noted.kind and d.quickbooks_id = noted.quickbooks_id`,
    );
  });

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
      DocumentKey,
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
    sql`/* markSwapped */ update reapplied_documents d set state = 'swapped'
      from unnest(${documents.map(({ kind }) => kind)}::text[],
        ${documents.map(({ quickbooksId }) => quickbooksId)}::text[]) as swapped(kind, quickbooks_id)
      where d.company_id = ${lease.companyId} and d.batch_id = ${lease.batchId}
        and d.kind = swapped.kind and d.quickbooks_id = swapped.quickbooks_id`,
  );

const PlanRow = z.object({
  kind: KindColumn,
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

import type { Pool } from "pg";
import { z } from "zod";

import { APPLIED_ROLES } from "../core/applied-roles.ts";
import { kindLabel, type RecordKind } from "../core/record-kinds.ts";
import { DOCUMENT_KINDS } from "./applied-amounts.ts";
import { raiseRecordAttention, resolveAttentions } from "./attention.ts";
import { KindColumn } from "./kind-column.ts";
import { holdLeaseAlone, type Lease } from "./leases.ts";
import { many, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { inCompany, inOrderOfIndexes, readInCompany } from "./transactions.ts";

/** A document that amounts are applied to. */
export const DocumentKey = z.object({ kind: KindColumn, quickbooksId: z.string() });
export type DocumentKey = z.infer<typeof DocumentKey>;

/** A document of which total less applications is not the balance that QuickBooks says. */
const OutOfBalance = DocumentKey.extend({
  number: z.string().nullable(),
  total: z.string(),
  balance: z.string(),
  applied: z.string(),
});
type OutOfBalance = z.infer<typeof OutOfBalance>;

export interface Settled {
  /** The documents that were looked at; none are left to settle when there are none. */
  documents: readonly DocumentKey[];
  /** Applications that were added, changed or removed. */
  moves: number;
}

const KEY = sql`to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role`;

/*
 * Some hundred documents are looked up one by one: `lateral` and `offset 0` keep PostgreSQL from reading a
 * company's rows whole, which it does while a table has grown since it was last analyzed (in a first sync).
 */

/** The documents named as we hold them, as the rows `due`; all but their key is null where we do not. */
export const dueOf = (companyId: string, documents: readonly DocumentKey[]): Sql => sql`
  select d.kind, d.quickbooks_id, r.quickbooks_id is not null as is_held, r.number, r.party,
      r.total, r.balance, r.deleted_at
    from unnest(${documents.map(({ kind }) => kind)}::text[],
        ${documents.map(({ quickbooksId }) => quickbooksId)}::text[]) as d(kind, quickbooks_id)
      left join lateral (select * from records r where r.company_id = ${companyId}
        and r.kind = d.kind and r.quickbooks_id = d.quickbooks_id offset 0) r on true`;

/** What the records we hold say to be applied to the documents `due`; nothing to one that was deleted. */
export const saidOf = (companyId: string): Sql => sql`
  select a.to_kind, a.to_id, a.said_by_kind, a.said_by_id, a.from_kind, a.from_id, a.role,
      a.amount, a.date, a.exchange_rate
    from due d cross join lateral (select * from applied_amounts a where a.company_id = ${companyId}
      and a.to_kind = d.kind and a.to_id = d.quickbooks_id offset 0) a
    where d.deleted_at is null`;

/** What is applied to the documents `due` as we have it. */
export const heldOf = (companyId: string): Sql => sql`
  select a.to_kind, a.to_id, a.said_by_kind, a.said_by_id, a.from_kind, a.from_id, a.role,
      a.amount, a.date, a.exchange_rate
    from due d cross join lateral (select * from applications a where a.company_id = ${companyId}
      and a.to_kind = d.kind and a.to_id = d.quickbooks_id offset 0) a`;

/** Those of the documents `due` that do not add up by what is `said`, as an array in JSON. */
const OUT_OF_BALANCE = sql`
  select coalesce(json_agg(json_build_object('kind', kind, 'quickbooksId', quickbooks_id,
      'number', number, 'total', total::text, 'balance', balance::text, 'applied', applied::text)), '[]')
    -- By one aggregate: PostgreSQL takes a join here for one of some few rows, and goes through all pairs.
    from (select kind, quickbooks_id, max(number) as number, max(total) as total,
        max(balance) as balance, sum(applied) as applied
      from (select kind, quickbooks_id, number, total, balance, 0 as applied,
          is_held and deleted_at is null and kind = any(${DOCUMENT_KINDS}::text[]) as has_balance
        from due
        union all select to_kind, to_id, null, null, null, amount, false from said) sides
      group by kind, quickbooks_id having bool_or(has_balance)) documents
    where total - applied <> balance`;

/**
 * Brings the applications of the next documents that are to be settled to what QuickBooks' records
 * say, and tells of each that moved. All of a document's applications move in this one transaction,
 * so readers see it as before or as after.
 */
export const settleNext = (
  pool: Pool,
  lease: Lease,
  page: { first: number; after: DocumentKey | null },
): Promise<Settled> =>
  inCompany(pool, lease.companyId, async (tx) => {
    const due = await lockedDue(tx, lease, page);
    return settle(tx, lease, due);
  });

/** The same for the documents named. */
export const settleDocuments = (
  pool: Pool,
  lease: Lease,
  documents: readonly DocumentKey[],
  andThen: (tx: Queryable) => Promise<unknown>,
): Promise<Settled> =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLeaseAlone(tx, lease);
    const settled = await settle(tx, lease, documents);
    await andThen(tx);
    return settled;
  });

async function lockedDue(
  tx: Queryable,
  lease: Lease,
  { first, after }: { first: number; after: DocumentKey | null },
): Promise<DocumentKey[]> {
  // No page of the same batch may store meanwhile: what it says would be marked as settled.
  await holdLeaseAlone(tx, lease);
  await inOrderOfIndexes(tx);
  return many(
    tx,
    DocumentKey,
    sql`/* unsettledDocuments */ select kind, quickbooks_id as "quickbooksId" from unsettled_documents
      -- Behind what was settled just now: those rows are dead, and still in the index.
      where company_id = ${lease.companyId}
        and (kind, quickbooks_id) > (${after?.kind ?? ""}, ${after?.quickbooksId ?? ""})
      order by kind, quickbooks_id limit ${first}`,
  );
}

async function settle(
  tx: Queryable,
  lease: Lease,
  documents: readonly DocumentKey[],
): Promise<Settled> {
  if (documents.length === 0) return { documents, moves: 0 };
  const { companyId, batchId } = lease;
  const kinds = [...new Set(documents.map(({ kind }) => kind))];
  await run(
    tx,
    sql`/* beginCounting */ insert into change_counters (company_id, position)
      values (${companyId}, 0) on conflict do nothing`,
  );
  const { moves, out } = await one(
    tx,
    z.object({ moves: z.number(), out: z.array(OutOfBalance) }),
    sql`/* settle */ with due as (${dueOf(companyId, documents)}),
      said as (${saidOf(companyId)}), held as (${heldOf(companyId)}),
      moved as (
        select ${KEY}, said.amount, said.date, said.exchange_rate, held.amount as amount_before,
          held.date as date_before
        from said full join held using (${KEY})
        where (said.amount, said.date, said.exchange_rate)
          is distinct from (held.amount, held.date, held.exchange_rate)
      ), removed as (
        delete from applications a
        where company_id = ${companyId} and to_kind = any(${kinds}::text[])
          and to_id = any((select array_agg(to_id) from moved where amount is null)::text[])
          and json_build_array(${KEY})::text = any((select array_agg(json_build_array(${KEY})::text)
            from moved where amount is null)::text[])
      ), added as (
        insert into applications (company_id, ${KEY}, amount, date, exchange_rate)
        select ${companyId}::uuid, ${KEY}, amount, date, exchange_rate from moved
        where amount is not null and amount_before is null
      ), changed as (
        -- Held already: as an upsert it finds each row by its key, whatever the planner takes a join for.
        insert into applications as a (company_id, ${KEY}, amount, date, exchange_rate)
        select ${companyId}::uuid, ${KEY}, amount, date, exchange_rate from moved
        where amount is not null and amount_before is not null
        on conflict (company_id, ${KEY}) do update set
          amount = excluded.amount, date = excluded.date, exchange_rate = excluded.exchange_rate
      ), counted as (
        update change_counters set position = position + (select count(*) from moved)
        where company_id = ${companyId} and exists (select from moved)
        returning position - (select count(*) from moved) as before
      ), told as (
        insert into changes (company_id, position, batch_id, ${KEY}, amount_before, amount_after,
          date_before, date_after)
        select ${companyId}::uuid, (select before from counted)
            + row_number() over (order by ${KEY}), ${batchId}::uuid, ${KEY}, amount_before, amount,
          date_before, date
        from moved
      ), settled as (
        delete from unsettled_documents
        where company_id = ${companyId} and kind = any(${kinds}::text[])
          and quickbooks_id = any(${documents.map(({ quickbooksId }) => quickbooksId)}::text[])
          and concat(kind, ' ', quickbooks_id)
            = any(${documents.map(({ kind, quickbooksId }) => `${kind} ${quickbooksId}`)}::text[])
      )
      select (select count(*) from moved) as moves, (${OUT_OF_BALANCE}) as out`,
  );
  await tellBalances(tx, lease, documents, out);
  return { documents, moves };
}

/** A document that does not add up is an attention at once, so that a crash forgets none; one that does is none any longer. */
async function tellBalances(
  tx: Queryable,
  lease: Lease,
  documents: readonly DocumentKey[],
  out: readonly OutOfBalance[],
): Promise<void> {
  const isOut = new Set(out.map(keyOf));
  const even = documents.map(keyOf).filter((key) => !isOut.has(key));
  await resolveAttentions(tx, lease.companyId, even);
  await raiseBalances(tx, lease, out);
}

/** What names the attention of a document that does not add up. */
const keyOf = ({ kind, quickbooksId }: DocumentKey): string =>
  `balance-differs:${kind}:${quickbooksId}`;

const raiseBalances = (
  tx: Queryable,
  lease: Lease,
  documents: readonly OutOfBalance[],
): Promise<void> =>
  raiseRecordAttention(
    tx,
    lease,
    documents.map((document) => ({
      key: keyOf(document),
      cause: "balance-differs",
      message: `The ${kindLabel(document.kind)} ${document.number ?? document.quickbooksId} is over ${document.total}, ${document.applied} of it is applied, and QuickBooks says that ${document.balance} is open.`,
      nextStep:
        "Look in QuickBooks what sits on this document. A payment that QuickBooks does not show to its api, or a kind that we do not read, is the usual cause; reapplyPayments for its date reads it all anew.",
      kind: document.kind,
      quickbooksId: document.quickbooksId,
    })),
  );

/** Documents that this batch found not to add up and that were not mended since. */
export const outOfBalanceIn = (pool: Pool, lease: Lease): Promise<DocumentKey[]> =>
  readInCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      DocumentKey,
      sql`/* outOfBalanceIn */ select record_kind as kind, quickbooks_id as "quickbooksId"
        from attention where company_id = ${lease.companyId} and batch_id = ${lease.batchId}
          and cause = 'balance-differs' and resolved_at is null order by key`,
    ),
  );

const Payments = z.object({ areWanted: z.boolean(), areUnsettled: z.boolean() });

/**
 * AutoSync may leave payments out, and with it comparisons; every other batch brings them. Documents are left to settle by what a
 * batch has stored, and by what one before it stored and did not settle: it was stopped, or payments were off.
 */
export const paymentsOf = (pool: Pool, lease: Lease): Promise<z.infer<typeof Payments>> =>
  readInCompany(pool, lease.companyId, (tx) =>
    one(
      tx,
      Payments,
      sql`/* paymentsOf */ select
          b.kind not in ('autosync', 'manual', 'verify') or c.auto_sync_payments as "areWanted",
          exists (select from unsettled_documents where company_id = ${lease.companyId}) as "areUnsettled"
        from batches b join companies c on c.id = b.company_id
        where b.company_id = ${lease.companyId} and b.id = ${lease.batchId}`,
    ),
  );

/** An amount of a payment or credit that sits on a document. */
export const Application = z.object({
  fromKind: KindColumn,
  fromId: z.string(),
  toKind: KindColumn,
  toId: z.string(),
  saidByKind: KindColumn,
  saidById: z.string(),
  role: z.enum(APPLIED_ROLES),
  amount: z.string(),
  date: z.string().nullable(),
  exchangeRate: z.string().nullable(),
});
export type Application = z.infer<typeof Application>;

/** The same, with what it is in the company's own currency. */
export type ApplicationAtHome = Application & { homeAmount: string };

/** What is applied to a record, and what it is applied to; the former first. */
export const applicationsOf = (
  pool: Pool,
  key: { companyId: string; kind: RecordKind; quickbooksId: string },
): Promise<Application[]> =>
  readInCompany(pool, key.companyId, (tx) =>
    many(
      tx,
      Application,
      sql`/* applicationsOf */ select from_kind as "fromKind", from_id as "fromId",
          to_kind as "toKind", to_id as "toId", said_by_kind as "saidByKind",
          said_by_id as "saidById", role, amount, date, exchange_rate as "exchangeRate"
        from (
          select * from applications where company_id = ${key.companyId}
            and to_kind = ${key.kind} and to_id = ${key.quickbooksId}
          union
          select * from applications where company_id = ${key.companyId}
            and from_kind = ${key.kind} and from_id = ${key.quickbooksId}
        ) a order by to_kind = ${key.kind} and to_id = ${key.quickbooksId} desc, date, ${KEY}`,
    ),
  );

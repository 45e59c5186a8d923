import type { Pool, PoolClient } from "pg";
import { z } from "zod";

import type { Checkpoint, Deletion, Source, SourceRecord, Trouble } from "../quickbooks/source.ts";
import { Moved, replaceApplied, saysAmounts } from "./applied-amounts.ts";
import { raiseAttention } from "./attention.ts";
import { leaseLost, type Lease } from "./leases.ts";
import { takeWithout } from "./refused-records.ts";
import { many, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { copyToStage, prepareStage, STAGED } from "./stage.ts";
import { addToSums } from "./step-sums.ts";
import { beginInCompany, isUuid, transaction } from "./transactions.ts";

/** The kept counts of a kind are spread over this many rows, so that streams do not queue for one. */
const COUNT_SLOTS = 16;
/** QuickBooks may show a record for a moment after it was deleted. */
const DELETED_LONG_SECONDS = 60;

/** What a page's transaction stores, and the move of its step that stands or falls with it. */
export interface PageCommit {
  lease: Lease;
  step: { name: string; part: number };
  /** The checkpoint the page was read from: the step must still stand there. */
  from: Checkpoint | null;
  /** Where the step stands afterwards; `finished` when nothing is left of it. */
  to: Checkpoint | null;
  finished: boolean;
  /** The step's new total, where it changed. */
  total?: number;
  /** Pieces of what was left, for other streams. */
  born?: readonly NewPart[];
  records: readonly SourceRecord[];
  deletions: readonly Deletion[];
  troubles: readonly Trouble[];
  /** Which of two versions of a record is kept. */
  wins: Source["wins"];
  /** These records were asked for after this moment, by QuickBooks' clock: one deleted well before is there again. */
  askedAfter?: Date;
  /** Its amounts are added to the sums of its step. */
  isSummed?: boolean;
}

/** A part of a step that another part gave up. */
export interface NewPart {
  part: number;
  checkpoint: Checkpoint;
  total: number;
}

export interface PageCounts {
  created: number;
  updated: number;
  unchanged: number;
  deleted: number;
}

/** Another attempt of the same batch is ahead: what this one read is not needed. Reading again is safe. */
export class CheckpointMoved extends Error {
  override readonly name = "CheckpointMoved";
}

/**
 * Stores a page: rows, kept counts, troubles and the step's checkpoint in one transaction, under
 * the lease's fence. Records that PostgreSQL refuses become troubles, and the others are stored. Throws
 * the fault `lease-lost` when the batch is somebody else's by now, and CheckpointMoved when another
 * attempt moved the step first; nothing is stored then.
 */
export const commitPage = (pool: Pool, page: PageCommit): Promise<PageCounts> =>
  takeWithout(page.records, {
    take: (records, troubles) =>
      underFence(pool, page, (tx) =>
        store(tx, { ...page, records, troubles: [...page.troubles, ...troubles] }),
      ),
    try: (records) =>
      underFence(pool, page, async (tx) => {
        await store(tx, { ...page, records });
        // The commit behind it then has nothing to commit.
        await tx.query("rollback");
      }),
  });

const underFence = <T>(
  pool: Pool,
  page: PageCommit,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> =>
  transaction(
    pool,
    async (client) => {
      await prepareStage(client);
      await beginUnderFence(client, page);
    },
    work,
  );

/**
 * One round trip opens the transaction and holds the batch's fence until the commit. Pages share
 * it; deletions hold it alone, because what a merge revives it must have seen buried.
 */
async function beginUnderFence(client: PoolClient, page: PageCommit): Promise<void> {
  const { batchId, companyId, fence } = page.lease;
  const hold = page.deletions.length === 0 ? "for share" : "for update";
  if (!isUuid(batchId) || !Number.isSafeInteger(fence)) throw new Error("not a lease");
  const results: unknown = await client.query(
    `${beginInCompany(companyId)}; /* holdFence */ select 1 from batches where id = '${batchId}'
      and company_id = '${companyId}' and fence = ${fence} and status = 'running' ${hold}`,
  );
  const held = Array.isArray(results) ? (results.at(-1) as { rowCount: number }).rowCount : 0;
  if (held !== 1) throw leaseLost();
}

async function store(client: PoolClient, page: PageCommit): Promise<PageCounts> {
  const { companyId } = page.lease;
  const gone = page.deletions.length === 0 ? [] : await storeDeletions(client, page);
  const deleted = gone.length;
  if (page.troubles.length > 0) await raiseAttention(client, page.lease, page.troubles);
  if (page.born !== undefined && page.born.length > 0) await addParts(client, page, page.born);
  if (page.records.length > 0) await copyToStage(client, page.records);
  const { moved, ...counts } =
    page.records.length > 0 ? await one(client, Merged, merge(companyId, page)) : NOTHING_MERGED;
  const buried = gone.map(({ kind, id }) => ({ kind, id, isNew: false }));
  await replaceApplied(client, companyId, [...buried, ...moved], page.records);
  if (page.isSummed === true && page.records.length > 0) {
    await addToSums(client, page.lease, page.step.name);
  }
  await moveStep(client, page, { ...counts, deleted });
  return { ...counts, deleted };
}

const Merged = z.object({
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  /** Of the kinds that say what is applied to what: those that were stored. */
  moved: z.array(Moved),
});
const NOTHING_MERGED: z.infer<typeof Merged> = { created: 0, updated: 0, unchanged: 0, moved: [] };

const DIFFERS = sql`(excluded.version, excluded.modified_at, excluded.number, excluded.party,
        excluded.date, excluded.total, excluded.balance, excluded.currency)
      is distinct from (r.version, r.modified_at, r.number, r.party, r.date, r.total, r.balance, r.currency)`;

/**
 * What an incoming row must be to be stored over the one we hold. Modified last: an older pair of
 * modification time and version never is, and a row older than its own deletion stays deleted, unless
 * QuickBooks still shows it long after; at the same pair the columns decide, because a balance moves a second time within one second without a new
 * version. Read last: whatever differs; of what says who pays what also its text, because there links
 * come and go without a new version.
 */
const supersedes = ({ wins, askedAfter }: PageCommit): Sql =>
  wins === "read-last"
    ? sql`r.deleted_at is not null or ${DIFFERS}
      or r.${saysAmounts} and excluded.payload is distinct from r.payload`
    : sql`(excluded.modified_at, excluded.version::bigint) >= (r.modified_at, r.version::bigint)
      and (${DIFFERS} and excluded.modified_at > coalesce(r.deleted_at, '-infinity')
        or r.deleted_at < ${askedAfter ?? null}::timestamptz - make_interval(secs => ${DELETED_LONG_SECONDS}))`;

/** Of two rows of one record in one page, the one that comes first in this order. */
const NEWEST_FIRST = {
  "modified-last": sql`modified_at desc, version::bigint desc`,
  "read-last": sql`modified_at desc, version desc`,
};

const slotOf = ({ step }: PageCommit): number => step.part % COUNT_SLOTS;

/**
 * Merges the stage into the records as one set, in the order of the key so that two streams cannot
 * deadlock, each id once.
 */
const merge = (companyId: string, page: PageCommit) => sql`/* mergePage */
  with incoming as (
    select distinct on (kind, quickbooks_id) * from ${STAGED} staged
    order by kind, quickbooks_id, ${NEWEST_FIRST[page.wins]}
  ), buried as (
    select d.kind, d.quickbooks_id from records d join incoming i using (kind, quickbooks_id)
    where d.company_id = ${companyId} and d.deleted_at is not null
    order by d.kind, d.quickbooks_id for update of d
  ), merged as (
    insert into records as r (company_id, kind, quickbooks_id, version, modified_at, number, party,
      date, total, balance, currency, payload)
    select ${companyId}::uuid, kind, quickbooks_id, version, modified_at, number, party,
      date, total, balance, currency, payload
    from incoming
    -- Locked before the first row is merged, so that of two pages one alone revives a record.
    where (select count(*) from buried) >= 0
    order by kind, quickbooks_id
    on conflict (company_id, kind, quickbooks_id) do update set
      version = excluded.version, modified_at = excluded.modified_at, deleted_at = null,
      number = excluded.number, party = excluded.party, date = excluded.date, total = excluded.total,
      balance = excluded.balance, currency = excluded.currency, payload = excluded.payload,
      revision = r.revision + 1
    where ${supersedes(page)}
    returning r.kind, r.quickbooks_id, r.revision = 1 as is_new
  ), counted as (
    select kind, count(*) filter (where is_new) as created,
      count(*) filter (where (kind, quickbooks_id) in (select kind, quickbooks_id from buried)) as revived
    from merged group by kind
  ), kept as (
    insert into record_counts as c (company_id, kind, slot, present, deleted)
    select ${companyId}::uuid, kind, ${slotOf(page)}, created + revived, -revived from counted
    where created + revived > 0 order by kind
    on conflict (company_id, kind, slot) do update set
      present = c.present + excluded.present, deleted = c.deleted + excluded.deleted
  )
  select (select count(*) from merged where is_new) as created,
    (select count(*) from merged where not is_new) as updated,
    (select count(*) from incoming) - (select count(*) from merged) as unchanged,
    (select coalesce(json_agg(json_build_object('kind', kind, 'id', quickbooks_id, 'isNew', is_new)), '[]')
      from merged where ${saysAmounts}) as moved`;

/** Marks what QuickBooks deleted, and answers it. A deletion of a record never seen is normal and leaves nothing. */
async function storeDeletions(
  tx: Queryable,
  page: PageCommit,
): Promise<{ kind: string; id: string }[]> {
  const { companyId } = page.lease;
  return many(
    tx,
    z.object({ kind: z.string(), id: z.string() }),
    sql`/* storeDeletions */ with gone as (
        update records r set deleted_at = d.deleted_at
        from (select kind, quickbooks_id, max(deleted_at) as deleted_at
          from unnest(${page.deletions.map((each) => each.kind)}::text[],
            ${page.deletions.map((each) => each.quickbooksId)}::text[],
            ${page.deletions.map((each) => each.deletedAt)}::timestamptz[])
            as t(kind, quickbooks_id, deleted_at) group by kind, quickbooks_id) d
        where r.company_id = ${companyId} and r.kind = d.kind and r.quickbooks_id = d.quickbooks_id
          and r.deleted_at is null
          and (${page.wins === "read-last"} or r.modified_at <= d.deleted_at)
        returning r.kind, r.quickbooks_id
      ), counted as (select kind, count(*) as deleted from gone group by kind),
      kept as (
        insert into record_counts as c (company_id, kind, slot, present, deleted)
        select ${companyId}::uuid, kind, ${slotOf(page)}, -deleted, deleted
        from counted order by kind
        on conflict (company_id, kind, slot) do update set
          present = c.present + excluded.present, deleted = c.deleted + excluded.deleted)
      select kind, quickbooks_id as id from gone`,
  );
}

async function addParts(tx: Queryable, page: PageCommit, born: readonly NewPart[]): Promise<void> {
  await run(
    tx,
    sql`/* addParts */ insert into batch_steps
        (company_id, batch_id, name, part, position, phase, kind, total, checkpoint, dated_from, dated_until, modified_from)
      select s.company_id, s.batch_id, s.name, b.part, s.position, s.phase, s.kind, b.total, b.checkpoint,
        s.dated_from, s.dated_until, s.modified_from
      from batch_steps s, json_to_recordset(${JSON.stringify(born)})
        as b(part int, checkpoint jsonb, total bigint)
      where s.batch_id = ${page.lease.batchId} and s.company_id = ${page.lease.companyId}
        and s.name = ${page.step.name} and s.part = ${page.step.part}`,
  );
}

/** Moves the step by compare-and-swap. */
async function moveStep(tx: Queryable, page: PageCommit, counts: PageCounts): Promise<void> {
  const moved = await run(
    tx,
    sql`/* moveStep */ update batch_steps set
        checkpoint = ${page.to === null ? null : JSON.stringify(page.to)}::jsonb,
        status = ${page.finished ? "succeeded" : "running"},
        total = coalesce(${page.total ?? null}::bigint, total),
        done = done + ${page.records.length + page.troubles.length},
        created = created + ${counts.created}, updated = updated + ${counts.updated},
        unchanged = unchanged + ${counts.unchanged}, deleted = deleted + ${counts.deleted}
      where batch_id = ${page.lease.batchId} and company_id = ${page.lease.companyId}
        and name = ${page.step.name} and part = ${page.step.part} and status in ('queued', 'running')
        and checkpoint is not distinct from ${page.from === null ? null : JSON.stringify(page.from)}::jsonb`,
  );
  if (moved === 0)
    throw new CheckpointMoved(`step ${page.step.name} (${page.step.part}) has moved on`);
}

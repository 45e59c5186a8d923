import type { Pool } from "pg";
import { z } from "zod";

import { Reason } from "./companies.ts";
import { ReapplicationResult, WantedReapplication } from "./reapplication-words.ts";
import { many, maybeOne, run, sql, type Queryable } from "./sql.ts";
import { inCompany, readAsSystem, readInCompany } from "./transactions.ts";

export const BATCH_KINDS = [
  "initial",
  "historical",
  "autosync",
  "manual",
  "reapply_payments",
  "verify",
] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

export const BATCH_TRIGGERS = ["user", "app", "schedule", "webhook", "retry", "system"] as const;
export type BatchTrigger = (typeof BATCH_TRIGGERS)[number];

export const Batch = z.object({
  id: z.string(),
  companyId: z.string(),
  kind: z.enum(BATCH_KINDS),
  trigger: z.enum(BATCH_TRIGGERS),
  startedBy: z.string(),
  label: z.string(),
  status: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  waitingFor: z.string().nullable(),
  waitingSince: z.date().nullable(),
  waitingUntil: z.date().nullable(),
  phase: z.string().nullable(),
  historyFrom: z.string().nullable(),
  /** What a re-application of payments was asked for, and what it found. */
  reapply: WantedReapplication.nullable(),
  result: ReapplicationResult.nullable(),
  failure: Reason.nullable(),
  position: z.number(),
  queuedAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
});
export type Batch = z.infer<typeof Batch>;

export const batchColumns = sql`
  id, company_id as "companyId", kind, trigger, started_by as "startedBy", label, status,
  waiting_for as "waitingFor", waiting_since as "waitingSince", waiting_until as "waitingUntil",
  phase, history_from as "historyFrom", reapply, result, failure, position, queued_at as "queuedAt",
  started_at as "startedAt", finished_at as "finishedAt"`;

export interface NewBatch {
  companyId: string;
  kind: BatchKind;
  trigger: BatchTrigger;
  startedBy: string;
  label: string;
  historyFrom: string | null;
  reapply?: WantedReapplication;
}

/** Each further try needs a batch that ended within the moment between two statements. */
const ENQUEUE_TRIES_MAX = 20;

/**
 * Puts a batch into the queue, or answers the one of its kind that waits or runs already: fifty at
 * once are one, by the index `one_open_batch_a_kind`.
 */
export const enqueueBatch = (
  pool: Pool,
  batch: NewBatch,
): Promise<{ batch: Batch; joined: boolean }> =>
  inCompany(pool, batch.companyId, async (tx) => {
    for (let tries = 0; tries < ENQUEUE_TRIES_MAX; tries++) {
      const added = await addBatch(tx, batch);
      if (added !== null) return { batch: added, joined: false };
      const open = await openBatchOfKind(tx, batch);
      if (open !== null) return { batch: open, joined: true };
    }
    throw new Error(`batches of kind ${batch.kind} end as fast as they are looked for`);
  });

const addBatch = (tx: Queryable, batch: NewBatch): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* enqueueBatch */ insert into batches
        (company_id, kind, trigger, started_by, label, history_from, reapply)
      values (${batch.companyId}, ${batch.kind}, ${batch.trigger}, ${batch.startedBy},
        ${batch.label}, ${batch.historyFrom},
        ${batch.reapply === undefined ? null : JSON.stringify(batch.reapply)})
      on conflict do nothing returning ${batchColumns}`,
  );

const openBatchOfKind = (tx: Queryable, batch: NewBatch): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* openBatchOfKind */ select ${batchColumns} from batches
      where company_id = ${batch.companyId} and kind = ${batch.kind}
        and status in ('queued', 'running')`,
  );

/** A batch by its id alone, before its company is known; whoever asks looks whose it is. */
export const findBatchOfAnyone = (pool: Pool, batchId: string): Promise<Batch | null> =>
  readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      Batch,
      sql`/* findBatchOfAnyone */ select ${batchColumns} from batches where id = ${batchId}`,
    ),
  );

/** One batch of a company, or null. */
export const findBatch = (pool: Pool, companyId: string, batchId: string): Promise<Batch | null> =>
  readInCompany(pool, companyId, (tx) => readBatch(tx, companyId, batchId));

/** The same for any caller that has a transaction. */
export const readBatch = (
  tx: Queryable,
  companyId: string,
  batchId: string,
): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* findBatch */ select ${batchColumns} from batches
      where company_id = ${companyId} and id = ${batchId}`,
  );

/** Batches of a company, newest first, after the position named. */
export const listBatches = (
  pool: Pool,
  companyId: string,
  page: { first: number; after: number | null },
): Promise<Batch[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      Batch,
      sql`/* listBatches */ select ${batchColumns} from batches
        where company_id = ${companyId} and (${page.after}::bigint is null or position < ${page.after}::bigint)
        order by position desc limit ${page.first}`,
    ),
  );

/** Desktop: not of a company file that another one has replaced. */
export const ofThisFile = sql`batches.queued_at > coalesce(
  (select file_since from connections c where c.company_id = batches.company_id), '-infinity')`;

/** The newest batch of a kind, whatever became of it; those of a company file before do not count. */
export const newestBatch = (
  pool: Pool,
  companyId: string,
  kind: BatchKind,
): Promise<Batch | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Batch,
      sql`/* newestBatch */ select ${batchColumns} from batches
        where company_id = ${companyId} and kind = ${kind} and ${ofThisFile}
        order by position desc limit 1`,
    ),
  );

/**
 * A person wants a batch to end. A queued one ends here; a running one is marked, and its workflow
 * closes it. Answers the batch as it then is; one that ended already stays as it is.
 */
export const requestCancel = (
  pool: Pool,
  companyId: string,
  batchId: string,
): Promise<Batch | null> =>
  inCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Batch,
      sql`/* requestCancel */ update batches set
          cancel_requested_at = case when status = 'running' then coalesce(cancel_requested_at, now())
            else cancel_requested_at end,
          finished_at = case when status = 'queued' then now() else finished_at end,
          -- One that had made room waits for its turn no longer.
          waiting_for = case when status = 'queued' then null else waiting_for end,
          waiting_since = case when status = 'queued' then null else waiting_since end,
          waiting_until = case when status = 'queued' then null else waiting_until end,
          status = case when status = 'queued' then 'cancelled' else status end
        where company_id = ${companyId} and id = ${batchId} returning ${batchColumns}`,
    ),
  );

/**
 * Puts a failed or cancelled batch back into the queue, its checkpoints kept: it goes on where it
 * stood. Null when it is open, succeeded, of a company file before, or another of its kind is open.
 */
export const requeueBatch = (
  pool: Pool,
  companyId: string,
  batchId: string,
): Promise<Batch | null> =>
  inCompany(pool, companyId, (tx) =>
    requeue(tx, { companyId, batchId, from: ["failed", "cancelled"], trigger: "retry" }),
  );

/** The same for any caller that has a transaction; `from` are the states it may come from. */
export const requeue = (
  tx: Queryable,
  batch: { companyId: string; batchId: string; from: readonly string[]; trigger: BatchTrigger },
): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* requeue */ update batches b set status = 'queued', trigger = ${batch.trigger}, run_id = null,
        failure = null, waiting_for = null, waiting_since = null, waiting_until = null,
        cancel_requested_at = null, queued_at = now(), finished_at = null
      where company_id = ${batch.companyId} and id = ${batch.batchId}
        and status = any(${batch.from}::text[])
        and not exists (select from batches o where o.company_id = b.company_id and o.kind = b.kind
          and o.id <> b.id and o.status in ('queued', 'running') and o.kind not in ('autosync', 'manual'))
        and not (b.kind in ('autosync', 'manual') and exists (select from batches o
          where o.company_id = b.company_id and o.status = 'queued' and o.kind in ('autosync', 'manual')))
        and not exists (select from connections c where c.company_id = b.company_id
          and c.file_since >= b.queued_at)
      returning ${batchColumns}`,
  );

/**
 * What a batch waits for, from now on; null when it goes on. Answers since when it waits for just
 * that, or null when it waits for nothing or is somebody else's.
 */
export const setWaiting = (
  pool: Pool,
  batch: { companyId: string; batchId: string; fence: number },
  waiting: { for: string; until: Date | null } | null,
): Promise<Date | null> =>
  inCompany(pool, batch.companyId, async (tx) => {
    const reason = waiting?.for ?? null;
    const row = await maybeOne(
      tx,
      z.object({ since: z.date().nullable() }),
      sql`/* setWaiting */ update batches set
          waiting_since = case when ${reason}::text is null then null
            when waiting_for = ${reason} then waiting_since else now() end,
          waiting_for = ${reason}, waiting_until = ${waiting?.until ?? null}
        where company_id = ${batch.companyId} and id = ${batch.batchId} and fence = ${batch.fence}
          and status = 'running' and (waiting_for is not null or ${reason}::text is not null)
        returning waiting_since as since`,
    );
    return row?.since ?? null;
  });

/** Which part of its work a batch is at, in the words of the API. */
export const setPhase = (
  tx: Queryable,
  batch: { companyId: string; batchId: string; fence: number },
  phase: string,
): Promise<number> =>
  run(
    tx,
    sql`/* setPhase */ update batches set phase = ${phase}
      where company_id = ${batch.companyId} and id = ${batch.batchId} and fence = ${batch.fence}
        and status = 'running'`,
  );

import type { Pool } from "pg";
import { z } from "zod";

import { FaultError, POLICY, type Fault } from "../core/faults.ts";
import { BATCH_KINDS, requeue, type BatchKind } from "./batches.ts";
import { disconnectCompany, reasonOf } from "./companies.ts";
import { many, maybeOne, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { asSystem, inCompany } from "./transactions.ts";
import { placeInQueue } from "./turns.ts";

/** The right to work on a batch. A page commits only under the fence it was read with. */
export interface Lease {
  companyId: string;
  batchId: string;
  fence: number;
}

export interface ClaimedBatch {
  batchId: string;
  kind: BatchKind;
  trigger: string;
  label: string;
}

const Claimed = z.object({
  batchId: z.string(),
  kind: z.enum(BATCH_KINDS),
  trigger: z.string(),
  label: z.string(),
});

/**
 * The coordinator's next batch. One that runs already is its own claim whose answer was lost, or
 * was left by a coordinator that was stopped: that one comes first. Null when nothing waits.
 */
export const claimNextBatch = (pool: Pool, companyId: string): Promise<ClaimedBatch | null> =>
  inCompany(pool, companyId, async (tx) => {
    const running = await maybeOne(
      tx,
      Claimed,
      sql`/* runningBatch */ select id as "batchId", kind, trigger, label from batches
        where company_id = ${companyId} and status = 'running'`,
    );
    if (running !== null) return running;
    return maybeOne(
      tx,
      Claimed,
      sql`/* claimNextBatch */ update batches set status = 'running', run_id = null,
          waiting_for = null, waiting_since = null, started_at = coalesce(started_at, now())
        where id = (select id from batches where company_id = ${companyId} and status = 'queued'
            and not exists (select from companies where id = ${companyId} and state = 'paused')
          order by ${placeInQueue}, position limit 1 for update)
        returning id as "batchId", kind, trigger, label`,
    );
  });

export type LeaseAnswer =
  | { is: "held"; lease: Lease; historyFrom: string | null }
  /** Not this run's to do: it was put back into the queue, or it is somebody else's. `why` is a sentence. */
  | { is: "refused"; why: string; companyId: string | null };

/** Holds a batch's fence until the commit. Throws the fault `lease-lost` when the batch is somebody else's by now. */
export const holdLease = (tx: Queryable, lease: Lease): Promise<void> =>
  hold(tx, lease, sql`for share`);

/** The same, and no page of the batch is stored meanwhile. */
export const holdLeaseAlone = (tx: Queryable, lease: Lease): Promise<void> =>
  hold(tx, lease, sql`for update`);

async function hold(tx: Queryable, lease: Lease, how: Sql): Promise<void> {
  const held = await maybeOne(
    tx,
    z.object({ held: z.boolean() }),
    sql`/* holdLease */ select true as held from batches
      where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}
        and status = 'running' ${how}`,
  );
  if (held === null) throw leaseLost();
}

export const leaseLost = (): FaultError =>
  new FaultError({
    kind: "lease-lost",
    message: "Another run works on this batch, or it has ended.",
  });

const LeaseRow = z.object({
  companyId: z.string(),
  status: z.string(),
  fence: z.number(),
  runId: z.string().nullable(),
  historyFrom: z.string().nullable(),
  isToEnd: z.boolean(),
});

/**
 * The first thing a batch's workflow does. The run that the coordinator's claim started takes the
 * lease and raises the fence; so does a later run of the same workflow id, because Temporal keeps
 * one of them open at most (a reset ended the other). An operator's run of a closed batch puts the
 * batch back into the queue; of a running one, under another workflow id, it gets nothing. A batch
 * that was asked to end before this run began ends here.
 */
export async function takeLease(
  pool: Pool,
  caller: {
    batchId: string;
    companyId: string;
    /** Started by a coordinator for a batch that it had claimed, not by an operator. */
    isClaimed: boolean;
    ownsWorkflowId: boolean;
    runId: string;
  },
): Promise<LeaseAnswer> {
  const { batchId, companyId } = caller;
  return inCompany(pool, companyId, async (tx): Promise<LeaseAnswer> => {
    const row = await maybeOne(
      tx,
      LeaseRow,
      sql`/* readLease */ select company_id as "companyId", status, fence, run_id as "runId",
          history_from as "historyFrom", cancel_requested_at is not null as "isToEnd"
        from batches where company_id = ${companyId} and id = ${batchId} for update`,
    );
    if (row === null) return refused(null, `There is no batch ${batchId} of this company.`);
    if (row.status === "running") {
      if (!caller.ownsWorkflowId)
        return refused(companyId, "This batch is running already; nothing was done.");
      if (row.isToEnd) {
        await close(tx, { companyId, batchId, fence: row.fence }, { is: "cancelled" });
        return refused(companyId, "Somebody asked for this batch to end; it was cancelled.");
      }
      return { is: "held", lease: await raise(tx, caller, row), historyFrom: row.historyFrom };
    }
    if (row.status === "queued") {
      return refused(
        companyId,
        "This batch is in the queue already; its company's coordinator starts it.",
      );
    }
    if (caller.isClaimed) {
      return refused(companyId, `This batch has ${row.status} meanwhile; nothing was done.`);
    }
    const requeued = await requeue(tx, {
      companyId,
      batchId,
      from: ["succeeded", "failed", "cancelled"],
      trigger: "retry",
    });
    return requeued === null
      ? refused(companyId, "Another batch of this kind is open; nothing was done.")
      : refused(
          companyId,
          `This batch had ${row.status}; it was put back into the queue and runs from there.`,
        );
  });
}

async function raise(
  tx: Queryable,
  caller: { batchId: string; companyId: string; runId: string },
  row: z.infer<typeof LeaseRow>,
): Promise<Lease> {
  const { batchId, companyId, runId } = caller;
  if (row.runId === runId) return { companyId, batchId, fence: row.fence };
  await run(
    tx,
    sql`/* raiseFence */ update batches set run_id = ${runId}, fence = fence + 1
      where company_id = ${companyId} and id = ${batchId}`,
  );
  return { companyId, batchId, fence: row.fence + 1 };
}

const refused = (companyId: string | null, why: string): LeaseAnswer => ({
  is: "refused",
  companyId,
  why,
});

export type Outcome = { is: "succeeded" } | { is: "cancelled" } | { is: "failed"; fault: Fault };

/**
 * A batch's own last act: its row, the company's failures in a row, its state and whether it is owed a
 * comparison move together. Answers false when the lease was lost or the batch had ended already: then nothing moved.
 */
export const closeBatch = (pool: Pool, lease: Lease, outcome: Outcome): Promise<boolean> =>
  inCompany(pool, lease.companyId, (tx) => close(tx, lease, outcome));

/**
 * What became of a claimed batch, told by the coordinator whose child ended without closing its
 * row (it was terminated, or timed out). False when the row had ended by itself.
 */
export const closeAbandonedBatch = (
  pool: Pool,
  batch: { companyId: string; batchId: string },
  outcome: Outcome,
): Promise<boolean> =>
  inCompany(pool, batch.companyId, async (tx) => {
    const row = await maybeOne(
      tx,
      z.object({ fence: z.number() }),
      sql`/* abandonedBatch */ select fence from batches
        where company_id = ${batch.companyId} and id = ${batch.batchId} and status = 'running'
        for update`,
    );
    return row !== null && close(tx, { ...batch, fence: row.fence }, outcome);
  });

async function close(tx: Queryable, lease: Lease, outcome: Outcome): Promise<boolean> {
  const failure = outcome.is === "failed" ? JSON.stringify(reasonOf(outcome.fault)) : null;
  const closed = await run(
    tx,
    sql`/* closeBatch */ update batches set status = ${outcome.is}, failure = ${failure},
        waiting_for = null, waiting_since = null, waiting_until = null, finished_at = now()
      where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}
        and status = 'running'`,
  );
  if (closed === 0) return false;
  await run(
    tx,
    sql`/* countFailures */ update companies set
        failures_in_a_row = case ${outcome.is}::text
          when 'succeeded' then 0 when 'failed' then failures_in_a_row + 1 else failures_in_a_row end,
        state = case when ${outcome.is}::text = 'succeeded' and state = 'disconnected' then 'connected'
          else state end,
        state_reason = case when ${outcome.is}::text = 'succeeded' then null else state_reason end,
        verify_wanted_at = case when ${outcome.is}::text <> 'succeeded' then verify_wanted_at
          when closed.kind in ('initial', 'historical') then now()
          when closed.kind = 'verify' then null else verify_wanted_at end
      from (select kind from batches
        where company_id = ${lease.companyId} and id = ${lease.batchId}) closed
      where id = ${lease.companyId}`,
  );
  if (outcome.is === "failed" && POLICY[outcome.fault.kind].disconnects) {
    // What ended under the old grant says nothing of one that a person gave meanwhile.
    const { isNewer } = await one(tx, z.object({ isNewer: z.boolean() }), authorizedSince(lease));
    if (!isNewer) await disconnectCompany(tx, lease.companyId, outcome.fault);
  }
  return true;
}

/** Did a person connect the company after this batch was queued, or queued again? */
const authorizedSince = ({ companyId, batchId }: Lease): Sql =>
  sql`/* authorizedSince */ select exists (select from connections c
      join batches b on b.company_id = c.company_id
      where c.company_id = ${companyId} and b.id = ${batchId} and c.authorized_at > b.queued_at) as "isNewer"`;

const OpenCompany = z.object({
  companyId: z.string(),
  cancelledBatchId: z.string().nullable(),
});

/**
 * Companies with a batch that waits or runs, for `reconcileState`: each needs a coordinator. Where
 * a running batch was asked to end, its id comes along.
 */
export const companiesWithOpenBatches = (
  pool: Pool,
): Promise<{ companyId: string; cancelledBatchId: string | null }[]> =>
  asSystem(pool, (tx) =>
    many(
      tx,
      OpenCompany,
      sql`/* companiesWithOpenBatches */ select company_id as "companyId",
          max(id::text) filter (where status = 'running' and cancel_requested_at is not null)
            as "cancelledBatchId"
        from batches where status in ('queued', 'running') group by company_id`,
    ),
  );

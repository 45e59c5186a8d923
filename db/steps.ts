import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import type { Checkpoint } from "../quickbooks/source.ts";
import { ofThisFile } from "./batches.ts";
import { KindColumn } from "./kind-column.ts";
import type { Lease } from "./leases.ts";
import { many, one, run, sql, type Queryable } from "./sql.ts";
import { inCompany } from "./transactions.ts";

const CheckpointRow = z.custom<Checkpoint>((value) => typeof value === "object");

/** One stream's share of a step. */
export const StepPart = z.object({
  name: z.string(),
  part: z.number(),
  position: z.number(),
  phase: z.string(),
  kind: KindColumn.nullable(),
  status: z.enum(["queued", "running", "succeeded", "failed"]),
  total: z.number().nullable(),
  done: z.number(),
  /** How many records that we did not hold so came with it. */
  brought: z.number(),
  checkpoint: CheckpointRow.nullable(),
  /** Transactions dated within these days alone; null is open. */
  datedFrom: z.string().nullable(),
  datedUntil: z.string().nullable(),
  /** Records modified from this moment on alone; null is open. */
  modifiedFrom: z.date().nullable(),
  /** The highest number of any part of this step, finished ones included. */
  highestPart: z.number(),
});
export type StepPart = z.infer<typeof StepPart>;

export interface NewStep {
  name: string;
  phase: string;
  kind: RecordKind | null;
  total: number | null;
  checkpoint: Checkpoint | null;
  /** Set when QuickBooks does not offer this kind: the step is over before it begins. */
  unavailable: { message: string; rawCode: string | null } | null;
  /** Records modified from this moment on alone. */
  modifiedFrom?: Date | null;
  /** Transactions dated from this day on alone. */
  datedFrom?: string | null;
  /** A window of dates, of which several kinds have a part each: its place, and which part this is. */
  window?: { position: number; part: number; datedFrom: string; datedUntil: string };
}

/** Writes down the steps of a batch in their order; those that are there already stay as they are. */
export async function planSteps(
  tx: Queryable,
  lease: Lease,
  steps: readonly NewStep[],
): Promise<void> {
  await run(
    tx,
    sql`/* planSteps */ insert into batch_steps
        (company_id, batch_id, name, part, position, phase, kind, status, total, checkpoint,
          unavailable, dated_from, dated_until, modified_from)
      select ${lease.companyId}, ${lease.batchId}, name, part, position, phase, kind,
        case when unavailable is null and total is distinct from 0 then 'queued' else 'succeeded' end,
        total, checkpoint, unavailable, "datedFrom", "datedUntil", "modifiedFrom"
      from json_to_recordset(${JSON.stringify(steps.map(rowOf))})
        as s(name text, part int, position int, phase text, kind text, total bigint, checkpoint jsonb,
          unavailable jsonb, "datedFrom" date, "datedUntil" date, "modifiedFrom" timestamptz)
      on conflict do nothing`,
  );
}

const rowOf = ({ window, ...step }: NewStep, position: number) => ({
  part: 0,
  position,
  ...step,
  ...window,
});

/** The parts of some phases that are not finished, in order. */
export const unfinishedParts = (
  pool: Pool,
  lease: Lease,
  phases: readonly string[],
): Promise<StepPart[]> =>
  inCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      StepPart,
      sql`/* unfinishedParts */ select name, part, position, phase, kind, status, total, done,
          created + updated + deleted as brought, checkpoint, dated_from as "datedFrom", dated_until as "datedUntil", modified_from as "modifiedFrom", highest as "highestPart"
        from (select *, max(part) over (partition by name) as highest from batch_steps
          where batch_id = ${lease.batchId} and company_id = ${lease.companyId}
            and phase = any(${phases}::text[])) parts
        where status in ('queued', 'running')
        order by position, part`,
    ),
  );

/** A step that was finished is to be done once more. */
export const reopenStep = (tx: Queryable, lease: Lease, name: string): Promise<number> =>
  run(
    tx,
    sql`/* reopenStep */ update batch_steps set status = 'queued'
      where batch_id = ${lease.batchId} and company_id = ${lease.companyId} and name = ${name}
        and status = 'succeeded'`,
  );

/** What people are to know of how a step was done, in sentences. */
export const storeNote = (
  tx: Queryable,
  lease: Lease,
  { name, note }: { name: string; note: string },
): Promise<number> =>
  run(
    tx,
    sql`/* storeNote */ update batch_steps set note = ${note}
      where batch_id = ${lease.batchId} and company_id = ${lease.companyId} and name = ${name}`,
  );

/** Has this batch been planned? */
export const hasSteps = async (tx: Queryable, lease: Lease): Promise<boolean> => {
  const row = await one(
    tx,
    z.object({ is: z.boolean() }),
    sql`/* hasSteps */ select exists (select from batch_steps
      where batch_id = ${lease.batchId} and company_id = ${lease.companyId}) as is`,
  );
  return row.is;
};

/** Has this batch been planned, and which kinds does QuickBooks offer? */
export const plannedKinds = (
  pool: Pool,
  lease: Lease,
): Promise<{ kind: RecordKind; available: boolean }[]> =>
  inCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      z.object({ kind: KindColumn, available: z.boolean() }),
      sql`/* plannedKinds */ select kind, bool_and(unavailable is null) as available from batch_steps
        where batch_id = ${lease.batchId} and company_id = ${lease.companyId} and kind is not null
        group by kind`,
    ),
  );

/** What was synced of a company so far. */
export interface Synced {
  /** The kinds that its newest initial sync found on offer; none before it has looked. */
  kinds: RecordKind[];
  /** The initial sync is done: from here on counts can be compared. */
  isComplete: boolean;
  /** From which date of transactions on we hold them all then, by historical syncs too; null is from the first. */
  historyFrom: string | null;
}

/** What the newest initial sync of a company and the historical syncs after it have brought. */
export async function syncedKinds(tx: Queryable, companyId: string): Promise<Synced> {
  const rows = await many(
    tx,
    z.object({ kind: KindColumn, isComplete: z.boolean(), historyFrom: z.string().nullable() }),
    sql`/* syncedKinds */ with initial as (
          select id, position, status from batches where company_id = ${companyId}
            and kind = 'initial' and ${ofThisFile} order by position desc limit 1),
        held as (select case when bool_or(history_from is null) then null
            else min(history_from) end as history_from
          from batches where company_id = ${companyId} and status = 'succeeded'
            and kind in ('initial', 'historical')
            and position >= (select position from initial))
      select s.kind, initial.status = 'succeeded' as "isComplete", held.history_from as "historyFrom"
      from initial join batch_steps s on s.batch_id = initial.id and s.company_id = ${companyId}, held
      where s.kind is not null group by s.kind, initial.status, held.history_from
      having bool_and(s.unavailable is null)`,
  );
  const [first] = rows;
  return {
    kinds: rows.map(({ kind }) => kind),
    isComplete: first?.isComplete ?? false,
    historyFrom: first?.historyFrom ?? null,
  };
}

/** What people rely on first: the lists, and of transactions what was read before the first sweep. */
export const earlyListings = (
  pool: Pool,
  lease: Lease,
): Promise<{ kind: RecordKind; scope: "all" | "open" }[]> =>
  inCompany(pool, lease.companyId, (tx) =>
    many(
      tx,
      z.object({ kind: KindColumn, scope: z.enum(["all", "open"]) }),
      sql`/* earlyListings */ select distinct kind, case when name = kind then 'all' else 'open' end as scope
        from batch_steps where batch_id = ${lease.batchId} and company_id = ${lease.companyId}
          and phase in ('lists', 'open-balances') and unavailable is null`,
    ),
  );

/** Sums over all parts of a batch: what is done, of how many, and what came of it. */
export const Progress = z.object({
  done: z.number(),
  total: z.number().nullable(),
  created: z.number(),
  updated: z.number(),
  unchanged: z.number(),
  deleted: z.number(),
});
export type Progress = z.infer<typeof Progress>;

/** How far a batch is. A step never counts more than its total, though rows may be read twice. */
export const progressOf = (tx: Queryable, companyId: string, batchId: string): Promise<Progress> =>
  one(
    tx,
    Progress,
    sql`/* progressOf */ select
        coalesce(sum(least(done, coalesce(total, done))), 0)::bigint as done,
        case when bool_or(kind is not null) then sum(coalesce(total, done)) end::bigint as total,
        coalesce(sum(created), 0)::bigint as created, coalesce(sum(updated), 0)::bigint as updated,
        coalesce(sum(unchanged), 0)::bigint as unchanged, coalesce(sum(deleted), 0)::bigint as deleted
      from batch_steps where company_id = ${companyId} and batch_id = ${batchId}`,
  );

/** One step as people see it: its parts summed. */
export const StepSummary = z.object({
  name: z.string(),
  phase: z.string(),
  kind: KindColumn.nullable(),
  status: z.enum(["queued", "running", "succeeded", "failed"]),
  done: z.number(),
  total: z.number().nullable(),
  unavailable: z.object({ message: z.string(), rawCode: z.string().nullable() }).nullable(),
  note: z.string().nullable(),
});
export type StepSummary = z.infer<typeof StepSummary>;

/** The steps of a batch in their order. */
export const summarizeSteps = (
  tx: Queryable,
  companyId: string,
  batchId: string,
): Promise<StepSummary[]> =>
  many(
    tx,
    StepSummary,
    sql`/* summarizeSteps */ select name, phase,
        case when count(distinct kind) = 1 then min(kind) end as kind,
        case when bool_or(status = 'failed') then 'failed'
          when bool_and(status = 'succeeded') then 'succeeded'
          when bool_and(status = 'queued') then 'queued' else 'running' end as status,
        sum(least(done, coalesce(total, done)))::bigint as done,
        sum(total)::bigint as total, (array_agg(unavailable))[1] as unavailable, max(note) as note
      from batch_steps where company_id = ${companyId} and batch_id = ${batchId}
      group by name, phase, position order by position`,
  );

const Sample = z.object({ at: z.date(), done: z.number() });

/** Notes how far a batch is now, for its rate, and forgets what is older than ten minutes. */
export async function takeSample(pool: Pool, lease: Lease): Promise<void> {
  await inCompany(pool, lease.companyId, (tx) =>
    run(
      tx,
      sql`/* takeSample */ with old as (
          delete from batch_samples where company_id = ${lease.companyId} and batch_id = ${lease.batchId}
            and at < now() - interval '10 minutes')
        insert into batch_samples (company_id, batch_id, done)
        select ${lease.companyId}, ${lease.batchId}, coalesce(sum(least(done, coalesce(total, done))), 0)
        from batch_steps where company_id = ${lease.companyId} and batch_id = ${lease.batchId}
        on conflict do nothing`,
    ),
  );
}

/** The samples of the last minutes, oldest first. */
export const samplesOf = (
  tx: Queryable,
  companyId: string,
  batchId: string,
): Promise<{ at: Date; done: number }[]> =>
  many(
    tx,
    Sample,
    sql`/* samplesOf */ select at, done from batch_samples
      where company_id = ${companyId} and batch_id = ${batchId} order by at`,
  );

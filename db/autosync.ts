import type { Pool } from "pg";
import { z } from "zod";

import { Batch, batchColumns, type BatchTrigger } from "./batches.ts";
import type { Lease } from "./leases.ts";
import { maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { inCompany } from "./transactions.ts";

export interface WantedAutoSync {
  companyId: string;
  trigger: BatchTrigger;
  startedBy: string;
  label: string;
  /** Also the kinds that no feed of changes covers. */
  everything: boolean;
}

/** The run that a wish became part of, and how. */
export interface JoinedAutoSync {
  batch: Batch;
  /** `running`: one at work looks once more before it ends. `queued`: one waits already. `new`: its own. */
  joined: "running" | "queued" | "new";
}

/** Each further try needs a run that ended within the moment between two statements. */
const TRIES_MAX = 20;

/**
 * Wants everything that has changed by now to be synced. A run at work that has not looked for the
 * last time takes it along; otherwise it waits as a run of its own, of which a company has one at most.
 */
export const wantAutoSync = (pool: Pool, wanted: WantedAutoSync): Promise<JoinedAutoSync> =>
  inCompany(pool, wanted.companyId, async (tx) => {
    const running = await hurryRunning(tx, wanted);
    if (running !== null) return { batch: running, joined: "running" };
    return queueAutoSync(tx, wanted);
  });

/** A tick of the schedule: a run of its own unless one waits already. */
export const tickAutoSync = (pool: Pool, wanted: WantedAutoSync): Promise<JoinedAutoSync> =>
  inCompany(pool, wanted.companyId, (tx) => queueAutoSync(tx, wanted));

async function queueAutoSync(tx: Queryable, wanted: WantedAutoSync): Promise<JoinedAutoSync> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const added = await addAutoSync(tx, wanted);
    if (added !== null) return { batch: added, joined: "new" };
    const queued = await widenQueued(tx, wanted);
    if (queued !== null) return { batch: queued, joined: "queued" };
  }
  throw new Error("runs of AutoSync begin as fast as they are looked for");
}

/** What a person or the app asks for is told from what comes by itself. */
const KIND_OF_TRIGGER: Record<BatchTrigger, "autosync" | "manual"> = {
  user: "manual",
  app: "manual",
  schedule: "autosync",
  webhook: "autosync",
  retry: "autosync",
  system: "autosync",
};

/** In these phases a run has looked for the last time. */
const LAST_PHASES = ["payments", "proof"];

const hurryRunning = (tx: Queryable, { companyId, everything }: WantedAutoSync) =>
  maybeOne(
    tx,
    Batch,
    sql`/* hurryRunning */ update batches set hurried_at = clock_timestamp(),
        everything = everything or ${everything}
      where company_id = ${companyId} and kind in ('autosync', 'manual') and status = 'running'
        and coalesce(phase, '') <> all(${LAST_PHASES}::text[]) and cancel_requested_at is null
      returning ${batchColumns}`,
  );

const addAutoSync = (tx: Queryable, wanted: WantedAutoSync) =>
  maybeOne(
    tx,
    Batch,
    sql`/* addAutoSync */ insert into batches (company_id, kind, trigger, started_by, label, everything)
      values (${wanted.companyId}, ${KIND_OF_TRIGGER[wanted.trigger]}, ${wanted.trigger}, ${wanted.startedBy},
        ${wanted.label}, ${wanted.everything})
      on conflict do nothing returning ${batchColumns}`,
  );

const widenQueued = (tx: Queryable, { companyId, everything }: WantedAutoSync) =>
  maybeOne(
    tx,
    Batch,
    sql`/* widenQueued */ update batches set everything = everything or ${everything}
      where company_id = ${companyId} and kind in ('autosync', 'manual') and status = 'queued'
      returning ${batchColumns}`,
  );

const Asked = z.object({ everything: z.boolean(), hurriedAt: z.date().nullable() });
/** What a run of AutoSync was asked for: also the kinds that no feed covers, and when it was hurried last. */
export type Asked = z.infer<typeof Asked>;

/** What a run was asked for, so far. */
export const askedOf = (tx: Queryable, lease: Lease): Promise<Asked> =>
  one(
    tx,
    Asked,
    sql`/* askedOf */ select everything, hurried_at as "hurriedAt" from batches
      where company_id = ${lease.companyId} and id = ${lease.batchId}`,
  );

/**
 * A run has looked for the last time, unless somebody hurried it since `seen`: then it is to look
 * again, and this answers false.
 */
export async function endLooking(pool: Pool, lease: Lease, seen: Asked): Promise<boolean> {
  const ended = await inCompany(pool, lease.companyId, (tx) =>
    run(
      tx,
      sql`/* endLooking */ update batches set phase = 'proof'
        where company_id = ${lease.companyId} and id = ${lease.batchId} and fence = ${lease.fence}
          and date_trunc('milliseconds', hurried_at) is not distinct from ${seen.hurriedAt}
          and everything = ${seen.everything}`,
    ),
  );
  return ended > 0;
}

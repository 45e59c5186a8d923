import type { Pool } from "pg";
import { z } from "zod";

import { Batch, batchColumns, ofThisFile, type BatchTrigger } from "./batches.ts";
import { many, maybeOne, run, sql, type Queryable } from "./sql.ts";
import { syncedKinds } from "./steps.ts";
import { asSystem, inCompany, readInCompany } from "./transactions.ts";

const NamedCompany = z.object({ companyId: z.string(), name: z.string() });
type NamedCompany = z.infer<typeof NamedCompany>;

/**
 * Companies that a sync has left to be compared, this many minutes ago or more. One that is not
 * connected, or whose first sync or history goes on, waits.
 */
export const dueComparisons = (pool: Pool, afterMinutes: number): Promise<NamedCompany[]> =>
  asSystem(pool, (tx) =>
    many(
      tx,
      NamedCompany,
      sql`/* dueComparisons */ select id as "companyId", name from companies
        where verify_wanted_at <= now() - make_interval(mins => ${afterMinutes})
          and state = 'connected' and not exists (select from batches
            where company_id = companies.id and status in ('queued', 'running')
              and kind in ('initial', 'historical'))
        order by verify_wanted_at`,
    ),
  );

/** Every company that has been synced once, for its Schedule. */
export const companiesToCompare = (pool: Pool): Promise<NamedCompany[]> =>
  asSystem(pool, (tx) =>
    many(
      tx,
      NamedCompany,
      sql`/* companiesToCompare */ select id as "companyId", name from companies
        where confirmed_at is not null and exists (select from batches
          where company_id = companies.id and kind = 'initial' and status = 'succeeded')
        order by id`,
    ),
  );

export interface WantedComparison {
  companyId: string;
  trigger: BatchTrigger;
  startedBy: string;
  label: string;
}

/**
 * Puts a comparison into the queue, unless one waits or runs already; nothing is owed afterwards.
 * Null when there is nothing to compare: the company is not connected, or not synced.
 */
export const wantComparison = (
  pool: Pool,
  wanted: WantedComparison,
): Promise<{ batch: Batch; joined: boolean } | null> =>
  inCompany(pool, wanted.companyId, async (tx) => {
    const { isComplete } = await syncedKinds(tx, wanted.companyId);
    const settled = isComplete ? await settle(tx, wanted.companyId) : 0;
    if (settled === 0) return null;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const added = await add(tx, wanted);
      if (added !== null) return { batch: added, joined: false };
      const open = await findOpen(tx, wanted.companyId);
      if (open !== null) return { batch: open, joined: true };
    }
    throw new Error("comparisons end as fast as they are looked for");
  });

/** Each further try needs a comparison that ended within the moment between two statements. */
const TRIES_MAX = 20;

const settle = (tx: Queryable, companyId: string): Promise<number> =>
  run(
    tx,
    sql`/* settleComparison */ update companies set verify_wanted_at = null
      where id = ${companyId} and state = 'connected'`,
  );

const add = (tx: Queryable, wanted: WantedComparison): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* addComparison */ insert into batches (company_id, kind, trigger, started_by, label)
      values (${wanted.companyId}, 'verify', ${wanted.trigger}, ${wanted.startedBy}, ${wanted.label})
      on conflict do nothing returning ${batchColumns}`,
  );

const findOpen = (tx: Queryable, companyId: string): Promise<Batch | null> =>
  maybeOne(
    tx,
    Batch,
    sql`/* openComparison */ select ${batchColumns} from batches
      where company_id = ${companyId} and kind = 'verify' and status in ('queued', 'running')`,
  );

/** The newest comparison that was made, or null; those of a company file before do not count. */
export const newestComparison = (pool: Pool, companyId: string): Promise<Batch | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Batch,
      sql`/* newestComparison */ select ${batchColumns} from batches
        where company_id = ${companyId} and kind = 'verify' and status = 'succeeded' and ${ofThisFile}
        order by position desc limit 1`,
    ),
  );

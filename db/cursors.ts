import type { Pool } from "pg";
import { z } from "zod";

import { holdLease, type Lease } from "./leases.ts";
import { maybeOne, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** The moment the first sync began, on QuickBooks' clock. The first one stays: answers the one that counts. */
export const keepChangesFrom = (tx: Queryable, companyId: string, at: Date): Promise<Date> =>
  one(
    tx,
    z.object({ changesFrom: z.date() }),
    sql`/* keepChangesFrom */ update connections set changes_from = coalesce(changes_from, ${at})
      where company_id = ${companyId} returning changes_from as "changesFrom"`,
  ).then((row) => row.changesFrom);

/** Where AutoSync goes on, for kinds that a feed of changes covers and for the others. */
export interface Cursors {
  covered: Date;
  uncovered: Date;
  /** When each was taken, by our own clock; null where nobody noted it. */
  coveredTakenAt: Date | null;
  uncoveredTakenAt: Date | null;
}

/** Cursors that move, and when they were taken, by our own clock. */
export type CursorMove = Partial<Pick<Cursors, "covered" | "uncovered">> & { takenAt?: Date };

const CursorsRow = z.object({
  covered: z.date(),
  uncovered: z.date(),
  coveredTakenAt: z.date().nullable(),
  uncoveredTakenAt: z.date().nullable(),
});

/** Where the next sweep begins; null before there was one. */
export const findCursors = (tx: Queryable, companyId: string): Promise<Cursors | null> =>
  maybeOne(
    tx,
    CursorsRow,
    sql`/* findCursors */ select cursor_at as covered, coalesce(uncovered_cursor_at, cursor_at) as uncovered,
        cursor_taken_at as "coveredTakenAt",
        coalesce(uncovered_cursor_taken_at, cursor_taken_at) as "uncoveredTakenAt"
      from connections where company_id = ${companyId} and cursor_at is not null`,
  );

/**
 * A batch's sweep has read everything that changed before these moments. Throws the fault `lease-lost`
 * when the batch is somebody else's by now.
 */
export async function moveCursors(tx: Queryable, lease: Lease, to: CursorMove): Promise<void> {
  // The connection before the batch, as whoever ends batches with their file takes the two.
  await run(
    tx,
    sql`/* moveCursors */ update connections set
        cursor_at = coalesce(${to.covered ?? null}, cursor_at),
        uncovered_cursor_at = coalesce(${to.uncovered ?? null}, uncovered_cursor_at),
        cursor_taken_at = ${takenWhere(to.covered, to.takenAt, sql`cursor_taken_at`)},
        uncovered_cursor_taken_at =
          ${takenWhere(to.uncovered, to.takenAt, sql`uncovered_cursor_taken_at`)}
      where company_id = ${lease.companyId}`,
  );
  await holdLease(tx, lease);
}

/** A cursor that moves has the moment that it was taken at, or none that is known; one that stays keeps its own. */
const takenWhere = (to: Date | undefined, takenAt: Date | undefined, kept: Sql): Sql =>
  to === undefined ? kept : sql`${takenAt ?? null}::timestamptz`;

/** When the company file was found to be restored from a backup, while what it holds is not verified again. */
export const findRestored = (pool: Pool, companyId: string): Promise<Date | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      z.object({ restoredAt: z.date().nullable() }),
      sql`/* findRestored */ select restored_at as "restoredAt" from connections
        where company_id = ${companyId}`,
    ),
  ).then((row) => row?.restoredAt ?? null);

/** What that restore took back has been found; one that was noticed meanwhile stays. */
export const settleRestored = (tx: Queryable, companyId: string, at: Date): Promise<number> =>
  run(
    tx,
    sql`/* settleRestored */ update connections set restored_at = null
      where company_id = ${companyId} and date_trunc('milliseconds', restored_at) <= ${at}`,
  );

import type { Pool } from "pg";
import { z } from "zod";

import { many, one, sql } from "./sql.ts";
import { asSystem } from "./transactions.ts";

const Counted = z.object({ label: z.string(), count: z.number() });
export type Counted = z.infer<typeof Counted>;

/** What operations watch, over all companies; counts alone, no names. */
export interface Gauges {
  batchesByStatus: Counted[];
  waitingByReason: Counted[];
  companiesByState: Counted[];
  openAttention: number;
}

/** Four counts at the moment of a scrape. */
export const readGauges = (pool: Pool): Promise<Gauges> =>
  asSystem(pool, async (tx) => {
    const batchesByStatus = await many(
      tx,
      Counted,
      sql`/* batchesByStatus */ select status as label, count(*) as count from batches group by status`,
    );
    const waitingByReason = await many(
      tx,
      Counted,
      sql`/* waitingByReason */ select waiting_for as label, count(*) as count from batches
        where status = 'running' and waiting_for is not null group by waiting_for`,
    );
    const companiesByState = await many(
      tx,
      Counted,
      sql`/* companiesByState */ select state as label, count(*) as count from companies group by state`,
    );
    const open = await one(
      tx,
      z.object({ count: z.number() }),
      sql`/* openAttention */ select count(*) as count from attention where resolved_at is null`,
    );
    return { batchesByStatus, waitingByReason, companiesByState, openAttention: open.count };
  });

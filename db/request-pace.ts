import type { Pool } from "pg";
import { z } from "zod";

import type { Limiter } from "../quickbooks/online/limiter.ts";
import { maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readInCompany, writeInCompany } from "./transactions.ts";

/** A part of a minute's requests stays unused: spaced here, they arrive at QuickBooks less evenly. */
const MINUTE_HEADROOM = 0.98;
/** And a part of a second's, where a little unevenness weighs more. */
const SECOND_HEADROOM = 0.85;
/** The part of a minute's requests that may be made up for, when nobody asked for a while. */
const MADE_UP = 0.015;

export interface Pace {
  requestsPerMinute: number;
  requestsPerSecond: number;
  /** Metered calls are counted for this Intuit app. */
  clientId: string;
}

/**
 * The one limiter that all processes share: each request takes the company's next free moment.
 * Spacing keeps the second's limit; the minute's is a budget that fills evenly, so that what was not
 * used just before is not lost. The calls that succeeded since are counted in the same trip: one, on a
 * pool that pipelines, so that no stream holds the company's moment while its process is busy.
 */
export function createLimiter(pool: Pool, companyId: string, pace: Pace): Limiter {
  const budgetMs = 60_000 / (pace.requestsPerMinute * MINUTE_HEADROOM);
  const rhythm: Rhythm = {
    spacingMs: 1_000 / (pace.requestsPerSecond * SECOND_HEADROOM),
    budgetMs,
    madeUpMs: budgetMs * Math.floor(pace.requestsPerMinute * MADE_UP),
  };
  return {
    take: async (succeeded) => {
      const moment = await writeInCompany(pool, companyId, async (tx) => {
        const [taken] = await Promise.all([
          takeMoment(tx, companyId, rhythm),
          succeeded > 0 ? countCalls(tx, companyId, pace.clientId, succeeded) : 0,
        ]);
        return taken;
      });
      if (moment !== null) return { taken: true, waitMs: moment.waitMs };
      return { taken: false, waitMs: await quietFor(pool, companyId) };
    },
    holdOff: async (forMs) => {
      await inCompany(pool, companyId, (tx) =>
        run(
          tx,
          sql`/* holdOff */ insert into request_pace as p (company_id, quiet_until)
            values (${companyId}, clock_timestamp() + ${forMs}::float8 * interval '1 millisecond')
            on conflict (company_id) do update set
              quiet_until = greatest(p.quiet_until, excluded.quiet_until)`,
        ),
      );
    },
    count: async (succeeded) => {
      if (succeeded === 0) return;
      await inCompany(pool, companyId, (tx) => countCalls(tx, companyId, pace.clientId, succeeded));
    },
    callsThisMonth: () => callsThisMonth(pool, pace.clientId),
  };
}

/** Metered calls of one Intuit app in this month (UTC), over all its companies. */
export const callsThisMonth = (pool: Pool, clientId: string): Promise<number> =>
  asSystem(pool, async (tx) => {
    const row = await one(
      tx,
      z.object({ calls: z.coerce.number() }),
      sql`/* callsThisMonth */ select coalesce(sum(calls), 0) as calls from metered_calls
        where client_id = ${clientId} and month = date_trunc('month', now() at time zone 'utc')`,
    );
    return row.calls;
  });

/** Milliseconds: the least between two requests, what one takes from the budget, how much the budget may hold. */
interface Rhythm {
  spacingMs: number;
  budgetMs: number;
  madeUpMs: number;
}

const Moment = z.object({ waitMs: z.number() });

/** The next free moment, which is taken by this; null while QuickBooks wants quiet. */
function takeMoment(
  tx: Queryable,
  companyId: string,
  rhythm: Rhythm,
): Promise<z.infer<typeof Moment> | null> {
  const { spacingMs, budgetMs, madeUpMs } = rhythm;
  const ms = (count: number) => sql`${count}::float8 * interval '1 millisecond'`;
  const moment = sql`greatest(clock_timestamp(), p.next_at, p.budget_at - ${ms(madeUpMs)})`;
  return maybeOne(
    tx,
    Moment,
    sql`/* takeMoment */ insert into request_pace as p (company_id, next_at, budget_at)
      values (${companyId}, clock_timestamp() + ${ms(spacingMs)}, clock_timestamp() + ${ms(budgetMs)})
      on conflict (company_id) do update set
          next_at = ${moment} + ${ms(spacingMs)},
          budget_at = greatest(${moment}, p.budget_at) + ${ms(budgetMs)}
        where p.quiet_until <= clock_timestamp()
      returning greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - ${spacingMs}::float8)::float8
        as "waitMs"`,
  );
}

/** Milliseconds until QuickBooks may be asked again. */
const quietFor = (pool: Pool, companyId: string): Promise<number> =>
  readInCompany(pool, companyId, async (tx) => {
    const { waitMs } = await one(
      tx,
      Moment,
      sql`/* quietFor */ select greatest(0, extract(epoch from quiet_until - clock_timestamp()) * 1000)::float8
        as "waitMs" from request_pace where company_id = ${companyId}`,
    );
    return waitMs;
  });

const countCalls = (tx: Queryable, companyId: string, clientId: string, calls: number) =>
  run(
    tx,
    sql`/* countCalls */ insert into metered_calls as m (client_id, month, company_id, calls)
      values (${clientId}, date_trunc('month', now() at time zone 'utc'), ${companyId}, ${calls})
      on conflict (client_id, month, company_id) do update set calls = m.calls + excluded.calls`,
  );

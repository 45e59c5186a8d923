import type { Pool } from "pg";
import { z } from "zod";

import { Company, companyColumns, Reason } from "./companies.ts";
import { many, maybeOne, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readAsSystem, readInCompany } from "./transactions.ts";

/** Why AutoSync is held. `isApplied`: its Schedule in Temporal is paused too, so whoever resumes it there means it. */
export const Held = Reason.extend({ isApplied: z.boolean() });
export type Held = z.infer<typeof Held>;

/** How a company is to be kept even, as its Schedule in Temporal must say too. */
export const AutoSyncSettings = z.object({
  name: z.string(),
  enabled: z.boolean(),
  everyMinutes: z.number(),
  held: Held.nullable(),
});
export type AutoSyncSettings = z.infer<typeof AutoSyncSettings>;

/** The settings of a company, or null. */
export const findAutoSync = (pool: Pool, companyId: string): Promise<AutoSyncSettings | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      AutoSyncSettings,
      sql`/* findAutoSync */ select name, auto_sync_enabled as enabled,
          auto_sync_every_minutes as "everyMinutes", auto_sync_held as held
        from companies where id = ${companyId}`,
    ),
  );

const EnabledAutoSync = AutoSyncSettings.extend({ companyId: z.string() });
export type EnabledAutoSync = z.infer<typeof EnabledAutoSync>;

/** Every company whose AutoSync is enabled, for `reconcileState`. */
export const enabledAutoSyncs = (pool: Pool): Promise<EnabledAutoSync[]> =>
  asSystem(pool, (tx) =>
    many(
      tx,
      EnabledAutoSync,
      sql`/* enabledAutoSyncs */ select id as "companyId", name, auto_sync_enabled as enabled,
          auto_sync_every_minutes as "everyMinutes", auto_sync_held as held
        from companies where auto_sync_enabled order by id`,
    ),
  );

const RealmAutoSync = z.object({
  realmId: z.string(),
  companyId: z.string(),
  name: z.string(),
  isReady: z.boolean(),
});
export type RealmAutoSync = z.infer<typeof RealmAutoSync>;

/**
 * The companies that these realms are bound to; realms of nobody are left out. `isReady`: AutoSync is
 * enabled, nothing holds it, and the initial sync has left a cursor to go on from.
 */
export const autoSyncsOfRealms = (
  pool: Pool,
  realmIds: readonly string[],
): Promise<RealmAutoSync[]> =>
  readAsSystem(pool, (tx) =>
    many(
      tx,
      RealmAutoSync,
      sql`/* autoSyncsOfRealms */ select realm_id as "realmId", companies.id as "companyId", name,
          auto_sync_enabled and auto_sync_held is null and companies.state = 'connected'
            and cursor_at is not null as "isReady"
        from connections join companies on companies.id = company_id
        where realm_id = any(${realmIds})`,
    ),
  );

/** Stores how a company is to be kept even; what is left out stays. Enabling it again lets go of what held it. */
export const storeAutoSync = (
  pool: Pool,
  companyId: string,
  to: { enabled: boolean; everyMinutes: number | null; payments: boolean | null },
): Promise<Company | null> =>
  inCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Company,
      sql`/* storeAutoSync */ update companies set auto_sync_enabled = ${to.enabled},
          auto_sync_every_minutes = coalesce(${to.everyMinutes}, auto_sync_every_minutes),
          auto_sync_payments = coalesce(${to.payments}, auto_sync_payments),
          auto_sync_held = case when state = 'paused' then auto_sync_held end,
          failures_in_a_row = case when ${to.enabled} and not auto_sync_enabled then 0
            else failures_in_a_row end
        where id = ${companyId} returning ${companyColumns}`,
    ),
  );

/** Holds AutoSync, or writes down that its Schedule is paused by now. */
export const holdAutoSync = (tx: Queryable, companyId: string, held: Held): Promise<number> =>
  run(
    tx,
    sql`/* holdAutoSync */ update companies set auto_sync_held = ${JSON.stringify(held)}
      where id = ${companyId}`,
  );

/**
 * Too many batches of a company have failed one after another: its AutoSync is held and the company
 * disconnected, until a person resumes it. Answers true when that is new.
 */
export const holdAfterFailures = (
  pool: Pool,
  companyId: string,
  failuresMax: number,
): Promise<boolean> =>
  inCompany(pool, companyId, async (tx) => {
    const held = await run(
      tx,
      sql`/* holdAfterFailures */ with last as (
          select failure from batches where company_id = ${companyId} and status = 'failed'
          order by finished_at desc limit 1),
        reason as (select jsonb_build_object('kind', ${FAILURES_IN_A_ROW}::text,
            'message', failures_in_a_row || ' batches failed one after another. The last one: '
              || coalesce((select failure->>'message' from last), 'no reason is known.'),
            'nextStep', 'Mend what is in the way (' || coalesce((select failure->>'nextStep' from last), 'see the batch')
              || '), then call resumeCompany.',
            'rawCode', (select failure->>'rawCode' from last)) as it
          from companies where id = ${companyId})
        update companies set auto_sync_held = reason.it || '{"isApplied": false}',
          state = 'disconnected', state_reason = coalesce(state_reason, reason.it)
        from reason where id = ${companyId} and auto_sync_enabled and auto_sync_held is null
          and failures_in_a_row >= ${failuresMax}`,
    );
    return held > 0;
  });

/** Lets go of what held AutoSync. Failures are forgotten, and with them that they disconnected the company. */
export const releaseAutoSync = (tx: Queryable, companyId: string): Promise<number> =>
  run(
    tx,
    sql`/* releaseAutoSync */ update companies set auto_sync_held = null, failures_in_a_row = 0,
        state = case when state = 'disconnected' and state_reason->>'kind' = ${FAILURES_IN_A_ROW}
          then 'connected' else state end,
        state_reason = case when state_reason->>'kind' = ${FAILURES_IN_A_ROW} then null
          else state_reason end
      where id = ${companyId}`,
  );

const RUNS_COMPARED = 5;

/** How long the last runs took, in seconds, on average; null before there was one. */
export const runSeconds = (pool: Pool, companyId: string): Promise<number | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      z.object({ seconds: z.number().nullable() }),
      sql`/* runSeconds */ select avg(extract(epoch from finished_at - started_at))::float8 as seconds
        from (select started_at, finished_at from batches where company_id = ${companyId}
          and kind in ('autosync', 'manual') and status = 'succeeded'
          order by position desc limit ${RUNS_COMPARED}) last`,
    ),
  ).then((row) => row?.seconds ?? null);

/** Holds a company: no batch begins, and its AutoSync waits. Holding twice is once. */
export const pauseCompany = (pool: Pool, companyId: string, by: string): Promise<Company | null> =>
  inCompany(pool, companyId, async (tx) => {
    await run(
      tx,
      sql`/* pauseCompany */ update companies set state = 'paused' where id = ${companyId}`,
    );
    await holdAutoSync(tx, companyId, {
      kind: "paused",
      message: `Paused by ${by}.`,
      nextStep: "Call resumeCompany when it shall go on.",
      rawCode: null,
      isApplied: false,
    });
    return findIn(tx, companyId);
  });

/** Lets a company go on, whatever held it; one that was never confirmed is set up on. */
export const resumeCompany = (pool: Pool, companyId: string): Promise<Company | null> =>
  inCompany(pool, companyId, async (tx) => {
    await releaseAutoSync(tx, companyId);
    await run(
      tx,
      sql`/* resumeCompany */ update companies
        set state = case when confirmed_at is null then 'setting_up' else 'connected' end
        where id = ${companyId} and state = 'paused'`,
    );
    return findIn(tx, companyId);
  });

const findIn = (tx: Queryable, companyId: string): Promise<Company | null> =>
  maybeOne(
    tx,
    Company,
    sql`/* companyNow */ select ${companyColumns} from companies where id = ${companyId}`,
  );

/** The kind of what holds AutoSync after too many failures. */
const FAILURES_IN_A_ROW = "failures-in-a-row";

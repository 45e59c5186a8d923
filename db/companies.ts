import type { Pool } from "pg";
import { z } from "zod";

import type { Fault } from "../core/faults.ts";
import { POLICY } from "../core/faults.ts";
import { many, maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readAsSystem, readInCompany } from "./transactions.ts";

export const Reason = z.object({
  kind: z.string(),
  message: z.string(),
  nextStep: z.string(),
  rawCode: z.string().nullable(),
});
export type Reason = z.infer<typeof Reason>;

export const Company = z.object({
  id: z.string(),
  name: z.string(),
  edition: z.enum(["online", "desktop"]),
  state: z.enum(["setting_up", "connected", "paused", "disconnected"]),
  stateReason: Reason.nullable(),
  confirmedAt: z.date().nullable(),
  workableAt: z.date().nullable(),
  autoSyncEnabled: z.boolean(),
  autoSyncEveryMinutes: z.number(),
  autoSyncPayments: z.boolean(),
  autoSyncHeld: Reason.nullable(),
  failuresInARow: z.number(),
  createdAt: z.date(),
});
export type Company = z.infer<typeof Company>;

export const companyColumns = sql`
  id, name, edition, state, state_reason as "stateReason", confirmed_at as "confirmedAt",
  workable_at as "workableAt", auto_sync_enabled as "autoSyncEnabled",
  auto_sync_every_minutes as "autoSyncEveryMinutes", auto_sync_payments as "autoSyncPayments",
  auto_sync_held as "autoSyncHeld",
  failures_in_a_row as "failuresInARow", created_at as "createdAt"`;

/** What a person reads about a fault, as we keep it beside a company or a batch. */
export const reasonOf = (fault: Fault): Reason => ({
  kind: fault.kind,
  message: fault.message,
  nextStep: POLICY[fault.kind].nextStep,
  rawCode: fault.rawCode ?? null,
});

/** A new company, not yet connected to anything. */
export const createCompany = (
  pool: Pool,
  input: { name: string; edition: Company["edition"] },
): Promise<Company> =>
  asSystem(pool, (tx) =>
    one(
      tx,
      Company,
      sql`/* createCompany */ insert into companies (name, edition)
        values (${input.name}, ${input.edition}) returning ${companyColumns}`,
    ),
  );

/** One company, or null. */
export const findCompany = (pool: Pool, companyId: string): Promise<Company | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Company,
      sql`/* findCompany */ select ${companyColumns} from companies where id = ${companyId}`,
    ),
  );

/** Companies in the order they were made, after the one named; `visible` null means all of them. */
export const listCompanies = (
  pool: Pool,
  page: { first: number; after: string | null; visible: readonly string[] | null },
): Promise<Company[]> =>
  readAsSystem(pool, (tx) =>
    many(
      tx,
      Company,
      sql`/* listCompanies */ select ${companyColumns} from companies
        where (${page.visible}::uuid[] is null or id = any(${page.visible}::uuid[]))
          and (${page.after}::uuid is null or (created_at, id) > (
            select created_at, id from companies where id = ${page.after}::uuid))
        order by companies.created_at, companies.id limit ${page.first}`,
    ),
  );

/** A person said yes to whose books these are. Confirming twice is once. */
export const confirmCompany = (pool: Pool, companyId: string): Promise<Company> =>
  inCompany(pool, companyId, (tx) =>
    one(
      tx,
      Company,
      sql`/* confirmCompany */ update companies
        set confirmed_at = coalesce(confirmed_at, now()),
            state = case state when 'setting_up' then 'connected' else state end
        where id = ${companyId} returning ${companyColumns}`,
    ),
  );

/** The company file that was met is refused before anybody could confirm it: confirmCompany repeats why. */
export const keepRefusedFile = (pool: Pool, companyId: string, fault: Fault): Promise<number> =>
  inCompany(pool, companyId, (tx) =>
    run(
      tx,
      sql`/* keepRefusedFile */ update companies set state_reason = ${JSON.stringify(reasonOf(fault))}
        where id = ${companyId} and state = 'setting_up'`,
    ),
  );

/** Nobody can read this company until somebody authorises us again. */
export const disconnectCompany = (
  tx: Queryable,
  companyId: string,
  fault: Fault,
): Promise<number> =>
  run(
    tx,
    sql`/* disconnectCompany */ update companies
      set state = 'disconnected', state_reason = ${JSON.stringify(reasonOf(fault))}
      where id = ${companyId}`,
  );

/** Authorised again: back to where it was. */
export const reconnectCompany = (tx: Queryable, companyId: string): Promise<number> =>
  run(
    tx,
    sql`/* reconnectCompany */ update companies
      set state = case when confirmed_at is null then 'setting_up' else 'connected' end,
          state_reason = null
      where id = ${companyId} and state in ('setting_up', 'disconnected')`,
  );

/** Lists and open balances are in: people can work now. The first time stays. */
export const markWorkable = (tx: Queryable, companyId: string): Promise<number> =>
  run(
    tx,
    sql`/* markWorkable */ update companies set workable_at = coalesce(workable_at, now())
      where id = ${companyId}`,
  );

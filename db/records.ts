import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { KindColumn } from "./kind-column.ts";
import { many, maybeOne, one, sql, type Queryable } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";

export const StoredRecord = z.object({
  companyId: z.string(),
  kind: KindColumn,
  quickbooksId: z.string(),
  version: z.string(),
  modifiedAt: z.date(),
  deletedAt: z.date().nullable(),
  number: z.string().nullable(),
  party: z.string().nullable(),
  date: z.string().nullable(),
  total: z.string().nullable(),
  balance: z.string().nullable(),
  currency: z.string().nullable(),
  payload: z.string(),
});
export type StoredRecord = z.infer<typeof StoredRecord>;

const columns = sql`
  company_id as "companyId", kind, quickbooks_id as "quickbooksId", version,
  modified_at as "modifiedAt", deleted_at as "deletedAt", number, party, date,
  total, balance, currency, payload`;

/** One record, deleted ones included, or null. */
export const findRecord = (
  pool: Pool,
  key: { companyId: string; kind: RecordKind; quickbooksId: string },
): Promise<StoredRecord | null> =>
  readInCompany(pool, key.companyId, (tx) =>
    maybeOne(
      tx,
      StoredRecord,
      sql`/* findRecord */ select ${columns} from records
        where company_id = ${key.companyId} and kind = ${key.kind}
          and quickbooks_id = ${key.quickbooksId}`,
    ),
  );

/** Present records of a kind in the order of their ids, after the id named. */
export const listRecords = (
  pool: Pool,
  page: { companyId: string; kind: RecordKind; first: number; after: string | null },
): Promise<StoredRecord[]> =>
  readInCompany(pool, page.companyId, (tx) =>
    many(
      tx,
      StoredRecord,
      sql`/* listRecords */ select ${columns} from records
        where company_id = ${page.companyId} and kind = ${page.kind} and deleted_at is null
          and quickbooks_id > ${page.after ?? ""}
        order by quickbooks_id limit ${page.first}`,
    ),
  );

const KindCount = z.object({ kind: KindColumn, present: z.number(), deleted: z.number() });
export type KindCount = z.infer<typeof KindCount>;

/** The kept counts of every kind that a company has. */
export const countRecords = (pool: Pool, companyId: string): Promise<KindCount[]> =>
  inCompany(pool, companyId, (tx) =>
    many(
      tx,
      KindCount,
      sql`/* countRecords */ select kind, sum(present)::bigint as present, sum(deleted)::bigint as deleted
        from record_counts where company_id = ${companyId} group by kind`,
    ),
  );

/** The same stretch that a listing asks QuickBooks for, as we hold it. Both ends inclusive, whole seconds. */
export interface HeldStretch {
  companyId: string;
  kind: RecordKind;
  /** Open ones are those with a balance. */
  scope: "all" | "open";
  datedFrom: string | null;
  modifiedFrom: Date | null;
  modifiedUntil: Date | null;
}

/** How many present records we hold in a stretch. */
export const countHeld = async (tx: Queryable, stretch: HeldStretch): Promise<number> => {
  const row = await one(
    tx,
    z.object({ count: z.number() }),
    sql`/* countHeld */ select count(*) as count from records where ${held(stretch)}`,
  );
  return row.count;
};

/** How many present records of each kind we hold, counted row by row in one pass; transactions dated earlier are left out. */
export const countHeldByKind = async (
  tx: Queryable,
  companyId: string,
  datedFrom: string | null,
): Promise<Map<RecordKind, number>> => {
  const rows = await many(
    tx,
    z.object({ kind: KindColumn, count: z.number() }),
    sql`/* countHeldByKind */ select kind, count(*) as count from records
      where company_id = ${companyId} and deleted_at is null
        and (${datedFrom}::date is null or date is null or date >= ${datedFrom}::date)
      group by kind`,
  );
  return new Map(rows.map(({ kind, count }) => [kind, count]));
};

/** The ids of the present records we hold in a stretch. */
export const idsHeld = async (tx: Queryable, stretch: HeldStretch): Promise<string[]> => {
  const rows = await many(
    tx,
    z.object({ id: z.string() }),
    sql`/* idsHeld */ select quickbooks_id as id from records where ${held(stretch)}
      order by quickbooks_id`,
  );
  return rows.map((row) => row.id);
};

/** The ids of the present records of a kind that are dated before a day. */
export const idsHeldBefore = async (
  tx: Queryable,
  { companyId, kind, datedFrom }: { companyId: string; kind: RecordKind; datedFrom: string },
): Promise<string[]> => {
  const rows = await many(
    tx,
    z.object({ id: z.string() }),
    sql`/* idsHeldBefore */ select quickbooks_id as id from records
      where company_id = ${companyId} and kind = ${kind} and deleted_at is null
        and date < ${datedFrom}::date
      order by quickbooks_id`,
  );
  return rows.map((row) => row.id);
};

const Touched = z.object({ id: z.string(), moment: z.string() });
/** A record and when it was touched last, to the microsecond. */
export type Touched = z.infer<typeof Touched>;

/** Present records of a kind by their modification, or deleted ones by their deletion: the latest first, behind the one named. */
export const listTouched = (
  tx: Queryable,
  of: { companyId: string; kind: RecordKind; which: "present" | "deleted" },
  { after, limit }: { after: Touched | null; limit: number },
): Promise<Touched[]> => {
  const moment = of.which === "present" ? sql`modified_at` : sql`deleted_at`;
  return many(
    tx,
    Touched,
    sql`/* listTouched */ select quickbooks_id as id, ${moment}::text as moment from records
      where company_id = ${of.companyId} and kind = ${of.kind}
        and deleted_at is ${of.which === "present" ? sql`` : sql`not`} null
        and (${after?.moment ?? null}::timestamptz is null
          or (${moment}, quickbooks_id) < (${after?.moment ?? null}::timestamptz, ${after?.id ?? null}))
      order by ${moment} desc, quickbooks_id desc limit ${limit}`,
  );
};

const held = (stretch: HeldStretch) => sql`
  company_id = ${stretch.companyId} and kind = ${stretch.kind} and deleted_at is null
  and (${stretch.scope} = 'all' or balance > 0)
  and (${stretch.datedFrom}::date is null or date is null or date >= ${stretch.datedFrom}::date)
  and (${stretch.modifiedFrom}::timestamptz is null or modified_at >= ${stretch.modifiedFrom})
  and (${stretch.modifiedUntil}::timestamptz is null
    or modified_at < ${stretch.modifiedUntil}::timestamptz + interval '1 second')`;

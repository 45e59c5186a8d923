import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { KindColumn } from "./kind-column.ts";
import { many, sql } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** What a record of ours was sent as, with the columns that people compare. */
const HeldPayload = z.object({
  kind: KindColumn,
  quickbooksId: z.string(),
  version: z.string(),
  modifiedAt: z.date(),
  number: z.string().nullable(),
  party: z.string().nullable(),
  date: z.string().nullable(),
  total: z.string().nullable(),
  balance: z.string().nullable(),
  payload: z.string(),
});
export type HeldPayload = z.infer<typeof HeldPayload>;

/** The present records among some, as QuickBooks sent them. */
export const payloadsOf = (
  pool: Pool,
  companyId: string,
  keys: readonly { kind: RecordKind; quickbooksId: string }[],
): Promise<HeldPayload[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      HeldPayload,
      sql`/* payloadsOf */ select kind, quickbooks_id as "quickbooksId", version,
          modified_at as "modifiedAt", number, party, date, total, balance, payload
        from unnest(${keys.map(({ kind }) => kind)}::text[],
          ${keys.map(({ quickbooksId }) => quickbooksId)}::text[]) as k(kind, quickbooks_id)
          join records r using (kind, quickbooks_id)
        where r.company_id = ${companyId} and r.deleted_at is null`,
    ),
  );

/** Those of some records that we do not hold as present ones. */
export const unheldOf = (
  pool: Pool,
  companyId: string,
  keys: readonly { kind: RecordKind; quickbooksId: string }[],
): Promise<{ kind: RecordKind; quickbooksId: string }[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      z.object({ kind: KindColumn, quickbooksId: z.string() }),
      sql`/* unheldOf */ select kind, quickbooks_id as "quickbooksId"
        from unnest(${keys.map(({ kind }) => kind)}::text[],
          ${keys.map(({ quickbooksId }) => quickbooksId)}::text[]) as k(kind, quickbooks_id)
        where not exists (select from records r where r.company_id = ${companyId}
          and r.kind = k.kind and r.quickbooks_id = k.quickbooks_id and r.deleted_at is null)`,
    ),
  );

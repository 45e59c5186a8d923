import type { Pool } from "pg";
import { z } from "zod";

import { APPLIED_ROLES } from "../core/applied-roles.ts";
import { KindColumn } from "./kind-column.ts";
import { many, sql } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** An application that was added (no amount before), changed, or removed (none after). */
export const Change = z.object({
  position: z.number(),
  batchId: z.string(),
  at: z.date(),
  fromKind: KindColumn,
  fromId: z.string(),
  toKind: KindColumn,
  toId: z.string(),
  saidByKind: KindColumn,
  saidById: z.string(),
  role: z.enum(APPLIED_ROLES),
  amountBefore: z.string().nullable(),
  amountAfter: z.string().nullable(),
  dateBefore: z.string().nullable(),
  dateAfter: z.string().nullable(),
});
export type Change = z.infer<typeof Change>;

/** Changes of a company in the order in which they were committed, after the position named. */
export const listChanges = (
  pool: Pool,
  companyId: string,
  page: { first: number; after: number | null },
): Promise<Change[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      Change,
      sql`/* listChanges */ select position, batch_id as "batchId", at, from_kind as "fromKind",
          from_id as "fromId", to_kind as "toKind", to_id as "toId",
          said_by_kind as "saidByKind", said_by_id as "saidById", role,
          amount_before as "amountBefore", amount_after as "amountAfter",
          date_before as "dateBefore", date_after as "dateAfter"
        from changes where company_id = ${companyId} and position > ${page.after ?? 0}
        order by position limit ${page.first}`,
    ),
  );

import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { ofThisFile } from "./batches.ts";
import { KindColumn } from "./kind-column.ts";
import type { Lease } from "./leases.ts";
import { many, run, sql, type Queryable } from "./sql.ts";

const WithheldKind = z.object({
  kind: KindColumn,
  /** From when on its changes were not seen; null where it was never read. */
  since: z.date().nullable(),
  /** Why, in a sentence. */
  message: z.string(),
});
/** A kind that QuickBooks did not offer when it was asked for last: a plan, a preference, a permission. */
export type WithheldKind = z.infer<typeof WithheldKind>;

/** What tells the kinds of a company are the steps of its newest initial sync. */
const initialOf = (companyId: string) => sql`(select id from batches where company_id = ${companyId}
  and kind = 'initial' and ${ofThisFile} order by position desc limit 1)`;

/** The kinds that QuickBooks did not offer a company last, in the order of their names. */
export const withheldKinds = (tx: Queryable, companyId: string): Promise<WithheldKind[]> =>
  many(
    tx,
    WithheldKind,
    sql`/* withheldKinds */ select kind,
        case when bool_and(unavailable ? 'since') then min((unavailable ->> 'since')::timestamptz) end as since,
        min(unavailable ->> 'message') as message
      from batch_steps where company_id = ${companyId} and batch_id = ${initialOf(companyId)}
        and kind is not null and unavailable is not null group by kind order by kind`,
  );

/** Why QuickBooks does not offer a kind, and its own code. */
export interface Unavailable {
  message: string;
  rawCode: string | null;
}

/**
 * QuickBooks does not offer this kind any more. The batch does not wait for it, and what has changed since
 * is read when it is offered again; where nobody says since when, it is since the last sweep, or since the
 * initial sync began.
 */
export const withholdKind = (
  tx: Queryable,
  { companyId, batchId }: Lease,
  { kind, since, reason }: { kind: RecordKind; since: Date | null; reason: Unavailable },
): Promise<number> =>
  run(
    tx,
    sql`/* withholdKind */ with last as (
        select coalesce(${since}::timestamptz, least(cursor_at, uncovered_cursor_at), changes_from) as seen
        from connections where company_id = ${companyId})
      update batch_steps set status = 'succeeded',
        total = case when status = 'succeeded' then total else done end,
        unavailable = ${JSON.stringify(reason)}::jsonb || jsonb_build_object('since', seen)
      from last where company_id = ${companyId} and batch_id in (${batchId}, ${initialOf(companyId)})
        and kind = ${kind} and unavailable is null`,
  );

/** QuickBooks offers this kind, and it was read. */
export const releaseKind = (tx: Queryable, companyId: string, kind: RecordKind): Promise<number> =>
  run(
    tx,
    sql`/* releaseKind */ update batch_steps set unavailable = null
      where company_id = ${companyId} and batch_id = ${initialOf(companyId)} and kind = ${kind}`,
  );

import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { ofThisFile } from "./batches.ts";
import { KindColumn } from "./kind-column.ts";
import { many, run, sql, type Queryable } from "./sql.ts";

const WithheldKind = z.object({
  kind: KindColumn,
  /** From when on its changes were not seen; null where it was never read. */
  since: z.date().nullable(),
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
        case when bool_and(unavailable ? 'since') then min((unavailable ->> 'since')::timestamptz) end as since
      from batch_steps where company_id = ${companyId} and batch_id = ${initialOf(companyId)}
        and kind is not null and unavailable is not null group by kind order by kind`,
  );

/** QuickBooks does not offer this kind any more: what has changed since then is read when it does again. */
export const withholdKind = (
  tx: Queryable,
  companyId: string,
  { kind, since }: { kind: RecordKind; since: Date },
): Promise<number> =>
  run(
    tx,
    sql`/* withholdKind */ update batch_steps set unavailable = jsonb_build_object(
        'message', 'QuickBooks does not offer this kind any more.', 'rawCode', null, 'since', ${since}::timestamptz)
      where company_id = ${companyId} and batch_id = ${initialOf(companyId)}
        and kind = ${kind} and unavailable is null`,
  );

/** QuickBooks offers this kind, and it was read. */
export const releaseKind = (tx: Queryable, companyId: string, kind: RecordKind): Promise<number> =>
  run(
    tx,
    sql`/* releaseKind */ update batch_steps set unavailable = null
      where company_id = ${companyId} and batch_id = ${initialOf(companyId)} and kind = ${kind}`,
  );

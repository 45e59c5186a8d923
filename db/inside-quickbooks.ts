import { z } from "zod";

import { maybeOne, sql, type Queryable } from "./sql.ts";

const Share = z.object({ share: z.number().nullable() });

/**
 * The share of a batch's time so far in which its company's QuickBooks was at work on a request, from
 * 0 to 1. Null before it ran, and where no request ever goes through a PC.
 */
export async function insideQuickBooksShareOf(
  tx: Queryable,
  companyId: string,
  batchId: string,
): Promise<number | null> {
  const row = await maybeOne(
    tx,
    Share,
    sql`/* insideQuickBooksShare */ with batch as (
        select b.started_at as began, coalesce(b.finished_at, now()) as ended
        from batches b join connections c on c.company_id = b.company_id
        where b.company_id = ${companyId} and b.id = ${batchId} and c.file_id is not null
          and b.started_at is not null
      ), work as (
        -- What was sent and not answered counts until its session is given up.
        select greatest(e.sent_at, began) as began,
          least(coalesce(e.answered_at, s.expires_at), now(), ended) as ended
        from batch, desktop_sessions s join desktop_exchanges e on e.session_id = s.id
        where s.company_id = ${companyId} and s.opened_at < ended
          and (e.answered_at is not null or e.state = 'sent')
      )
      select least(1, (select coalesce(sum(extract(epoch from ended - began)), 0) from work
          where ended > began) / nullif(extract(epoch from ended - began), 0))::float8 as share
      from batch`,
  );
  return row?.share ?? null;
}

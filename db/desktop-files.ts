import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import type { BoundFile, HeldRecord, SeenFile } from "../quickbooks/desktop/exchanges.ts";
import { lockConnection } from "./desktop-endings.ts";
import { KindColumn } from "./kind-column.ts";
import { many, maybeOne, one, run, sql } from "./sql.ts";
import { inCompany, readAsSystem, readInCompany } from "./transactions.ts";

const Fingerprint = z.object({
  fileId: z.string().nullable(),
  companyName: z.string(),
  ein: z.string().nullable(),
  lastRestoreTime: z.string().nullable(),
  sentinels: z.array(
    z.object({ kind: z.string(), quickbooksId: z.string(), modifiedAt: z.string().optional() }),
  ),
});

const Bound = z.object({
  companyName: z.string(),
  isConfirmed: z.boolean(),
  fileId: z.string(),
  fingerprint: Fingerprint.nullable(),
  file: z.string().nullable(),
});

/** The file a company is bound to; `file` is its path on the PC that serves now. */
export const readBound = (
  pool: Pool,
  companyId: string,
): Promise<Omit<BoundFile, "otherCompanyOf">> =>
  readInCompany(pool, companyId, (tx) =>
    one(
      tx,
      Bound,
      sql`/* readBound */ select c.name as "companyName", c.confirmed_at is not null as "isConfirmed",
          n.file_id as "fileId", n.fingerprint,
          (select p.file from desktop_sessions s join connectors p on p.id = s.connector_id
            where s.company_id = ${companyId} and s.state <> 'ended') as file
        from companies c join connections n on n.company_id = c.id where c.id = ${companyId}`,
    ),
  );

const Held = z.object({
  kind: KindColumn,
  quickbooksId: z.string(),
  modifiedAt: z.date(),
  isDeleted: z.boolean(),
});

/** Of these kinds the record that was modified last of those a company has, and the one that was deleted last. */
export const touchedLast = (
  pool: Pool,
  companyId: string,
  kinds: readonly RecordKind[],
): Promise<HeldRecord[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      Held,
      sql`/* touchedLast */ with newest as (
          -- What lies ahead of us was written by a clock that was wrong: the next edit may bear an earlier time.
          select r.* from unnest(${kinds}::text[]) as k(kind) cross join lateral (
            select kind, quickbooks_id, modified_at, false as is_deleted from records r
            where r.company_id = ${companyId} and r.kind = k.kind and r.deleted_at is null
              and r.modified_at <= now() + interval '1 hour'
            order by r.modified_at desc limit 1) r
          order by r.modified_at desc limit 1
        ), gone as (
          -- What was held of a file before this one is marked as deleted when this one is begun.
          select kind, quickbooks_id, modified_at, true as is_deleted from records
          where company_id = ${companyId} and kind = any(${kinds}::text[])
            and deleted_at > (select changes_from + interval '2 minutes' from connections
              where company_id = ${companyId})
          order by deleted_at desc limit 1
        )
        select kind, quickbooks_id as "quickbooksId", modified_at as "modifiedAt", is_deleted as "isDeleted"
        from (select * from newest union all select * from gone) held`,
    ),
  );

/** The name of another company that is bound to this file: by our FileID in it, or by its path, name and EIN. */
export const otherCompanyOf = async (
  pool: Pool,
  companyId: string,
  { fingerprint, file }: SeenFile,
): Promise<string | null> => {
  const other = await readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      z.object({ name: z.string() }),
      sql`/* otherCompanyOf */ select c.name from connections n join companies c on c.id = n.company_id
        where n.company_id <> ${companyId} and (n.file_id = ${fingerprint.fileId}
          or (n.fingerprint ->> 'companyName' = ${fingerprint.companyName}
            and n.fingerprint ->> 'ein' is not distinct from ${fingerprint.ein}
            and exists (select from connectors p where p.company_id = n.company_id
              and lower(p.file) = lower(${file}))))
        order by n.file_id = ${fingerprint.fileId} desc nulls last, c.created_at limit 1`,
    ),
  );
  return other?.name ?? null;
};

/** The file of this session is the right one, and its path on this PC is known. False when the session is over. */
export const acceptFile = (
  pool: Pool,
  { companyId, sessionId }: { companyId: string; sessionId: string },
  seen: SeenFile,
): Promise<boolean> =>
  inCompany(pool, companyId, async (tx) => {
    await lockConnection(tx, companyId);
    const judged = await maybeOne(
      tx,
      z.object({ connectorId: z.string() }),
      sql`/* judgeSession */ update desktop_sessions set judged_at = coalesce(judged_at, now())
        where company_id = ${companyId} and id = ${sessionId} and state = 'open'
        returning connector_id as "connectorId"`,
    );
    if (judged === null) return false;
    await run(
      tx,
      sql`/* bindPath */ update connectors set file = ${seen.file}, host = coalesce(${seen.host}, host)
        where company_id = ${companyId} and id = ${judged.connectorId}`,
    );
    await run(
      tx,
      // What a person reads of the books follows the file: it is renamed, moved, opened by a newer program.
      sql`/* bindFile */ update connections set fingerprint = ${JSON.stringify(seen.fingerprint)},
          books = books || jsonb_strip_nulls(jsonb_build_object('name', ${seen.fingerprint.companyName}::text,
            'file', ${seen.file}::text, 'edition', ${seen.edition}::text)),
          restored_at = case when ${seen.wasRestored} then now()
            when ${seen.isOlder} then coalesce(restored_at, now()) else restored_at end
        where company_id = ${companyId}`,
    );
    return true;
  });

import type { Pool } from "pg";
import { z } from "zod";

import { Batch, batchColumns } from "./batches.ts";
import { Company, companyColumns } from "./companies.ts";
import { Connection, connectionColumns } from "./connections.ts";
import { Connector, connectorColumns } from "./connectors.ts";
import { lastSessionsOf, type LastSession } from "./company-files.ts";
import { KindColumn } from "./kind-column.ts";
import type { KindCount } from "./records.ts";
import { many, sql, type Queryable } from "./sql.ts";
import { readAsSystem, readInCompany } from "./transactions.ts";

/** What stands beside a company when people look at it. */
export interface Overview {
  connection: Connection | null;
  /** The batch that runs, else the one that is next. */
  openBatch: Batch | null;
  /** The newest batch that has ended. */
  lastBatch: Batch | null;
  /** How many things wait for a person. */
  attention: number;
  /** Desktop: the PCs, oldest first, revoked ones too. */
  connectors: Connector[];
  /** Desktop: the newest login of any of them that found something out. */
  session: LastSession | null;
}

const ConnectionOf = Connection.extend({ companyId: z.string() });
const AttentionOf = z.object({ companyId: z.string(), count: z.number() });
const CountOf = z.object({
  companyId: z.string(),
  kind: KindColumn,
  present: z.number(),
  deleted: z.number(),
});

/** The overviews of some companies that the caller may see: six statements, however many they are. */
export async function overviewsOf(
  tx: Queryable,
  companyIds: readonly string[],
): Promise<Map<string, Overview>> {
  const [connections, open, last, attention, connectors, sessions] = await Promise.all([
    many(
      tx,
      ConnectionOf,
      sql`/* connectionsOf */ select company_id as "companyId", ${connectionColumns}
        from connections where company_id = any(${companyIds}::uuid[])`,
    ).then(byCompany),
    many(
      tx,
      Batch,
      sql`/* openBatchesOf */ select distinct on (company_id) ${batchColumns} from batches
        where company_id = any(${companyIds}::uuid[]) and status in ('queued', 'running')
        order by company_id, batches.status desc, batches.position`,
    ).then(byCompany),
    many(
      tx,
      Batch,
      sql`/* lastBatchesOf */ select b.* from unnest(${companyIds}::uuid[]) as wanted(id)
        cross join lateral (select ${batchColumns} from batches
          where company_id = wanted.id and status in ('succeeded', 'failed', 'cancelled')
          order by position desc limit 1) b`,
    ).then(byCompany),
    many(
      tx,
      AttentionOf,
      sql`/* attentionOf */ select company_id as "companyId", count(*) as count from attention
        where company_id = any(${companyIds}::uuid[]) and resolved_at is null group by company_id`,
    ).then(byCompany),
    many(
      tx,
      Connector,
      sql`/* connectorsOf */ select ${connectorColumns} from connectors c
        where company_id = any(${companyIds}::uuid[]) order by c.created_at, c.id`,
    ),
    lastSessionsOf(tx, companyIds).then(byCompany),
  ]);
  return new Map(
    companyIds.map((id) => [
      id,
      {
        connection: connections.get(id) ?? null,
        openBatch: open.get(id) ?? null,
        lastBatch: last.get(id) ?? null,
        attention: attention.get(id)?.count ?? 0,
        connectors: connectors.filter((connector) => connector.companyId === id),
        session: sessions.get(id) ?? null,
      },
    ]),
  );
}

/** Some companies that the caller may see. */
export const companiesOf = async (
  tx: Queryable,
  companyIds: readonly string[],
): Promise<Map<string, Company>> => {
  const rows = await many(
    tx,
    Company,
    sql`/* companiesOf */ select ${companyColumns} from companies where id = any(${companyIds}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.id, row]));
};

/** The kept counts of some companies that the caller may see. */
export async function countsOfCompanies(
  tx: Queryable,
  companyIds: readonly string[],
): Promise<Map<string, KindCount[]>> {
  const rows = await many(
    tx,
    CountOf,
    sql`/* countsOfCompanies */ select company_id as "companyId", kind,
        sum(present)::bigint as present, sum(deleted)::bigint as deleted
      from record_counts where company_id = any(${companyIds}::uuid[]) group by company_id, kind`,
  );
  const counts = new Map<string, KindCount[]>(companyIds.map((id) => [id, []]));
  for (const { companyId, ...count } of rows) counts.get(companyId)?.push(count);
  return counts;
}

/** One company is read inside its own walls; a page of them as the system, by the ids named. */
export const readAmong = <T>(
  pool: Pool,
  companyIds: readonly string[],
  read: (tx: Queryable) => Promise<T>,
): Promise<T> => {
  const [only, ...more] = companyIds;
  return only !== undefined && more.length === 0
    ? readInCompany(pool, only, read)
    : readAsSystem(pool, read);
};

const byCompany = <T extends { companyId: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.companyId, row]));

import type { PoolClient } from "pg";
import { describe, expect, test } from "vitest";

import { FaultError } from "../../core/faults.ts";
import { commitPage } from "../../db/pages.ts";
import { inCompany } from "../../db/transactions.ts";
import { aBatch, aRecord, pageOf, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

interface OwnedTable {
  name: string;
  /** The column that says whose row it is. */
  owner: string;
}

/** Every table that holds rows of a company, as PostgreSQL's catalog has it; partitions are reached through their parent. */
async function ownedTables(): Promise<(OwnedTable & { isWalled: boolean; isOpen: boolean })[]> {
  const { rows } = await database.pool.query<OwnedTable & { isWalled: boolean; isOpen: boolean }>(
    `select c.relname as name, a.attname as owner, c.relrowsecurity as "isWalled",
        has_table_privilege('evenbooks_app', c.oid, 'select, insert, update, delete') as "isOpen"
      from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition
        and (a.attname = 'company_id' or (c.relname = 'companies' and a.attname = 'id'))
      order by c.relname`,
  );
  return rows;
}

/** Runs `work` with the role of a company's transaction, but without saying which company. */
async function forgettingTheCompany<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query("begin; set local role evenbooks_app");
    return await work(client);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** A company with a row in every table of its own. */
async function furnishedCompany(): Promise<string> {
  const lease = await aBatch(database.pool);
  const { companyId, batchId } = lease;
  await store(database.pool, lease, { records: [aRecord()] });
  const furniture = [
    `insert into connections (company_id, realm_id, credentials, key_id, access_expires_at)
      values ('${companyId}', '${companyId}', '\\x00', 'k', now())`,
    `insert into request_pace (company_id) values ('${companyId}')`,
    `insert into metered_calls (client_id, month, company_id) values ('c', '2026-01-01', '${companyId}')`,
    `insert into batch_samples (company_id, batch_id, done) values ('${companyId}', '${batchId}', 1)`,
    `insert into step_sums (company_id, batch_id, name, kind, currency, told, told_records)
      values ('${companyId}', '${batchId}', 'invoice', 'invoice', '', 1, 1)`,
    `insert into attention (company_id, key, cause, message, next_step)
      values ('${companyId}', 'k', 'c', 'm', 'n')`,
    `with c as (insert into connectors (company_id, name, username, password_salt, password_hash)
        values ('${companyId}', 'n', '${companyId}', '', '') returning id),
      s as (insert into desktop_sessions (company_id, connector_id, ticket_hash, expires_at)
        select '${companyId}', id, uuid_send(id), now() from c returning id)
      insert into desktop_exchanges (company_id, session_id, request)
        select '${companyId}', id, 'r' from s`,
    ...["applied_amounts", "applications"].map(
      (
        table,
      ) => `insert into ${table} (company_id, to_kind, to_id, said_by_kind, said_by_id, from_kind,
          from_id, role, amount)
        values ('${companyId}', 'invoice', '1', 'payment', '2', 'payment', '2', 'payment', 1)`,
    ),
    `insert into unsettled_documents (company_id, kind, quickbooks_id)
      values ('${companyId}', 'invoice', '2')`,
    `insert into change_counters (company_id, position) values ('${companyId}', 1)`,
    `insert into changes (company_id, position, batch_id, to_kind, to_id, said_by_kind, said_by_id,
        from_kind, from_id, role)
      values ('${companyId}', 1, '${companyId}', 'invoice', '1', 'payment', '2', 'payment', '2', 'payment')`,
    `insert into reconciliation_lines (company_id, batch_id, position, subject)
      select '${companyId}', id, 0, 'count' from batches where company_id = '${companyId}' limit 1`,
    `insert into reapplied_documents (company_id, batch_id, kind, quickbooks_id, state, applied_before,
        applied_after, moves)
      select '${companyId}', id, 'invoice', '1', 'planned', 0, 0, '[]' from batches
        where company_id = '${companyId}' limit 1`,
    `insert into wakes (company_id) values ('${companyId}')`,
  ];
  for (const statement of furniture) await database.pool.query(statement);
  return companyId;
}

describe("row-level security", () => {
  test("stands around every table with rows of a company", async () => {
    const tables = await ownedTables();
    expect(tables.map(({ name }) => name)).toContain("records");
    // A table that a company's transaction cannot reach at all needs no wall.
    const unwalled = tables.filter(({ isOpen, isWalled }) => isOpen && !isWalled);
    expect(unwalled).toEqual([]);
  });

  test("leaves no door beside the partitioned table", async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relispartition and relkind = 'r'
        and has_table_privilege('evenbooks_app', oid, 'select, insert, update, delete')`,
    );
    expect(rows).toEqual([]);
  });

  test("shows nothing to a connection that forgets the company, and lets it write nothing", async () => {
    const companyId = await furnishedCompany();
    for (const { name, owner, isOpen } of await ownedTables()) {
      if (!isOpen) continue;
      const seen = await forgettingTheCompany((tx) => tx.query(`select from ${name}`));
      expect(seen.rowCount, `select from ${name}`).toBe(0);
      const touched = await forgettingTheCompany((tx) =>
        tx.query(`update ${name} set ${owner} = ${owner}`),
      );
      expect(touched.rowCount, `update ${name}`).toBe(0);
      const removed = await forgettingTheCompany((tx) => tx.query(`delete from ${name}`));
      expect(removed.rowCount, `delete from ${name}`).toBe(0);
      const copied = forgettingTheCompany((tx) =>
        // What else a row needs is asked only after its company was.
        tx.query(`insert into ${name} (${owner}) values ($1)`, [companyId]),
      );
      await expect(copied, `insert into ${name}`).rejects.toThrow("row-level security");
    }
  });

  test("keeps a company's transaction from another's rows in every table", async () => {
    const mine = await furnishedCompany();
    const theirs = await furnishedCompany();
    for (const { name, owner, isOpen } of await ownedTables()) {
      if (!isOpen) continue;
      const rows = await database.pool.query(`select from ${name} where ${owner} = $1`, [theirs]);
      expect(rows.rowCount, `the test furnishes ${name}`).toBeGreaterThan(0);
      await inCompany(database.pool, mine, async (tx) => {
        const owners = await tx.query<{ owner: string }>(`select ${owner} as owner from ${name}`);
        expect(new Set(owners.rows.map((row) => row.owner)), name).toEqual(new Set([mine]));
        const touched = await tx.query(
          `update ${name} set ${owner} = ${owner} where ${owner} = $1`,
          [theirs],
        );
        expect(touched.rowCount, `update ${name}`).toBe(0);
        const removed = await tx.query(`delete from ${name} where ${owner} = $1`, [theirs]);
        expect(removed.rowCount, `delete from ${name}`).toBe(0);
      });
      const given = inCompany(database.pool, mine, (tx) =>
        tx.query(`update ${name} set ${owner} = $1`, [theirs]),
      );
      await expect(given, `${name} given away`).rejects.toThrow("row-level security");
    }
  });

  test("keeps a merge to its own company, whatever ids the page brings", async () => {
    const mine = await aBatch(database.pool);
    const theirs = await aBatch(database.pool);
    const old = aRecord({ payload: Buffer.from("theirs") });
    await store(database.pool, theirs, { records: [old] });
    await store(database.pool, mine, {
      records: [
        aRecord({ modifiedAt: "2025-01-01T00:00:00Z", version: "9", payload: Buffer.from("mine") }),
      ],
      deletions: [{ kind: "invoice", quickbooksId: "1", deletedAt: "2026-01-01T00:00:00Z" }],
    });
    const { rows } = await database.pool.query(
      "select payload, deleted_at from records where company_id = $1",
      [theirs.companyId],
    );
    expect(rows).toEqual([{ payload: "theirs", deleted_at: null }]);
  });

  test("refuses a page under another company's batch", async () => {
    const mine = await aBatch(database.pool);
    const theirs = await aBatch(database.pool);
    const forged = { ...theirs, companyId: mine.companyId };
    const storing = commitPage(database.pool, pageOf(forged, { records: [aRecord()] }));
    await expect(storing).rejects.toThrow(FaultError);
    const { rowCount } = await database.pool.query(
      "select from records where company_id = any($1::uuid[])",
      [[mine.companyId, theirs.companyId]],
    );
    expect(rowCount).toBe(0);
  });

  test("is not outlived by what a connection staged for another company", async () => {
    const mine = await aBatch(database.pool);
    const theirs = await aBatch(database.pool);
    const rows = (from: number) =>
      Array.from({ length: 50 }, (_, index) => aRecord({ quickbooksId: String(from + index) }));
    const moved = pageOf(mine, { records: rows(1) }, { from: { at: "elsewhere" } });
    // Refused after its rows were staged, on whichever connection; then every connection stores for the other.
    await Promise.allSettled(Array.from({ length: 10 }, () => commitPage(database.pool, moved)));
    for (let part = 0; part < 10; part++) {
      await store(database.pool, theirs, { records: rows(1_000) });
    }
    const held = await database.pool.query<{ company: string; rows: number }>(
      `select company_id as company, count(*)::int as rows from records
        where company_id = any($1::uuid[]) group by 1`,
      [[mine.companyId, theirs.companyId]],
    );
    expect(held.rows).toEqual([{ company: theirs.companyId, rows: 50 }]);
  });
});

import { expect, test } from "vitest";

import { createCompany } from "../../db/companies.ts";
import { buryOldFile, startNewFile } from "../../db/company-files.ts";
import { addConnector } from "../../db/connectors.ts";
import { countsOf } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

/** More than a person waits for. */
const HELD = 60_123;
const MARKED_AT_ONCE = 50_000;

const database = withPool();

/** A company of so many records whose PC had another file open in the place of its own. */
async function aReplacedFile(): Promise<string> {
  const { pool } = database;
  const { id } = await createCompany(pool, { name: "Larry's", edition: "desktop" });
  const fileId = `{${id}}`;
  const { connector } = await addConnector(pool, { companyId: id, name: "Main PC", fileId });
  await pool.query(
    `insert into desktop_sessions (company_id, connector_id, ticket_hash, state, expires_at, ended_at,
        ended_by, file)
      values ($1, $2, sha256(gen_random_uuid()::text::bytea), 'ended', now(), now(), '{"kind": "file-replaced"}', 'C:\\B.qbw')`,
    [id, connector.id],
  );
  await pool.query(
    `insert into records (company_id, kind, quickbooks_id, version, modified_at, payload)
      select $1, case when n % 3 = 0 then 'customer' else 'invoice' end, n || '-1700000000',
        '1700000000', now(), '' from generate_series(1, $2::int) n`,
    [id, HELD],
  );
  await pool.query(
    `insert into record_counts (company_id, kind, slot, present, deleted)
      select company_id, kind, 1, count(*), 0 from records where company_id = $1
      group by company_id, kind`,
    [id],
  );
  await pool.query(
    `insert into applied_amounts (company_id, to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id,
        role, amount)
      values ($1, 'invoice', '7-1700000000', 'invoice', '7-1700000000', 'payment', '1', 'payment', 10)`,
    [id],
  );
  return id;
}

const presentIn = async (companyId: string): Promise<number> => {
  const { kept, real } = await countsOf(database.pool, companyId);
  expect(kept).toEqual(real);
  return real.reduce((sum, { present }) => sum + present, 0);
};

test("very many records of a file that was replaced are marked as deleted in pieces, once, and nothing of the new file is", async () => {
  const { pool } = database;
  const companyId = await aReplacedFile();
  expect(await startNewFile(pool, companyId)).toEqual({ is: "done", cancelledRunning: [] });
  expect(await presentIn(companyId)).toBe(HELD - MARKED_AT_ONCE);
  // Whoever works for the company next goes on where the first one stopped; two of them are in nobody's way.
  await Promise.all([buryOldFile(pool, companyId), buryOldFile(pool, companyId)]);
  expect(await presentIn(companyId)).toBe(0);
  // What was applied among them says nothing any more, and is to be settled.
  const { rows } = await pool.query(
    `select (select count(*)::int from applied_amounts where company_id = $1) as said,
        (select count(*)::int from unsettled_documents where company_id = $1) as "toSettle"`,
    [companyId],
  );
  expect(rows).toEqual([{ said: 0, toSettle: HELD - Math.floor(HELD / 3) }]);

  await pool.query(
    `insert into records (company_id, kind, quickbooks_id, version, modified_at, payload)
      values ($1, 'customer', 'new', '1', now(), '')`,
    [companyId],
  );
  await pool.query(
    "update record_counts set present = present + 1 where company_id = $1 and kind = 'customer' and slot = 1",
    [companyId],
  );
  await buryOldFile(pool, companyId);
  expect((await startNewFile(pool, companyId)).is).toBe("done-before");
  expect(await presentIn(companyId)).toBe(1);
}, 60_000);

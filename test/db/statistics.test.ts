import { expect, test } from "vitest";
import { z } from "zod";

import { dueOf } from "../../db/applications.ts";
import { learnOf } from "../../db/statistics.ts";
import { one, sql } from "../../db/sql.ts";
import { inCompany } from "../../db/transactions.ts";
import { aBatch, aRecord, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool(2);

const INVOICES = 4_000;
/** From the root of an index to a leaf and on to the row, with some to spare. */
const PAGES_A_RECORD_MAX = 8;

const Explained = z.object({
  "QUERY PLAN": z.tuple([z.object({ Plan: z.object({ "Shared Hit Blocks": z.number() }) })]),
});

test("what a first sync has stored is looked up record by record in a few pages each, as soon as it is stored", async () => {
  const lease = await aBatch(database.pool);
  // Ids as QuickBooks Desktop gives them: long ones make the index of times look like the better one.
  const ids = Array.from({ length: INVOICES }, (_, index) => `${index.toString(16)}-1236889264`);
  const records = ids.map((quickbooksId) => aRecord({ kind: "invoice", quickbooksId }));
  await store(database.pool, lease, { records });

  await learnOf(database.pool, lease);

  const documents = ids.map((quickbooksId) => ({ kind: "invoice" as const, quickbooksId }));
  const { "QUERY PLAN": plan } = await inCompany(database.pool, lease.companyId, (tx) =>
    one(
      tx,
      Explained,
      sql`explain (analyze, buffers, format json)
        select count(is_held) from (${dueOf(lease.companyId, documents)}) due`,
    ),
  );
  expect(plan[0].Plan["Shared Hit Blocks"]).toBeLessThan(INVOICES * PAGES_A_RECORD_MAX);
});

import { describe, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import { countRecords } from "../../db/records.ts";
import { findCompany } from "../../db/companies.ts";
import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

describe("an initial sync", () => {
  const stage = withStage();

  test("brings every record of a company, once, and proves it", async () => {
    await stage.worker();
    const realmId = await stage.simulator.company({ records: 5_000 });
    const companyId = await connectedCompany(stage, realmId);

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    const rows = await expectEqualBooks(stage, companyId, realmId);
    const counts = await countRecords(stage.pool, companyId);
    expect(counts.reduce((sum, count) => sum + count.present, 0)).toBe(rows);
    expect((await findCompany(stage.pool, companyId))?.workableAt).not.toBeNull();
  });

  test("with a date of history leaves older transactions out, open documents excepted, and counts both sides alike", async () => {
    const realmId = await stage.simulator.company({ records: 5_000 });
    const companyId = await connectedCompany(stage, realmId);
    const historyFrom = "2025-01-01";

    const batchId = await startInitialSync(stage, companyId, historyFrom);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    const truth = (await stage.simulator.truth(realmId, "Invoice")) as unknown as {
      Id: string;
      TxnDate: string;
      Balance: number | string;
    }[];
    const wanted = truth
      .filter((row) => row.TxnDate >= historyFrom || Number(row.Balance) > 0)
      .map((row) => row.Id);
    const held = await stage.pool.query<{ id: string }>(
      `select quickbooks_id as id from records where company_id = $1 and kind = 'invoice'`,
      [companyId],
    );
    expect(wanted.length).toBeLessThan(truth.length);
    expect(held.rows.map((row) => row.id).sort()).toEqual(wanted.sort());
    expect(await listAttention(stage.pool, companyId, { first: 50, after: null })).toEqual([]);
    await expectEqualBooks(stage, companyId, realmId, ["customer", "item", "account"]);
  });

  test("an empty company is done at once", async () => {
    const realmId = await stage.simulator.company({ records: 0 });
    const companyId = await connectedCompany(stage, realmId);

    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
  });
});

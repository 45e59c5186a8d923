import { describe, expect, test } from "vitest";

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
});

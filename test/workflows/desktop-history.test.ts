import { beforeAll, describe, expect, test } from "vitest";

import { sumsAgree, sumsOf } from "../../db/step-sums.ts";
import { inCompany } from "../../db/transactions.ts";
import { expectEqualFile, metCompany, withDoor } from "../support/desktop.ts";
import { isOver, startInitialSync, untilBatch, withStage } from "../support/sync.ts";
import { wishBatch } from "../support/wishes.ts";

describe("the history of a company file", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  test("comes in month by month after an initial sync of the last ones, and its amounts agree", async () => {
    const company = await metCompany(stage, door, { records: 1_500 });
    const { companyId } = company;
    const initial = await startInitialSync(stage, companyId, "2026-06-15");
    const first = await untilBatch(stage, companyId, initial, isOver);
    expect(first).toMatchObject({ status: "succeeded", failure: null });
    const held = async (): Promise<number> => {
      const { rows } = await stage.pool.query<{ count: number }>(
        "select count(*)::int as count from records where company_id = $1 and deleted_at is null",
        [companyId],
      );
      return rows[0]?.count ?? 0;
    };
    const before = await held();

    const batch = await wishBatch(stage, {
      companyId,
      kind: "historical",
      historyFrom: "1998-01-01",
    });
    const over = await untilBatch(stage, companyId, batch.id, isOver);
    expect(over).toMatchObject({ status: "succeeded", failure: null });
    expect(await expectEqualFile(stage, company)).toBeGreaterThan(before);

    const sums = await inCompany(stage.pool, companyId, (tx) => sumsOf(tx, companyId, batch.id));
    expect(sums.length).toBeGreaterThan(10);
    expect(sums.filter((sum) => sumsAgree(sum) !== true)).toEqual([]);
    const { rows: attention } = await stage.pool.query(
      "select cause from attention where company_id = $1 and resolved_at is null",
      [companyId],
    );
    expect(attention).toEqual([]);
  }, 180_000);
});

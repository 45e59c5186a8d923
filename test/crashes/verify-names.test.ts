import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { reconciliationOf } from "../../db/reconciliations.ts";
import {
  freezeAt,
  prepareRun,
  startRun,
  untilOver,
  victimOn,
  type Point,
} from "../support/crashes.ts";
import { expectEqualBooks, isOver, untilBatch, withStage } from "../support/sync.ts";
import { wishBatch } from "../support/wishes.ts";

const COMPANY = { records: 300 };
const WHERE = ["before", "after"] as const;
const TIMEOUT_MS = 180_000;

describe("a worker killed before and after the commit that names a record that differs", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;
  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  test(
    "leaves it named once, and healed",
    async () => {
      const prepared = [await prepareRun(stage, COMPANY), await prepareRun(stage, COMPANY)];
      await victim.start();
      const runs = await Promise.all(prepared.map((each) => startRun(stage, each)));
      for (const run of runs) await untilOver(stage, run);
      const lost = await Promise.all(
        runs.map(async ({ companyId }) => {
          const { rows } = await stage.pool.query<{ id: string }>(
            `delete from records where (company_id, kind, quickbooks_id) = (
                select company_id, kind, quickbooks_id from records where company_id = $1
                  and kind = 'customer' and deleted_at is null order by quickbooks_id limit 1)
              returning quickbooks_id as id`,
            [companyId],
          );
          return rows[0]?.id;
        }),
      );
      const frozen = runs.map(({ companyId }, index) => {
        const point: Point = { boundary: 1, where: WHERE[index] ?? "before" };
        return freezeAt(companyId, point, ({ names }) => names.includes("nameDiffering"));
      });
      victim.proxy.before = (commit) =>
        frozen.some((each) => each.decideBefore(commit) === "hold") ? "hold" : "pass";
      victim.proxy.after = (commit) =>
        frozen.some((each) => each.decideAfter(commit) === "hold") ? "hold" : "pass";
      const batches = await Promise.all(
        runs.map(({ companyId }) => wishBatch(stage, { companyId, kind: "verify" })),
      );
      await Promise.all(frozen.map(({ reached }) => reached));
      victim.kill();
      await victim.start();

      for (const [index, { companyId, realmId }] of runs.entries()) {
        const batchId = batches[index]?.id ?? "";
        expect(await untilBatch(stage, companyId, batchId, isOver)).toMatchObject({
          status: "succeeded",
        });
        const lines = await reconciliationOf(stage.pool, { companyId, batchId });
        const named = lines.filter(({ quickbooksId }) => quickbooksId !== null);
        expect(named.map(({ kind, quickbooksId, agrees }) => [kind, quickbooksId, agrees])).toEqual(
          [["customer", lost[index], false]],
        );
        await expectEqualBooks(stage, companyId, realmId);
      }
    },
    TIMEOUT_MS,
  );
});

import { beforeAll, describe, expect, test } from "vitest";

import { compareDecimals } from "../../core/money.ts";
import { findBatch, type Batch } from "../../db/batches.ts";
import { listPlan, type PlanRow } from "../../db/payment-plans.ts";
import type { WantedReapplication } from "../../db/reapplication-words.ts";
import {
  expectAddsUp,
  expectEqualApplications,
  expectFeedReplays,
} from "../support/applications.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { withDoor } from "../support/desktop.ts";
import {
  connectedCompany,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishReapply } from "../support/wishes.ts";

const SEED = 20_261;
const RECORDS = 2_000;
const EDITS = 60;
const TIMEOUT_MS = 240_000;

describe("payments that are applied anew", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  async function want(companyId: string, over: Partial<WantedReapplication>): Promise<string> {
    const batch = await wishReapply(stage, companyId, over);
    return batch.id;
  }

  const planOf = (companyId: string, batchId: string): Promise<PlanRow[]> =>
    listPlan(stage.pool, { companyId, batchId }, { first: 500, after: null });

  const changesOf = async (companyId: string): Promise<number> => {
    const { rows } = await stage.pool.query<{ count: number }>(
      "select count(*)::int as count from changes where company_id = $1",
      [companyId],
    );
    return rows[0]?.count ?? 0;
  };

  /** The plan is proven: nothing stopped, and what is applied afterwards is what QuickBooks says. */
  function expectProven({ result }: Batch): void {
    expect(result).toMatchObject({ stopped: 0 });
    expect(compareDecimals(result?.appliedAfter ?? "", result?.mustBeApplied ?? "")).toBe(0);
  }

  test(
    "of QuickBooks Online: a preview plans and swaps nothing, the swap makes it equal, and a second one writes nothing",
    async () => {
      const realmId = await stage.simulator.company({ records: RECORDS, seed: SEED });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const run = async (over: Partial<WantedReapplication>): Promise<Batch> => {
        const batch = await untilBatch(stage, companyId, await want(companyId, over), isOver);
        expect(batch).toMatchObject({ status: "succeeded", failure: null });
        return batch;
      };
      const books = { realm: realmId };
      const before = await changesOf(companyId);
      const changes = [{ op: "random", seed: SEED, edits: EDITS }];
      await stage.simulator.post("changes", { realm: realmId, changes });

      const preview = await run({ preview: true });
      expectProven(preview);
      const planned = await planOf(companyId, preview.id);
      expect(planned.length).toBeGreaterThan(5);
      expect(new Set(planned.map(({ state }) => state))).toEqual(new Set(["planned"]));
      for (const { moves } of planned) {
        for (const { why, before: from, after: to } of moves) {
          expect(why).not.toBe("");
          expect(from === null && to === null).toBe(false);
        }
      }
      expect(await changesOf(companyId)).toBe(before);

      const swap = await run({});
      expectProven(swap);
      expect(new Set((await planOf(companyId, swap.id)).map(({ state }) => state))).toEqual(
        new Set(["swapped"]),
      );
      await expectEqualApplications(stage, companyId, books);
      await expectAddsUp(stage, companyId);
      await expectFeedReplays(stage, companyId);
      const after = await changesOf(companyId);
      expect(after).toBeGreaterThan(before);

      const { rows } = await stage.pool.query<{ bill: string; payment: string }>(
        `select to_id as bill, from_id as payment from applications
          where company_id = $1 and to_kind = 'bill' and role = 'payment' order by to_id limit 2`,
        [companyId],
      );
      const [one, other] = rows;
      if (one === undefined || other === undefined) throw new Error("no bill is paid");
      // No listing shows what was deleted.
      const deletions = [
        { op: "delete", entity: "Bill", id: one.bill },
        { op: "delete", entity: "BillPayment", id: other.payment },
      ];
      await stage.simulator.post("changes", { realm: realmId, changes: deletions });
      await run({});
      await expectEqualApplications(stage, companyId, books);
      const whole = await changesOf(companyId);
      expect(whole).toBeGreaterThan(after);

      const again = await run({});
      expect(again.result).toMatchObject({ differing: 0, moves: 0 });
      expect(await changesOf(companyId)).toBe(whole);
    },
    TIMEOUT_MS,
  );

  test(
    "of a company file: credits that nobody was told of are found",
    async () => {
      const company = await quietCompany(stage, door, { records: RECORDS, seed: SEED });
      const { companyId, file } = company;
      const first = await startDesktopRun(stage, company);
      await poll(company);
      await untilOver(stage, first);
      const changes = [{ do: "random", seed: SEED, edits: EDITS }];
      await company.order("changes", { file, changes });
      // Back to the first transaction: a payment does not modify its invoice here.
      const batchId = await want(companyId, { from: "2000-01-01", by: "dated" });
      await poll(company);
      expect(await untilOver(stage, { company, batchId })).toMatchObject({
        status: "succeeded",
        failure: null,
      });
      const batch = await findBatch(stage.pool, companyId, batchId);
      if (batch === null) throw new Error("no such batch");
      expectProven(batch);
      await expectEqualApplications(stage, companyId, { file });
      await expectAddsUp(stage, companyId);
    },
    TIMEOUT_MS,
  );
});

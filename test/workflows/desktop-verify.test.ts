import { beforeAll, describe, expect, test } from "vitest";

import { reconciliationOf, type ReconciliationLine } from "../../db/reconciliations.ts";
import { differing, expectNamed, expectOpenAgrees, slip } from "../support/comparisons.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { expectEqualFile, withDoor } from "../support/desktop.ts";
import { withStage } from "../support/sync.ts";
import { wishBatch } from "../support/wishes.ts";

const TIMEOUT_MS = 180_000;

describe("a comparison with QuickBooks", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  test(
    "of a company file agrees to the cent with QuickBooks' own reports, and says what they have and documents do not",
    async () => {
      const company = await quietCompany(stage, door, { records: 400, seed: 7 });
      const { companyId, file } = company;
      const over = async (batchId: string): Promise<void> => {
        await poll(company);
        const batch = await untilOver(stage, { company, batchId });
        expect(batch).toMatchObject({ status: "succeeded", failure: null });
      };
      const comparedNow = async (): Promise<ReconciliationLine[]> => {
        const { id: batchId } = await wishBatch(stage, { companyId, kind: "verify" });
        await over(batchId);
        return reconciliationOf(stage.pool, { companyId, batchId });
      };
      await over((await startDesktopRun(stage, company)).batchId);
      const lines = await comparedNow();
      expect(differing(lines)).toEqual([]);
      expect(lines.filter(({ subject }) => subject === "sample").length).toBeGreaterThan(5);
      expectOpenAgrees(lines);

      const slips = {
        invoice: await slip(stage, { companyId, kind: "invoice" }),
        customer: await slip(stage, { companyId, kind: "customer" }),
      };
      const found = await comparedNow();
      expectNamed(found, "invoice", slips.invoice);
      expectNamed(found, "customer", slips.customer);
      expect(differing(await comparedNow())).toEqual([]);
      await expectEqualFile(stage, company);

      const { rows: paid } = await stage.pool.query<{ id: string }>(
        `select to_id as id from applications where company_id = $1 and to_kind = 'bill'
          and from_kind = 'bill_payment' order by to_id limit 1`,
        [companyId],
      );
      await company.order("changes", {
        file,
        changes: [{ do: "delete", kind: "Bill", id: paid[0]?.id }],
      });
      // What the payment put on it waits to be applied now; it has no balance that says so.
      expectOpenAgrees(await comparedNow());

      const { rows } = await stage.pool.query<{ id: string }>(
        "select quickbooks_id as id from records where company_id = $1 and kind = 'vendor' limit 1",
        [companyId],
      );
      const party = { kind: "Vendor", id: rows[0]?.id };
      await company.order("changes", {
        file,
        changes: [{ do: "journal-credit", party, cents: 1_000 }],
      });
      const credited = (await comparedNow()).filter(({ subject }) => /payables/.test(subject));
      for (const { agrees, ours, theirs, note } of credited) {
        expect(agrees).toBe(false);
        expect(Number(ours) - Number(theirs)).toBeCloseTo(10);
        expect(note).toContain("journal entries");
      }
    },
    TIMEOUT_MS,
  );
});

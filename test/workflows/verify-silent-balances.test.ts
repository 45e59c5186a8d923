import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { reconciliationOf } from "../../db/reconciliations.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { withDoor } from "../support/desktop.ts";
import { withStage } from "../support/sync.ts";
import { wishBatch, wishSync } from "../support/wishes.ts";

const TIMEOUT_MS = 120_000;
/** So few that every customer is in the sample. */
const RECORDS = 400;

const Records = z.array(z.object({ id: z.string() })).min(1);

describe("a comparison with QuickBooks Desktop", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  test(
    "takes what customers and accounts come to meanwhile, and calls it no difference",
    async () => {
      const company = await quietCompany(stage, door, { records: RECORDS });
      const { companyId, file, order } = company;
      const over = async (batchId: string): Promise<void> => {
        await poll(company);
        expect(await untilOver(stage, { company, batchId })).toMatchObject({ status: "succeeded" });
      };
      await over((await startDesktopRun(stage, company)).batchId);

      const query = new URLSearchParams({ file, kind: "Customer" });
      const records = await fetch(`${stage.simulator.url}/_simulator/desktop/records?${query}`);
      const party = Records.parse(await records.json())[0]?.id;
      const balance = async (): Promise<string | undefined> => {
        const { rows } = await stage.pool.query<{ balance: string }>(
          `select balance::text from records
            where company_id = $1 and kind = 'customer' and quickbooks_id = $2`,
          [companyId, party],
        );
        return rows[0]?.balance;
      };
      const before = await balance();
      const draft = { party, totalCents: 1_000 };
      await order("changes", { file, changes: [{ do: "create", kind: "ReceivePayment", draft }] });
      await over((await wishSync(stage, companyId)).id);
      // The customer's own record did not move: nobody told.
      expect(await balance()).toBe(before);

      const { id: batchId } = await wishBatch(stage, { companyId, kind: "verify" });
      await over(batchId);
      const compared = await reconciliationOf(stage.pool, { companyId, batchId });
      expect(compared.filter(({ agrees }) => agrees === false)).toEqual([]);
      expect(await balance()).not.toBe(before);
    },
    TIMEOUT_MS,
  );
});

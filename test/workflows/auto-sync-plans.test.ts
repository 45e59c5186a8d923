import { beforeAll, describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

const stage = withStage();
beforeAll(() => stage.worker(), 60_000);

interface Company {
  companyId: string;
  realmId: string;
  /** Its initial sync. */
  initial: string;
}

async function syncedCompany(without: string[] = []): Promise<Company> {
  const realmId = await stage.simulator.company({ records: 300, without });
  const companyId = await connectedCompany(stage, realmId);
  const initial = await startInitialSync(stage, companyId);
  await untilBatch(stage, companyId, initial, isOver);
  return { companyId, realmId, initial };
}

/** An AutoSync, which ends well; answers its id. */
async function runOnce({ companyId }: Company, everything: boolean): Promise<string> {
  const batch = await wishSync(stage, companyId, everything);
  await untilBatch(stage, companyId, batch.id, isOver);
  expect(await findBatch(stage.pool, companyId, batch.id)).toMatchObject({
    status: "succeeded",
    failure: null,
  });
  return batch.id;
}

const change = ({ realmId }: Company, ...changes: object[]) =>
  stage.simulator.post("changes", { realm: realmId, changes });

const stepsOf = ({ companyId }: Company, batchId: string) =>
  inCompany(stage.pool, companyId, (tx) => summarizeSteps(tx, companyId, batchId));

/** QuickBooks refuses from now on whoever asks for inventory adjustments. */
async function withdraw({ realmId }: Company): Promise<void> {
  for (const path of ["cdc", "query"]) {
    await stage.simulator.post("faults", {
      kind: "any-fault",
      status: 400,
      code: "5030",
      times: -1,
      match: { realm: realmId, path, entity: "inventoryadjustment" },
    });
  }
}

describe("inventory adjustments, which need another plan,", () => {
  test("are not available in the initial sync, and no AutoSync asks for them or fails", async () => {
    const company = await syncedCompany(["InventoryAdjustment"]);
    const { companyId, realmId, initial } = company;
    const missing = (await stepsOf(company, initial)).find(
      ({ name }) => name === "inventory_adjustment",
    );
    expect(missing).toMatchObject({ status: "succeeded", total: 0 });
    expect(missing?.unavailable?.message).toContain("inventory adjustment");

    await withdraw(company);
    await change(company, { op: "update", entity: "Invoice", count: 3 });
    const before = await stage.simulator.calls(realmId);
    const batchId = await runOnce(company, true);
    await expectEqualBooks(stage, companyId, realmId);
    const after = await stage.simulator.calls(realmId);
    expect(after.perStatus["400"] ?? 0).toBe(before.perStatus["400"] ?? 0);
    const noted = (await stepsOf(company, batchId)).filter(({ note }) => note !== null);
    expect(noted).toEqual([]);
  });

  test("that the plan loses later are told in the run's note; it goes on with everything else", async () => {
    const company = await syncedCompany();
    await withdraw(company);
    await change(
      company,
      { op: "update", entity: "Invoice", count: 3 },
      { op: "delete", entity: "Bill", count: 2 },
    );
    const batchId = await runOnce(company, false);
    await expectEqualBooks(stage, company.companyId, company.realmId);
    const [step] = await stepsOf(company, batchId);
    expect(step?.note).toBe(
      "QuickBooks does not offer inventory adjustment records any more: ours are left as they are.",
    );
    const said = await stage.client.workflow.getHandle(`batch:${batchId}`).result();
    expect(said).toContain(step?.note);
  });
});

import { beforeAll, describe, expect, test } from "vitest";

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
import { endsWell, offerAgain, withdraw } from "../support/withheld.ts";
import { wishSync } from "../support/wishes.ts";

const stage = withStage();
beforeAll(() => stage.worker(), 60_000);

interface Company {
  companyId: string;
  realmId: string;
  /** Its initial sync. */
  initial: string;
}

async function syncedCompany(
  without: string[] = [],
  before: (company: { realmId: string }) => Promise<void> = async () => undefined,
  historyFrom: string | null = null,
): Promise<Company> {
  const realmId = await stage.simulator.company({ records: 300, without });
  await before({ realmId });
  const companyId = await connectedCompany(stage, realmId);
  const initial = await startInitialSync(stage, companyId, historyFrom);
  await untilBatch(stage, companyId, initial, isOver);
  return { companyId, realmId, initial };
}

/** An AutoSync, which ends well; answers its id. */
async function runOnce({ companyId }: Company, everything: boolean): Promise<string> {
  const batch = await wishSync(stage, companyId, everything);
  await endsWell(stage, { companyId }, batch);
  return batch.id;
}

const change = ({ realmId }: Company, ...changes: object[]) =>
  stage.simulator.post("changes", { realm: realmId, changes });

const stepsOf = ({ companyId }: Company, batchId: string) =>
  inCompany(stage.pool, companyId, (tx) => summarizeSteps(tx, companyId, batchId));

const withdrawAdjustments = (company: { realmId: string }) =>
  withdraw(stage, company, "inventoryadjustment");

describe("inventory adjustments, which need another plan,", () => {
  test("are not available in the initial sync; one AutoSync a day asks for them again, and none fails", async () => {
    const company = await syncedCompany(["InventoryAdjustment"]);
    const { companyId, realmId, initial } = company;
    const missing = (await stepsOf(company, initial)).find(
      ({ name }) => name === "inventory_adjustment",
    );
    expect(missing).toMatchObject({ status: "succeeded", total: 0 });
    expect(missing?.unavailable?.message).toContain("inventory adjustment");

    await withdrawAdjustments(company);
    await change(company, { op: "update", entity: "Invoice", count: 3 });
    const before = await stage.simulator.calls(realmId);
    const refused = async () =>
      ((await stage.simulator.calls(realmId)).perStatus["400"] ?? 0) -
      (before.perStatus["400"] ?? 0);
    await runOnce(company, false);
    expect(await refused()).toBe(0);
    const batchId = await runOnce(company, true);
    await expectEqualBooks(stage, companyId, realmId);
    expect(await refused()).toBe(1);
    const noted = (await stepsOf(company, batchId)).filter(({ note }) => note !== null);
    expect(noted).toEqual([]);
  });

  test("that the plan loses later are told in the run's note; it goes on with everything else", async () => {
    const company = await syncedCompany();
    await withdrawAdjustments(company);
    await change(
      company,
      { op: "update", entity: "Invoice", count: 3 },
      { op: "delete", entity: "Bill", count: 2 },
    );
    const batchId = await runOnce(company, false);
    await expectEqualBooks(stage, company.companyId, company.realmId);
    const [step] = await stepsOf(company, batchId);
    expect(step?.note).toBe(
      "QuickBooks does not offer inventory adjustment records any more: ours are left as they are until it does.",
    );
    const said = await stage.client.workflow.getHandle(`batch:${batchId}`).result();
    expect(said).toContain(step?.note);
  });
});

/** Of QuickBooks' clock, which never goes back. */
let skewHours = 0;

const passHours = (hours: number) =>
  stage.simulator.post("settings", { clockSkewMs: (skewHours += hours) * 3_600_000 });

describe("invoices dated before the history that we keep", () => {
  const NEVER = "2100-01-01";
  const truth = async ({ realmId }: Company) =>
    (await stage.simulator.truth(realmId, "Invoice")) as { Id: string; Balance?: number }[];
  const openIds = async (company: Company) =>
    (await truth(company)).filter(({ Balance }) => (Balance ?? 0) > 0).map(({ Id }) => Id);
  const heldIds = async ({ companyId }: Company) => {
    const { rows } = await stage.pool.query<{ id: string }>(
      `select quickbooks_id as id from records where company_id = $1 and kind = 'invoice'
        and deleted_at is null order by 1`,
      [companyId],
    );
    return rows.map(({ id }) => id);
  };

  test("come in as far as they are open when they are offered", async () => {
    const company = await syncedCompany([], (of) => withdraw(stage, of, "invoice"), NEVER);
    expect(await heldIds(company)).toEqual([]);
    await offerAgain(stage, company);
    await runOnce(company, true);
    expect(await heldIds(company)).toEqual((await openIds(company)).sort());
    expect((await heldIds(company)).length).toBeGreaterThan(0);
  });

  test("come in where they were changed while they were not offered", async () => {
    const company = await syncedCompany([], undefined, NEVER);
    await withdraw(stage, company, "invoice");
    const open = new Set(await openIds(company));
    const [paid] = (await truth(company)).map(({ Id }) => Id).filter((id) => !open.has(id));
    await change(company, { op: "update", entity: "Invoice", id: paid });
    for (let runs = 0; runs < 2; runs++) {
      await runOnce(company, false);
      await passHours(3);
    }
    await offerAgain(stage, company);
    expect(await heldIds(company)).not.toContain(paid);
    await runOnce(company, true);
    expect(await heldIds(company)).toContain(paid);
  });
});

describe.each([
  ["Estimate", true],
  ["InventoryAdjustment", false],
  ["Class", true],
])("%s records", (entity, isFed) => {
  const isEven = ({ companyId, realmId }: Company) => expectEqualBooks(stage, companyId, realmId);

  test("that were not offered at first come in when they are, and are kept even from then on", async () => {
    const company = await syncedCompany([], (of) => withdraw(stage, of, entity.toLowerCase()));
    await runOnce(company, true);
    await expect(isEven(company)).rejects.toThrow();
    await offerAgain(stage, company);
    const batchId = await runOnce(company, true);
    await isEven(company);
    const [step] = await stepsOf(company, batchId);
    expect(step?.note).toMatch(/^QuickBooks offers .* records now: they were read\.$/);
    await change(company, { op: "update", entity, count: 2 });
    await runOnce(company, !isFed);
    await isEven(company);
  });

  test("that are not offered for a while miss nothing of what happened meanwhile", async () => {
    const company = await syncedCompany();
    await runOnce(company, true);
    await withdraw(stage, company, entity.toLowerCase());
    await change(
      company,
      { op: "update", entity, count: 2 },
      { op: "create", entity, count: 1 },
      { op: "delete", entity, count: 1 },
    );
    await runOnce(company, true);
    // So long that the overlap of two runs tells nothing.
    await passHours(3);
    await runOnce(company, true);
    await passHours(3);
    await runOnce(company, false);
    await offerAgain(stage, company);
    await runOnce(company, true);
    await isEven(company);
  });
});

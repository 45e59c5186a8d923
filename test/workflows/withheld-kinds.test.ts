import { beforeAll, describe, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import { reconciliationOf } from "../../db/reconciliations.ts";
import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import {
  connectedCompany,
  expectEqualBooks,
  startInitialSync,
  withStage,
} from "../support/sync.ts";
import {
  endsWell,
  offerAgain,
  withdraw,
  type OnlineCompany as Company,
} from "../support/withheld.ts";
import { wishBatch, wishSync } from "../support/wishes.ts";

const stage = withStage();
beforeAll(() => stage.worker(), 60_000);

const change = ({ realmId }: Company, ...changes: object[]) =>
  stage.simulator.post("changes", { realm: realmId, changes });

const attentionOf = async ({ companyId }: Company) =>
  (await listAttention(stage.pool, companyId, { first: 10, after: null })).map(
    ({ cause, recordKind }) => ({ cause, recordKind }),
  );

const unavailableOf = async ({ companyId }: Company, batchId: string) =>
  (await inCompany(stage.pool, companyId, (tx) => summarizeSteps(tx, companyId, batchId)))
    .filter(({ unavailable }) => unavailable !== null)
    .map(({ name, status, unavailable }) => ({ name, status, ...unavailable }));

async function verified(company: Company) {
  const { companyId } = company;
  const { id: batchId } = await wishBatch(stage, { companyId, kind: "verify" });
  await endsWell(stage, company, { id: batchId });
  return reconciliationOf(stage.pool, { companyId, batchId });
}

const WITHHELD = [{ cause: "kind-withheld", recordKind: "estimate" }];
const WHY = "QuickBooks does not offer estimate records any more: Feature Not Supported";

/** Comes back with everything that happened meanwhile, and is nobody's business any more. */
async function expectBack(company: Company): Promise<void> {
  await change(
    company,
    { op: "update", entity: "Estimate", count: 2 },
    { op: "create", entity: "Estimate", count: 1 },
    { op: "delete", entity: "Estimate", count: 1 },
  );
  await offerAgain(stage, company);
  await endsWell(stage, company, await wishSync(stage, company.companyId, true));
  await expectEqualBooks(stage, company.companyId, company.realmId);
  expect(await attentionOf(company)).toEqual([]);
  expect((await verified(company)).filter(({ agrees }) => agrees === false)).toEqual([]);
}

describe("a kind that QuickBooks takes away", () => {
  // One question counts it, others read it, the sweeps and the proof ask once more.
  test.each([1, 2, 3, 4])(
    "in the middle of an initial sync, after %i questions about it, holds nothing else up and misses nothing",
    async (after) => {
      const realmId = await stage.simulator.company({ records: 3_000 });
      await withdraw(stage, { realmId }, "estimate", after);
      const company = { companyId: await connectedCompany(stage, realmId), realmId };
      const initial = await startInitialSync(stage, company.companyId, null);
      await endsWell(stage, company, { id: initial });
      expect(await unavailableOf(company, initial)).toEqual([
        { name: "estimate", status: "succeeded", message: WHY, rawCode: "5030" },
      ]);
      expect(await attentionOf(company)).toEqual(WITHHELD);
      await expectBack(company);
    },
  );

  // A history counts its windows, reads them, sweeps and proves.
  test.each([0, 1, 3, 5])(
    "in a history, after %i questions about it, does not end it",
    async (after) => {
      const realmId = await stage.simulator.company({ records: 3_000 });
      const company = { companyId: await connectedCompany(stage, realmId), realmId };
      const { companyId } = company;
      await endsWell(stage, company, {
        id: await startInitialSync(stage, companyId, "2100-01-01"),
      });
      await withdraw(stage, company, "estimate", after);
      const { id } = await wishBatch(stage, {
        companyId,
        kind: "historical",
        historyFrom: "1990-01-01",
      });
      await endsWell(stage, company, { id });
      expect(await attentionOf(company)).toEqual(WITHHELD);
      await expectBack(company);
    },
  );

  test("is a line of a comparison that says why nothing can be said, before and after a sync has noticed", async () => {
    const realmId = await stage.simulator.company({ records: 400 });
    const company = { companyId: await connectedCompany(stage, realmId), realmId };
    await endsWell(stage, company, { id: await startInitialSync(stage, company.companyId, null) });
    await withdraw(stage, company, "estimate", 0);
    for (const isNoticed of [false, true]) {
      if (isNoticed)
        await endsWell(stage, company, await wishSync(stage, company.companyId, false));
      const lines = await verified(company);
      expect(lines.filter(({ agrees }) => agrees === false)).toEqual([]);
      const about = lines.filter(({ kind, month }) => kind === "estimate" && month === null);
      expect(about).toContainEqual(
        expect.objectContaining({ subject: "count", theirs: null, agrees: null, note: WHY }),
      );
      expect(Number(about.find(({ subject }) => subject === "count")?.ours)).toBeGreaterThan(0);
      expect(about.some(({ subject }) => subject === "sample")).toBe(false);
    }
    await expectBack(company);
  });
});

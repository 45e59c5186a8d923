import { beforeAll, describe, expect, test } from "vitest";

import { storeAutoSync } from "../../db/autosync-settings.ts";
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
import { wishSync } from "../support/wishes.ts";

/** Other books, of any size: `PAYMENTS_SEED=2 PAYMENTS_ROUNDS=20 PAYMENTS_RECORDS=12000 npx vitest run test/workflows/payments.test.ts`. */
const SEED = Number(process.env["PAYMENTS_SEED"] ?? 20_261);
const ROUNDS = Number(process.env["PAYMENTS_ROUNDS"] ?? 3);
/** Three in ten are payments. */
const RECORDS = Number(process.env["PAYMENTS_RECORDS"] ?? 3_000);
const EDITS = 60;
const TIMEOUT_MS = 240_000 + ROUNDS * 20_000;

describe("who paid what", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  async function wantRun(companyId: string): Promise<string> {
    const batch = await wishSync(stage, companyId);
    return batch.id;
  }

  test(
    "agrees with QuickBooks Online to the cent after the first sync, and after every edit of payments",
    async () => {
      const realmId = await stage.simulator.company({ records: RECORDS, seed: SEED });
      const companyId = await connectedCompany(stage, realmId);
      const first = await startInitialSync(stage, companyId);
      expect(await untilBatch(stage, companyId, first, isOver)).toMatchObject({
        status: "succeeded",
      });
      const books = { realm: realmId };
      expect(await expectEqualApplications(stage, companyId, books)).toBeGreaterThan(100);
      expect(await expectAddsUp(stage, companyId)).toBeGreaterThan(100);
      for (let round = 0; round < ROUNDS; round++) {
        const changes = [{ op: "random", seed: SEED + round, edits: EDITS }];
        await stage.simulator.post("changes", { realm: realmId, changes });
        const run = await untilBatch(stage, companyId, await wantRun(companyId), isOver);
        expect(run).toMatchObject({ status: "succeeded" });
        await expectEqualApplications(stage, companyId, books);
        await expectAddsUp(stage, companyId);
      }
      await expectFeedReplays(stage, companyId);
    },
    TIMEOUT_MS,
  );

  test(
    "is settled by the next run, though nothing is new, where payments were left out or a run was stopped",
    async () => {
      const realmId = await stage.simulator.company({ records: 300, seed: SEED });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const withPayments = (payments: boolean) =>
        storeAutoSync(stage.pool, companyId, { enabled: false, everyMinutes: null, payments });
      const applied = async () =>
        (await stage.pool.query("select * from applications where company_id = $1", [companyId]))
          .rows;
      await withPayments(false);
      const before = await applied();
      const changes = [{ op: "random", seed: SEED, edits: 30 }];
      await stage.simulator.post("changes", { realm: realmId, changes });
      await untilBatch(stage, companyId, await wantRun(companyId), isOver);
      expect(await applied()).toEqual(before);

      await withPayments(true);
      const run = await untilBatch(stage, companyId, await wantRun(companyId), isOver);
      expect(run).toMatchObject({ status: "succeeded" });
      await expectEqualApplications(stage, companyId, { realm: realmId });
      await expectAddsUp(stage, companyId);
    },
    TIMEOUT_MS,
  );

  test(
    "agrees with a company file to the cent after the first sync, and after every edit of payments",
    async () => {
      const company = await quietCompany(stage, door, { records: RECORDS, seed: SEED });
      const { companyId, file } = company;
      // Else nobody is told of a credit or a journal entry that was put on a document later.
      await company.order("file-settings", { file, settings: { touchesApplied: true } });
      const first = await startDesktopRun(stage, company);
      await poll(company);
      expect(await untilOver(stage, first)).toMatchObject({ status: "succeeded" });
      expect(await expectEqualApplications(stage, companyId, { file })).toBeGreaterThan(100);
      expect(await expectAddsUp(stage, companyId)).toBeGreaterThan(100);
      for (let round = 0; round < ROUNDS; round++) {
        const changes = [{ do: "random", seed: SEED + round, edits: EDITS }];
        await company.order("changes", { file, changes });
        const batchId = await wantRun(companyId);
        await poll(company);
        expect(await untilOver(stage, { company, batchId })).toMatchObject({
          status: "succeeded",
        });
        await expectEqualApplications(stage, companyId, { file });
        await expectAddsUp(stage, companyId);
      }
      await expectFeedReplays(stage, companyId);
    },
    TIMEOUT_MS,
  );
});

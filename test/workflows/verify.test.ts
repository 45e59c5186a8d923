import { beforeAll, describe, expect, test } from "vitest";

import { reconciliationOf, type ReconciliationLine } from "../../db/reconciliations.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { withDoor } from "../support/desktop.ts";
import {
  connectedCompany,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishBatch } from "../support/wishes.ts";

const TIMEOUT_MS = 120_000;

describe("a comparison with QuickBooks", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  async function want(companyId: string): Promise<string> {
    const batch = await wishBatch(stage, { companyId, kind: "verify" });
    return batch.id;
  }

  async function compared(companyId: string): Promise<ReconciliationLine[]> {
    const batchId = await want(companyId);
    expect(await untilBatch(stage, companyId, batchId, isOver)).toMatchObject({
      status: "succeeded",
      failure: null,
    });
    return reconciliationOf(stage.pool, { companyId, batchId });
  }

  /** What is open agrees with QuickBooks' aging summaries and with its balance sheet. */
  function expectOpenAgrees(lines: readonly ReconciliationLine[]): void {
    const open = lines.filter(({ subject }) => /receivables|payables/.test(subject));
    expect(open.length).toBe(4);
    for (const line of open) {
      expect(line).toMatchObject({ agrees: true, note: null });
      expect(Number(line.ours)).not.toBe(0);
    }
  }

  const differing = (lines: readonly ReconciliationLine[]): ReconciliationLine[] =>
    lines.filter(({ agrees }) => agrees === false);

  test(
    "agrees after the first sync, to the cent with QuickBooks' own reports",
    async () => {
      const realmId = await stage.simulator.company({ records: 1_000 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const lines = await compared(companyId);
      expect(differing(lines)).toEqual([]);
      expect(lines.filter(({ subject }) => subject === "count").length).toBeGreaterThan(20);
      expectOpenAgrees(lines);
    },
    TIMEOUT_MS,
  );

  test(
    "names what differs, by month and record by record, and heals what it has read",
    async () => {
      const realmId = await stage.simulator.company({ records: 300 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const { rows } = await stage.pool.query<{ id: string; month: string }>(
        `select quickbooks_id as id, date_trunc('month', date)::date::text as month from records
          where company_id = $1 and kind = 'invoice' order by quickbooks_id limit 2`,
        [companyId],
      );
      const [lost, spoilt] = rows;
      if (lost === undefined || spoilt === undefined) throw new Error("no invoices");
      // Slips of ours that no feed tells: one row is gone, another is not what QuickBooks says.
      const key = "company_id = $1 and kind = 'invoice' and quickbooks_id = $2";
      await stage.pool.query(`delete from records where ${key}`, [companyId, lost.id]);
      await stage.pool.query(
        `update records set balance = 0.01, version = '0',
        modified_at = '2001-01-01' where ${key}`,
        [companyId, spoilt.id],
      );

      const found = differing(await compared(companyId));
      expect(found).toContainEqual(
        expect.objectContaining({ subject: "count", kind: "invoice", month: null }),
      );
      expect(found).toContainEqual(
        expect.objectContaining({ subject: "count", kind: "invoice", month: lost.month }),
      );
      expect(found).toContainEqual(
        expect.objectContaining({ subject: "sample", kind: "invoice", quickbooksId: spoilt.id }),
      );
      const again = differing(await compared(companyId));
      expect(again.filter(({ quickbooksId }) => quickbooksId === spoilt.id)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "goes on around a record that QuickBooks cannot produce, and says what cannot be said",
    async () => {
      const realmId = await stage.simulator.company({ records: 300 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      await stage.simulator.post("faults", {
        kind: "any-fault",
        status: 400,
        code: "4002",
        times: -1,
        match: { realm: realmId, path: "query", entity: "estimate" },
      });
      const lines = await compared(companyId);
      const ofEstimates = lines.filter(({ kind }) => kind === "estimate");
      expect(ofEstimates.map(({ subject, agrees }) => [subject, agrees])).toEqual([
        ["count", null],
        ["sample", null],
      ]);
      for (const { note } of ofEstimates) expect(note).toContain("4002");
      expect(differing(lines)).toEqual([]);
    },
    TIMEOUT_MS,
  );

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
        const batchId = await want(companyId);
        await over(batchId);
        return reconciliationOf(stage.pool, { companyId, batchId });
      };
      await over((await startDesktopRun(stage, company)).batchId);
      const lines = await comparedNow();
      expect(differing(lines)).toEqual([]);
      expect(lines.filter(({ subject }) => subject === "sample").length).toBeGreaterThan(5);
      expectOpenAgrees(lines);

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

import { beforeAll, describe, expect, test } from "vitest";

import { reconciliationOf, type ReconciliationLine } from "../../db/reconciliations.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { expectEqualFile, withDoor } from "../support/desktop.ts";
import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishBatch, wishSync } from "../support/wishes.ts";

const TIMEOUT_MS = 180_000;

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

  /** Slips of ours that no feed tells: a row is gone, one is not what QuickBooks says, one it does not have. */
  async function slip(
    companyId: string,
    kind: string,
    version: string,
  ): Promise<{ lost: string; month: string | null; spoilt: string; invented: string }> {
    const { rows } = await stage.pool.query<{ id: string; month: string | null }>(
      `select quickbooks_id as id, date_trunc('month', date)::date::text as month from records
        where company_id = $1 and kind = $2 and deleted_at is null order by quickbooks_id limit 2`,
      [companyId, kind],
    );
    const [lost, spoilt] = rows;
    if (lost === undefined || spoilt === undefined) throw new Error(`too few of ${kind}`);
    const key = "company_id = $1 and kind = $2 and quickbooks_id = $3";
    await stage.pool.query(`delete from records where ${key}`, [companyId, kind, lost.id]);
    const invented = `${spoilt.id}9`;
    await stage.pool.query(
      `insert into records (company_id, kind, quickbooks_id, version, modified_at, payload)
        select company_id, kind, $4, version, modified_at, payload from records where ${key}`,
      [companyId, kind, spoilt.id, invented],
    );
    // A second one, so that the two slips do not even out.
    await stage.pool.query(
      `insert into records (company_id, kind, quickbooks_id, version, modified_at, payload)
        select company_id, kind, $4, version, modified_at, payload from records where ${key}`,
      [companyId, kind, spoilt.id, `${invented}9`],
    );
    await stage.pool.query(
      `update records set number = 'spoilt', version = $4, modified_at = '2001-01-01' where ${key}`,
      [companyId, kind, spoilt.id, version],
    );
    return { lost: lost.id, month: lost.month, spoilt: spoilt.id, invented };
  }

  /** Each slip is named once, and says what was done about it. */
  function expectNamed(
    lines: readonly ReconciliationLine[],
    kind: string,
    { lost, spoilt, invented }: { lost: string; spoilt: string; invented: string },
  ): void {
    const notes = (id: string) =>
      lines
        .filter((line) => line.kind === kind && line.quickbooksId === id)
        .map(({ agrees, note }) => [agrees, note]);
    expect(notes(lost)).toEqual([[false, "QuickBooks has it, and we did not; it was read."]]);
    expect(notes(spoilt)).toEqual([[false, "It differed, and was read anew."]]);
    const gone = [[false, "QuickBooks no longer has it; it is marked deleted."]];
    expect(notes(invented)).toEqual(gone);
    expect(notes(`${invented}9`)).toEqual(gone);
  }

  test(
    "names what differs, by month and record by record, and heals it: the next one agrees",
    async () => {
      const realmId = await stage.simulator.company({ records: 300 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const invoices = await slip(companyId, "invoice", "0");
      const customers = await slip(companyId, "customer", "0");

      const lines = await compared(companyId);
      const counts = differing(lines).filter(({ quickbooksId }) => quickbooksId === null);
      for (const kind of ["invoice", "customer"]) {
        const [line] = counts.filter((each) => each.kind === kind && each.month === null);
        expect(line).toMatchObject({ subject: "count" });
        expect(Number(line?.ours)).toBe(Number(line?.theirs) + 1);
      }
      expect(counts).toContainEqual(
        expect.objectContaining({ subject: "count", kind: "invoice", month: invoices.month }),
      );
      expectNamed(lines, "invoice", invoices);
      expectNamed(lines, "customer", customers);
      const months = lines.filter(({ kind, month }) => kind === "estimate" && month !== null);
      expect(months.length).toBeGreaterThan(0);
      expect(months.every(({ theirs, agrees }) => theirs === null && agrees === null)).toBe(true);
      const again = await compared(companyId);
      expect(differing(again)).toEqual([]);
      expectOpenAgrees(again);
      await expectEqualBooks(stage, companyId, realmId);
    },
    TIMEOUT_MS,
  );

  test(
    "tells what is open document by document, and names one whose balance differs though counts agree",
    async () => {
      const realmId = await stage.simulator.company({ records: 1_500 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const { rows } = await stage.pool.query<{ id: string }>(
        `update records set balance = balance + 1, modified_at = modified_at - interval '1 minute'
          where (company_id, kind, quickbooks_id) = (select company_id, kind, quickbooks_id from records
            where company_id = $1 and kind = 'invoice' and balance > 0 order by quickbooks_id limit 1)
          returning quickbooks_id as id`,
        [companyId],
      );
      const found = differing(await compared(companyId));
      expect(found.map(({ subject }) => subject)).not.toContain("count");
      const [open] = found.filter(({ subject }) => subject === "open");
      expect(open).toMatchObject({ kind: "invoice", quickbooksId: null });
      expect(Number(open?.ours) - Number(open?.theirs)).toBeCloseTo(1);
      expect(found).toContainEqual(
        expect.objectContaining({ subject: "open", kind: "invoice", quickbooksId: rows[0]?.id }),
      );
      expect(differing(await compared(companyId))).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "names what changed since the last sync, edits too, and tells it from slips",
    async () => {
      const realmId = await stage.simulator.company({ records: 1_500 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const changed = async (change: object): Promise<unknown> =>
        (await stage.simulator.post("changes", { realm: realmId, changes: [change] }))["ids"];
      const ids = [
        await changed({ op: "create", entity: "Estimate", count: 1 }),
        await changed({ op: "update", entity: "Vendor", count: 1 }),
        await changed({ op: "delete", entity: "SalesReceipt", count: 1 }),
      ].flat();
      const found = differing(await compared(companyId));
      expect(found.map(({ kind, quickbooksId }) => [kind, quickbooksId])).toEqual(
        expect.arrayContaining([
          ["estimate", ids[0]],
          ["vendor", ids[1]],
          ["sales_receipt", ids[2]],
        ]),
      );
      for (const { note } of found) expect(note).toContain("since the last sync");
      expect(differing(await compared(companyId))).toEqual([]);
      await expectEqualBooks(stage, companyId, realmId);
      // AutoSync reads them once more, and has nothing to do.
      const { id } = await wishSync(stage, companyId);
      expect(await untilBatch(stage, companyId, id, isOver)).toMatchObject({ status: "succeeded" });
      await expectEqualBooks(stage, companyId, realmId);
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
      const ofEstimates = lines.filter(
        ({ kind, subject, month }) => kind === "estimate" && month === null && subject !== "total",
      );
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

      const slips = {
        invoice: await slip(companyId, "invoice", "0"),
        customer: await slip(companyId, "customer", "0"),
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

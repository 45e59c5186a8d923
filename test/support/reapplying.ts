import { expect } from "vitest";

import { compareDecimals } from "../../core/money.ts";
import { batchWorkflowId } from "../../workflows/contract.ts";
import { expectAddsUp, expectEqualApplications, expectFeedReplays } from "./applications.ts";
import { prepareRun, startRun, untilOver, type Run } from "./crashes.ts";
import { reset } from "./operators.ts";
import { eventually, type Stage } from "./sync.ts";
import { wishReapply, wishSync } from "./wishes.ts";

/** A company and its realm. */
export type Company = Omit<Run, "batchId">;

/** What no payment touches is left out: more invoices for the same records. */
const WITHOUT = [
  "Class",
  "Department",
  "Employee",
  "Estimate",
  "InventoryAdjustment",
  "PurchaseOrder",
  "Purchase",
  "SalesReceipt",
  "TimeActivity",
  "Transfer",
];
/** Of a thousand records of such a company so many are invoices, at least. */
const INVOICES_PER_MILLE = 420;
/** Edits that one order makes. */
const EDITS_A_TIME = 500;
const BEFORE_ALL_BOOKS = "2000-01-01";

export interface EditedOrder {
  invoices: number;
  edits: number;
  seed: number;
  /** An AutoSync that leaves payments out brings the records, and moves no application. */
  isSynced: boolean;
}

/** A company whose initial sync is done, where every balance adds up, and whose payments were edited in QuickBooks since. */
export async function editedCompany(stage: Stage, order: EditedOrder): Promise<Company> {
  const records = Math.ceil((order.invoices * 1000) / INVOICES_PER_MILLE);
  const prepared = await prepareRun(stage, { records, seed: 11, without: WITHOUT });
  const run = await startRun(stage, prepared);
  expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
  const { companyId, realmId } = run;
  expect(await expectAddsUp(stage, companyId)).toBeGreaterThan(0);
  const counts = await stage.simulator.counts(realmId);
  expect(counts["Invoice"]).toBeGreaterThanOrEqual(order.invoices);
  for (let left = order.edits; left > 0; left -= EDITS_A_TIME) {
    const edits = Math.min(left, EDITS_A_TIME);
    const changes = [{ op: "random", seed: order.seed + left, edits }];
    await stage.simulator.post("changes", { realm: realmId, changes });
  }
  if (order.isSynced) await syncWithoutPayments(stage, run);
  return { companyId, realmId };
}

async function syncWithoutPayments(stage: Stage, company: Company): Promise<void> {
  const { companyId } = company;
  await stage.pool.query("update companies set auto_sync_payments = false where id = $1", [
    companyId,
  ]);
  const told = await changesOf(stage, companyId);
  const batch = await wishSync(stage, companyId);
  const synced = await untilOver(stage, { ...company, batchId: batch.id });
  expect(synced).toMatchObject({ status: "succeeded" });
  expect(await changesOf(stage, companyId)).toBe(told);
}

/** Wants all payments of a company applied anew, every invoice judged. */
export async function startReapplying(stage: Stage, company: Company): Promise<Run> {
  const batch = await wishReapply(stage, company.companyId, { from: BEFORE_ALL_BOOKS });
  return { ...company, batchId: batch.id };
}

async function changesOf(stage: Stage, companyId: string): Promise<number> {
  const { rows } = await stage.pool.query<{ count: number }>(
    "select count(*)::int as count from changes where company_id = $1",
    [companyId],
  );
  return rows[0]?.count ?? 0;
}

/** It ended well by itself and proven, all is as QuickBooks says, and each change was told once. */
export async function expectReapplied(stage: Stage, run: Run): Promise<void> {
  const batch = await untilOver(stage, run);
  expect(batch).toMatchObject({ status: "succeeded", failure: null, waitingFor: null });
  expect(batch.result).toMatchObject({ stopped: 0 });
  const { appliedAfter = "", mustBeApplied = "" } = batch.result ?? {};
  expect(compareDecimals(appliedAfter, mustBeApplied)).toBe(0);
  const { rows } = await stage.pool.query<{ state: string; documents: number; moves: number }>(
    `select state, count(*)::int as documents, sum(jsonb_array_length(moves))::int as moves
      from reapplied_documents where batch_id = $1 group by 1`,
    [run.batchId],
  );
  const { documents, differing, moves } = batch.result ?? {};
  expect(rows).toEqual([{ state: "swapped", documents: differing, moves }]);
  // However many attempts it took, what is said of it counts all of them.
  expect(await stage.client.workflow.getHandle(batchWorkflowId(run.batchId)).result()).toBe(
    `${differing} of ${documents} documents differed and now agree with QuickBooks.`,
  );
  const told = await stage.pool.query(
    "select count(*)::int as told from changes where batch_id = $1",
    [run.batchId],
  );
  expect(told.rows).toEqual([{ told: moves }]);
  await expectEqualApplications(stage, run.companyId, { realm: run.realmId });
  await expectAddsUp(stage, run.companyId);
  await expectFeedReplays(stage, run.companyId);
}

/** What a re-application may write to, its batch and its steps apart. */
const BOOKS = ["records", "applied_amounts", "applications", "changes", "reapplied_documents"];

/** The versions of all rows of a company's books, as PostgreSQL keeps them: a row that is written is another one. */
async function versionsOf(stage: Stage, { companyId }: Company): Promise<Set<string>> {
  const selects = BOOKS.map(
    (table) => `select concat(tableoid::regclass, ' ', ctid, ' ', xmin) as version
      from ${table} where company_id = $1`,
  );
  const { rows } = await stage.pool.query<{ version: string }>(selects.join(" union all "), [
    companyId,
  ]);
  return new Set(rows.map(({ version }) => version));
}

/** Two further runs, of the finished plan itself and of a new one, write no row; answers how many rows were looked at. */
export async function expectNothingWritten(stage: Stage, run: Run): Promise<number> {
  const before = await versionsOf(stage, run);
  expect(before.size).toBeGreaterThan(0);
  const expectAsBefore = async (): Promise<void> => {
    const after = await versionsOf(stage, run);
    expect([...after].filter((version) => !before.has(version))).toEqual([]);
    expect(after.size).toBe(before.size);
  };
  await reset(stage.client, batchWorkflowId(run.batchId), "first");
  await eventually(async () => {
    const { rows } = await stage.pool.query(
      "select trigger, status from batches where company_id = $1 and id = $2",
      [run.companyId, run.batchId],
    );
    expect(rows).toEqual([{ trigger: "retry", status: "succeeded" }]);
  }, 60_000);
  await expectAsBefore();
  const again = await untilOver(stage, await startReapplying(stage, run));
  expect(again).toMatchObject({ status: "succeeded", result: { differing: 0, moves: 0 } });
  await expectAsBefore();
  return before.size;
}

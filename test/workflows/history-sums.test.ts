import { beforeAll, describe, expect, test } from "vitest";

import { enqueueBatch } from "../../db/batches.ts";
import { sumsAgree, sumsOf, type StepSum } from "../../db/step-sums.ts";
import { inCompany } from "../../db/transactions.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { withGate } from "../support/gate.ts";
import {
  connectedCompany,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

/** Of a row of the simulator what is added up here a second time. */
interface Document {
  Id: string;
  TxnDate: string;
  TotalAmt: number;
}

const HELD_SINCE = "2026-01-01";
const FROM = "2024-01-01";
/** The whole month of the first day that was held is read, too. */
const UNTIL = "2026-01-31";

const stage = withStage();
const gate = withGate(stage);
beforeAll(() => stage.worker({ INTUIT_API_URL: gate.url }), 60_000);

async function syncedCompany() {
  const realmId = await stage.simulator.company({ records: 4_000 });
  const companyId = await connectedCompany(stage, realmId);
  const initial = await startInitialSync(stage, companyId, HELD_SINCE);
  expect((await untilBatch(stage, companyId, initial, isOver)).status).toBe("succeeded");
  return { companyId, realmId };
}

async function startHistory(companyId: string): Promise<string> {
  const { batch } = await enqueueBatch(stage.pool, {
    companyId,
    kind: "historical",
    trigger: "user",
    startedBy: "test",
    label: "History of the test's company",
    historyFrom: FROM,
  });
  await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
  return batch.id;
}

const sums = (companyId: string, batchId: string): Promise<StepSum[]> =>
  inCompany(stage.pool, companyId, (tx) => sumsOf(tx, companyId, batchId));

const documentsOf = async (realmId: string, entity: string): Promise<Document[]> => {
  const rows = (await stage.simulator.truth(realmId, entity)) as unknown as Document[];
  return rows.filter(({ TxnDate }) => TxnDate >= FROM && TxnDate <= UNTIL);
};

const centsOf = (amount: string | number): number => Math.round(Number(amount) * 100);

describe("the amounts of a history", () => {
  test("are added up month by month as the pages say and as we hold them, and agree", async () => {
    const { companyId, realmId } = await syncedCompany();
    const batchId = await startHistory(companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });

    const all = await sums(companyId, batchId);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((sum) => sumsAgree(sum) !== true)).toEqual([]);
    for (const [kind, entity] of [
      ["invoice", "Invoice"],
      ["bill", "Bill"],
      ["payment", "Payment"],
    ]) {
      const truth = await documentsOf(realmId, entity ?? "");
      const ours = all.filter((sum) => sum.kind === kind);
      expect(
        ours.reduce((sum, { toldRecords }) => sum + toldRecords, 0),
        kind,
      ).toBe(truth.length);
      expect(
        ours.reduce((sum, { told }) => sum + centsOf(told), 0),
        kind,
      ).toBe(truth.reduce((sum, { TotalAmt }) => sum + centsOf(TotalAmt), 0));
    }
  }, 120_000);

  test("that differ although nothing was changed need attention; where something was, nothing is claimed", async () => {
    const { companyId, realmId } = await syncedCompany();
    const holding = holdAfterPages();
    const batchId = await startHistory(companyId);
    await holding.at("cdc");
    const [edited] = await documentsOf(realmId, "Invoice");
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", id: edited?.Id }],
    });
    holding.release("cdc");
    await holding.at("counts");
    // A slip of ours that no count shows.
    const [bill] = await documentsOf(realmId, "Bill");
    await stage.pool.query(
      "update records set total = total + 0.01 where company_id = $1 and kind = 'bill' and quickbooks_id = $2",
      [companyId, bill?.Id],
    );
    holding.release("counts");
    const batch = await untilBatch(stage, companyId, batchId, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });

    const all = await sums(companyId, batchId);
    const differing = all.filter((sum) => sumsAgree(sum) === false);
    expect(differing).toMatchObject([{ kind: "bill" }]);
    expect(centsOf(differing[0]?.held ?? 0) - centsOf(differing[0]?.told ?? 0)).toBe(1);
    const unclaimed = all.filter((sum) => sumsAgree(sum) === null);
    expect(unclaimed).toMatchObject([{ kind: "invoice", changedRecords: 1 }]);
    const { rows } = await stage.pool.query(
      "select cause, message from attention where company_id = $1 and resolved_at is null",
      [companyId],
    );
    expect(rows).toMatchObject([{ cause: "sum-differs" }]);
    expect(rows[0].message).toContain(differing[0]?.told);
    expect(rows[0].message).toContain(differing[0]?.held);
  }, 120_000);
});

type Point = "cdc" | "counts";

/** Holds what a history asks after its pages: first what changed meanwhile, then the counts of its proof. */
function holdAfterPages() {
  const points = { cdc: aPoint(), counts: aPoint() };
  gate.admit = (path, statement) => {
    if (path.endsWith("/cdc")) return points.cdc.pass();
    // The counts of its windows have an end.
    const isOfProof = statement.includes("COUNT(*)") && !statement.includes("TxnDate <=");
    return isOfProof ? points.counts.pass() : Promise.resolve();
  };
  return {
    at: (point: Point) => points[point].reached,
    release: (point: Point) => points[point].release(),
  };
}

function aPoint() {
  let reach = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((settle) => (reach = settle));
  const released = new Promise<void>((settle) => (release = settle));
  return {
    reached,
    release: () => release(),
    pass: () => {
      reach();
      return released;
    },
  };
}

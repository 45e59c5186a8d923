import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { lineOf, reasonToStop } from "../../activities/reapply/plan-words.ts";
import { settleNext } from "../../db/applications.ts";
import { enqueueBatch } from "../../db/batches.ts";
import { claimNextBatch, closeBatch, type Lease } from "../../db/leases.ts";
import { createPool } from "../../db/pool.ts";
import { judgeDocuments } from "../../db/judged-documents.ts";
import { storePlan } from "../../db/payment-plans.ts";
import { storeResult } from "../../db/reapplications.ts";
import { planSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { SourceRecord } from "../../quickbooks/source.ts";
import { aRecord, BEGINNING, store, takenLease } from "../support/batches.ts";
import { at, withApi } from "./support.ts";

const api = withApi();
/** What a worker would do; the api's own pool takes no pages. */
let pool: Pool;
beforeAll(() => {
  pool = createPool(api.url, { max: 2, name: "worker" });
});
afterAll(() => pool.end());

const PAYMENTS = 7;
const INVOICE = { kind: "invoice", quickbooksId: "1" } as const;

const invoiceOver = (balance: string): SourceRecord => aRecord({ total: "100.00", balance });

const payment = (id: number, amount: string, version = "0"): SourceRecord =>
  aRecord({
    kind: "payment",
    quickbooksId: `p${id}`,
    version,
    number: `CHK-${id}`,
    date: "2024-01-03",
    total: amount,
    balance: "0.00",
    applied: [
      {
        fromKind: "payment",
        fromId: `p${id}`,
        toKind: "invoice",
        toId: "1",
        role: "payment",
        amount,
        exchangeRate: null,
      },
    ],
  });

/** A company whose initial sync is done: an invoice of 100.00 with seven payments of 5.00 on it. */
async function syncedCompany(): Promise<string> {
  const { id: companyId } = await api.company({ as: "confirmed", name: "Craig" });
  const { batch } = await enqueueBatch(pool, {
    companyId,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "Initial sync of Craig",
    historyFrom: null,
  });
  const lease = await leaseOf(companyId, batch.id);
  const payments = Array.from({ length: PAYMENTS }, (_, index) => payment(index + 1, "5.00"));
  await store(pool, lease, { records: [invoiceOver("65.00"), ...payments] });
  await settleNext(pool, lease, { first: 500, after: null });
  await closeBatch(pool, lease, { is: "succeeded" });
  return companyId;
}

/** The lease of a batch that waits in its queue, with the step that pages are stored under. */
async function leaseOf(companyId: string, batchId: string): Promise<Lease> {
  await claimNextBatch(pool, companyId);
  const lease = await takenLease(pool, { companyId, batchId });
  await inCompany(pool, companyId, (tx) =>
    planSteps(tx, lease, [
      {
        name: "invoice",
        phase: "records",
        kind: "invoice",
        total: 1_000,
        checkpoint: BEGINNING,
        unavailable: null,
      },
    ]),
  );
  return lease;
}

const WISH = `{ __typename
  ... on Batch { id status kind label reapplication { from by preview closedUntil documents isProven } }
  ... on Refusal { code message nextStep } }`;

const wish = async (companyId: string, args: string) =>
  api.ask(
    await api.token(),
    `mutation { answer: reapplyPayments(companyId: "${companyId}", ${args}) ${WISH} }`,
  );

describe("reapplyPayments", () => {
  test("answers the batch of a preview; a wish with other arguments is refused while it waits", async () => {
    const companyId = await syncedCompany();
    const args = `from: "2026-01-01", preview: true`;
    const first = await wish(companyId, args);
    expect(first.data).toMatchObject({
      answer: {
        __typename: "Batch",
        status: "QUEUED",
        kind: "REAPPLY_PAYMENTS",
        label: "Preview of payments of Craig since 2026-01-01",
        reapplication: {
          from: "2026-01-01",
          by: "MODIFIED",
          preview: true,
          closedUntil: null,
          documents: null,
          isProven: null,
        },
      },
    });
    const again = await wish(companyId, args);
    expect(at(again, "answer.id")).toBe(at(first, "answer.id"));
    for (const other of [
      `from: "2026-01-01"`,
      `from: "2026-01-02", preview: true`,
      `from: "2026-01-01", preview: true, by: DATED`,
    ]) {
      const refused = await wish(companyId, other);
      expect(refused.data, other).toMatchObject({ answer: { code: "already-running" } });
    }
  });

  test("is refused before the initial sync is done", async () => {
    const { id } = await api.company({ as: "confirmed" });
    const answer = await wish(id, `from: "2026-01-01"`);
    expect(answer.data).toMatchObject({ answer: { code: "invalid-input" } });
  });
});

const PLAN = `documents differing stopped moves appliedBefore appliedAfter mustBeApplied isProven
  plan(first: 1) { nodes { kind quickbooksId number state reason appliedBefore appliedAfter
      moves { fromKind fromId number role before after why notes } }
    pageInfo { hasNextPage } }`;

test("a plan is read: what it comes to, and each application that differs with its reason", async () => {
  const companyId = await syncedCompany();
  const batchId = String(
    at(await wish(companyId, `from: "2024-01-01", preview: true`), "answer.id"),
  );
  const lease = await leaseOf(companyId, batchId);
  // QuickBooks' books have moved: a payment is over 8.00 now, and the invoice is still as it was.
  await store(pool, lease, { records: [payment(2, "8.00", "1")] });
  const [document] = await judgeDocuments(pool, companyId, [INVOICE]);
  if (document === undefined) throw new Error("no document was judged");
  const words = { isDeposited: true, closedUntil: "2024-12-31" };
  const moves = document.moves.map((move) => lineOf(document, move, words));
  await storePlan(pool, lease, [{ document, reason: reasonToStop(document, []), moves }]);
  await inCompany(pool, companyId, (tx) =>
    storeResult(tx, lease, {
      documents: 1,
      differing: 1,
      stopped: 1,
      appliedBefore: document.appliedBefore,
      appliedAfter: document.appliedAfter,
      mustBeApplied: "35.00",
      moves: 0,
    }),
  );
  const { data, errors } = await api.ask(
    await api.token("viewer"),
    `{ batch(id: "${batchId}") { reapplication { ${PLAN} } } }`,
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({
    batch: {
      reapplication: {
        documents: 1,
        differing: 1,
        stopped: 1,
        moves: 0,
        appliedBefore: "35.00",
        appliedAfter: "38.00",
        mustBeApplied: "35.00",
        isProven: false,
        plan: {
          nodes: [
            {
              kind: "INVOICE",
              quickbooksId: "1",
              number: "1001",
              state: "STOPPED",
              reason:
                "It is over 100.00, QuickBooks' records put 38.00 on it, and QuickBooks says that 65.00 is open.",
              appliedBefore: "35.00",
              appliedAfter: "38.00",
              moves: [
                {
                  fromKind: "PAYMENT",
                  fromId: "p2",
                  number: "CHK-2",
                  role: "PAYMENT",
                  before: "5.00",
                  after: "8.00",
                  why: "Its amount is another one in QuickBooks.",
                  notes: ["It lies in a deposit.", "The books are closed up to 2024-12-31."],
                },
              ],
            },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
    },
  });
});

test("the feed of changes is paged without gaps and without repeats, and goes on where it ended", async () => {
  const companyId = await syncedCompany();
  const token = await api.token("viewer");
  const page = async (after: string | null) =>
    api.ask(
      token,
      `query($id: ID!, $after: String) { changes(companyId: $id, first: 3, after: $after) {
        nodes { what fromId amountBefore amountAfter } pageInfo { hasNextPage endCursor } } }`,
      { id: companyId, after },
    );
  const read = async (from: string | null) => {
    const told: unknown[] = [];
    for (let after = from; ;) {
      const answer = await page(after);
      expect(answer.errors).toEqual([]);
      const nodes = at(answer, "changes.nodes") as unknown[];
      expect(nodes.length).toBeLessThanOrEqual(3);
      told.push(...nodes);
      after = (at(answer, "changes.pageInfo.endCursor") as string | null) ?? after;
      if (at(answer, "changes.pageInfo.hasNextPage") !== true) return { told, after };
    }
  };
  const first = await read(null);
  expect(first.told).toEqual(
    Array.from({ length: PAYMENTS }, (_, index) => ({
      what: "ADDED",
      fromId: `p${index + 1}`,
      amountBefore: null,
      amountAfter: "5.00",
    })),
  );
  expect(await read(first.after)).toMatchObject({ told: [] });

  const { batch } = await enqueueBatch(pool, {
    companyId,
    kind: "manual",
    trigger: "user",
    startedBy: "test",
    label: "Sync of Craig",
    historyFrom: null,
  });
  const lease = await leaseOf(companyId, batch.id);
  await store(pool, lease, { records: [payment(2, "8.00", "1")] });
  await settleNext(pool, lease, { first: 500, after: null });
  expect(await read(first.after)).toMatchObject({
    told: [{ what: "CHANGED", fromId: "p2", amountBefore: "5.00", amountAfter: "8.00" }],
  });
});

test("sums that agree prove nothing of a swap that was cancelled or failed", async () => {
  const companyId = await syncedCompany();
  const batchId = String(at(await wish(companyId, `from: "2024-01-01"`), "answer.id"));
  const lease = await leaseOf(companyId, batchId);
  const sums = { appliedBefore: "30.00", appliedAfter: "35.00", mustBeApplied: "35.00" };
  const result = { documents: 1, differing: 1, stopped: 0, moves: 1, ...sums };
  await inCompany(pool, companyId, (tx) => storeResult(tx, lease, result));
  const isProven = async (status: string): Promise<unknown> => {
    await pool.query("update batches set status = $2 where id = $1", [batchId, status]);
    const answer = await api.ask(
      await api.token("viewer"),
      `{ batch(id: "${batchId}") { reapplication { isProven } } }`,
    );
    return at(answer, "batch.reapplication.isProven");
  };
  expect(await isProven("succeeded")).toBe(true);
  expect(await isProven("cancelled")).toBe(false);
  expect(await isProven("failed")).toBe(false);
});

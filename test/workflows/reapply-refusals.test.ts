import { beforeAll, describe, expect, test } from "vitest";

import type { Batch } from "../../db/batches.ts";
import { listPlan, type PlanRow } from "../../db/payment-plans.ts";
import { expectAddsUp, expectEqualApplications } from "../support/applications.ts";
import {
  connectedCompany,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishReapply, wishSync } from "../support/wishes.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const CLOSED_UNTIL = "2025-12-31";
const PAID_DAY = "2025-03-01";
const EARLIER = new Date(Date.now() - 5 * 86_400_000).toISOString();
const CENTS = 500;
/** Intuit's code of a page that it cannot produce. */
const PAGE_REFUSED = { kind: "any-fault", status: 400, code: "10100", times: -1 };

describe("what a re-application of payments says and what it leaves alone", () => {
  const stage = withStage();
  let realmId = "";
  let companyId = "";
  beforeAll(() => stage.worker(), 60_000);
  beforeAll(async () => {
    realmId = await stage.simulator.company({ records: 500, seed: 11 });
    companyId = await connectedCompany(stage, realmId);
    const first = await startInitialSync(stage, companyId);
    await untilBatch(stage, companyId, first, isOver);
  }, 60_000);

  /** Orders changes on the simulated books and answers the ids that the last of them told. */
  async function change(...changes: object[]): Promise<string> {
    const answer = await stage.simulator.post("changes", { realm: realmId, changes });
    return String((answer["ids"] as unknown[]).at(-1));
  }

  async function ended({ id }: Batch): Promise<Batch> {
    const batch = await untilBatch(stage, companyId, id, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    return batch;
  }

  const autoSync = async (): Promise<Batch> => ended(await wishSync(stage, companyId));
  const reapply = async (preview = false): Promise<Batch> =>
    ended(await wishReapply(stage, companyId, { preview }));

  const planOf = async (batch: Batch): Promise<Map<string, PlanRow>> => {
    const page = { first: 500, after: null };
    const rows = await listPlan(stage.pool, { companyId, batchId: batch.id }, page);
    return new Map(rows.map((row) => [`${row.kind} ${row.quickbooksId}`, row]));
  };

  /** Applications of an invoice by payment: the amount. */
  const paymentsOn = async (invoice: string): Promise<Record<string, string>> => {
    const { rows } = await stage.pool.query<{ id: string; amount: string }>(
      `select from_id as id, amount::text from applications
        where company_id = $1 and to_kind = 'invoice' and to_id = $2`,
      [companyId, invoice],
    );
    return Object.fromEntries(rows.map(({ id, amount }) => [id, amount]));
  };

  /** A new invoice of a customer who has open ones. */
  const anInvoice = async (): Promise<string> =>
    change({ op: "create", entity: "Invoice", party: await aCustomer() });

  const aCustomer = async (): Promise<string> => {
    const [customer] = await stage.simulator.truth(realmId, "Customer");
    if (customer === undefined) throw new Error("no customers");
    return customer.Id;
  };

  const aPayment = (invoice: string, over: object = {}): Promise<string> =>
    change({
      op: "make-payment",
      entity: "Payment",
      lines: [{ entity: "Invoice", id: invoice, cents: CENTS }],
      ...over,
    });

  test("a payment dated last year and entered today is found by AutoSync", async () => {
    const invoice = await anInvoice();
    await autoSync();
    const lastYear = `${Number(TODAY.slice(0, 4)) - 1}-06-30`;
    const payment = await aPayment(invoice, { date: lastYear });
    await autoSync();
    expect(await paymentsOn(invoice)).toEqual({ [payment]: "5.0" });
    await expectEqualApplications(stage, companyId, { realm: realmId });
  }, 120_000);

  test("a payment in a closed period, and one in a deposit, carry a note; others carry none", async () => {
    const closed = await anInvoice();
    const deposited = await anInvoice();
    const other = await anInvoice();
    await aPayment(closed, { date: PAID_DAY });
    await change({ op: "deposit", payments: [await aPayment(deposited, { date: TODAY })] });
    await aPayment(other, { date: TODAY });
    await stage.simulator.post("books", { realm: realmId, closedUntil: CLOSED_UNTIL });
    const preview = await reapply(true);
    expect(preview.reapply?.closedUntil).toBe(CLOSED_UNTIL);
    const plan = await planOf(preview);
    const notesOf = (id: string) => plan.get(`invoice ${id}`)?.moves.map(({ notes }) => notes);
    expect(notesOf(closed)).toEqual([[`The books are closed up to ${CLOSED_UNTIL}.`]]);
    expect(notesOf(deposited)).toEqual([["It lies in a deposit."]]);
    expect(notesOf(other)).toEqual([[]]);
    await stage.simulator.post("books", { realm: realmId, closedUntil: null });
    expect((await reapply()).reapply?.closedUntil).toBe(null);
    await expectEqualApplications(stage, companyId, { realm: realmId });
  }, 120_000);

  test("a payment moved from one invoice to another says so on both", async () => {
    const from = await anInvoice();
    const to = await anInvoice();
    const payment = await aPayment(from);
    await reapply();
    expect(await paymentsOn(from)).toEqual({ [payment]: "5.0" });
    await change({ op: "move-line", entity: "Payment", id: payment, from, to });
    const plan = await planOf(await reapply());
    const numbers = [plan.get(`invoice ${from}`)?.number, plan.get(`invoice ${to}`)?.number];
    expect(plan.get(`invoice ${from}`)?.moves).toMatchObject([
      {
        saidById: payment,
        before: "5.0",
        after: null,
        why: `It was moved to invoice ${numbers[1]}.`,
      },
    ]);
    expect(plan.get(`invoice ${to}`)?.moves).toMatchObject([
      {
        saidById: payment,
        before: null,
        after: "5.0",
        why: `It was moved here from invoice ${numbers[0]}.`,
      },
    ]);
    expect([await paymentsOn(from), await paymentsOn(to)]).toEqual([{}, { [payment]: "5.0" }]);
    await expectAddsUp(stage, companyId);
  }, 120_000);

  test("an invoice that names a payment which QuickBooks does not return is left as it is, and says why", async () => {
    const invoice = await anInvoice();
    // Of an earlier day, so that no listing of the period returns it.
    const payment = await aPayment(invoice, { at: EARLIER });
    const other = await aPayment(invoice);
    await reapply();
    const held = { [payment]: "5.0", [other]: "5.0" };
    expect(await paymentsOn(invoice)).toEqual(held);
    // The invoice names three payments; of one we hold nothing, and QuickBooks does not produce it.
    await aPayment(invoice);
    await stage.pool.query(
      "delete from applied_amounts where company_id = $1 and said_by_kind = 'payment' and said_by_id = $2",
      [companyId, payment],
    );
    await stage.pool.query(
      "delete from records where company_id = $1 and kind = 'payment' and quickbooks_id = $2",
      [companyId, payment],
    );
    const match = { realm: realmId, path: "query", contains: `'${payment}'` };
    await stage.simulator.post("faults", { ...PAGE_REFUSED, match });
    const batch = await reapply();
    expect(batch.result).toMatchObject({ stopped: 1 });
    const stopped = (await planOf(batch)).get(`invoice ${invoice}`);
    expect(stopped).toMatchObject({
      state: "stopped",
      reason: `It names the payment ${payment}, which QuickBooks does not return; without it the rest would look like a short payment.`,
    });
    expect(await paymentsOn(invoice)).toEqual(held);
    await stage.simulator.remove("faults");
    expect((await reapply()).result).toMatchObject({ stopped: 0 });
    await expectEqualApplications(stage, companyId, { realm: realmId });
  }, 120_000);
});

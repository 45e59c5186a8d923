import { beforeAll, describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { listPlan } from "../../db/payment-plans.ts";
import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { withDoor } from "../support/desktop.ts";
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
const CENTS = 500;
const TIMEOUT_MS = 120_000;

const DEPOSITED = "It lies in a deposit.";
const CLOSED = `The books are closed up to ${CLOSED_UNTIL}.`;

describe("what a plan says beside its numbers", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  /** The notes of a plan by payment. */
  async function notesOf(companyId: string, batchId: string): Promise<Record<string, string[]>> {
    const rows = await listPlan(stage.pool, { companyId, batchId }, { first: 500, after: null });
    return Object.fromEntries(
      rows.flatMap(({ moves }) => moves.map(({ saidById, notes }) => [saidById, notes])),
    );
  }

  /** Our side forgets what these payments are applied to, so that a plan has them. */
  const forget = (companyId: string, payments: readonly string[]): Promise<unknown> =>
    stage.pool.query(
      "delete from applications where company_id = $1 and said_by_kind = 'payment' and said_by_id = any($2)",
      [companyId, payments],
    );

  test(
    "of a company file: a deposit, closed books, a payment of somebody else; nothing of others",
    async () => {
      const company = await quietCompany(stage, door, { records: 500, seed: 11 });
      const { companyId, file, order } = company;
      const over = async (batchId: string): Promise<void> => {
        await poll(company);
        const batch = await untilOver(stage, { company, batchId });
        expect(batch).toMatchObject({ status: "succeeded", failure: null });
      };
      await over((await startDesktopRun(stage, company)).batchId);
      const change = async (...changes: object[]): Promise<string[]> =>
        ((await order("changes", { file, changes })) as { ids: string[] }).ids;
      const { rows: jobs } = await stage.pool.query<{ id: string; name: string }>(
        `select quickbooks_id as id, party as name from records
          where company_id = $1 and kind = 'customer' and party like '%:%' and party not like '%:%:%'
          order by party limit 1`,
        [companyId],
      );
      const { rows: above } = await stage.pool.query<{ id: string; name: string }>(
        `select quickbooks_id as id, party as name from records
          where company_id = $1 and kind = 'customer' and party = split_part($2, ':', 1)`,
        [companyId, jobs[0]?.name],
      );
      const [job, parent] = [jobs[0], above[0]];
      if (job === undefined || parent === undefined) throw new Error("no jobs");
      const draft = { party: job.id, date: TODAY, lines: [{ amountCents: 10_000 }] };
      const invoices = await change(
        ...["plain", "deposited", "closed", "parent's"].map(() => ({
          do: "create",
          kind: "Invoice",
          draft,
        })),
      );
      const payment = (at: number, more: object): object => ({
        do: "pay",
        kind: "ReceivePayment",
        lines: [{ id: invoices[at], cents: CENTS }],
        ...more,
      });
      const [plain = "", deposited = "", closed = "", others = ""] = await change(
        payment(0, { date: TODAY }),
        payment(1, { date: TODAY }),
        payment(2, { date: PAID_DAY }),
        payment(3, { date: TODAY, party: parent.id }),
      );
      await order("books", { file, closedUntil: CLOSED_UNTIL });
      await change({ do: "deposit", payments: [deposited] });

      const wanted = { preview: true, from: TODAY, by: "modified" } as const;
      const preview = await wishReapply(stage, companyId, wanted);
      await over(preview.id);
      expect((await findBatch(stage.pool, companyId, preview.id))?.reapply?.closedUntil).toBe(
        CLOSED_UNTIL,
      );
      expect(await notesOf(companyId, preview.id)).toMatchObject({
        [plain]: [],
        [deposited]: [DEPOSITED],
        [closed]: [CLOSED],
        [others]: [`It is ${parent.name}'s, and the document ${job.name}'s.`],
      });

      await order("books", { file, closedUntil: null });
      const swap = await wishReapply(stage, companyId, { ...wanted, preview: false });
      await over(swap.id);
      expect((await findBatch(stage.pool, companyId, swap.id))?.reapply?.closedUntil).toBe(null);
      expect((await notesOf(companyId, swap.id))[closed]).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "of QuickBooks Online: a deposit that came after the payment was read",
    async () => {
      const realmId = await stage.simulator.company({ records: 500, seed: 11 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const change = async (...changes: object[]): Promise<string> => {
        const answer = await stage.simulator.post("changes", { realm: realmId, changes });
        return String((answer["ids"] as unknown[]).at(-1));
      };
      const ended = async ({ id }: { id: string }): Promise<void> => {
        const batch = await untilBatch(stage, companyId, id, isOver);
        expect(batch).toMatchObject({ status: "succeeded", failure: null });
      };
      const [customer] = await stage.simulator.truth(realmId, "Customer");
      const pay = async (): Promise<string> => {
        const id = await change({ op: "create", entity: "Invoice", party: customer?.Id });
        const lines = [{ entity: "Invoice", id, cents: CENTS }];
        return change({ op: "make-payment", entity: "Payment", lines, date: TODAY });
      };
      const [plain, deposited] = [await pay(), await pay()];
      await ended(await wishSync(stage, companyId));
      // The payment's times stay where they are.
      await change({ op: "deposit", payments: [deposited] });
      await ended(await wishSync(stage, companyId));
      await forget(companyId, [plain, deposited]);
      const preview = await wishReapply(stage, companyId, { preview: true });
      await ended(preview);
      const notes = await notesOf(companyId, preview.id);
      expect(notes).toMatchObject({ [plain]: [], [deposited]: [DEPOSITED] });
      const { rows } = await stage.pool.query(
        `select payload like '%"Deposit"%' as says from records
          where company_id = $1 and kind = 'payment' and quickbooks_id = $2`,
        [companyId, deposited],
      );
      expect(rows).toEqual([{ says: false }]);
    },
    TIMEOUT_MS,
  );
});

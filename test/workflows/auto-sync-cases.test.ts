import { Client as Database } from "pg";
import { beforeAll, describe, expect, test } from "vitest";

import { storeAutoSync } from "../../db/autosync-settings.ts";
import type { Batch } from "../../db/batches.ts";
import {
  ALIGN_AUTO_SYNC,
  alignStart,
  autoSyncScheduleId,
  RECONCILE_SCHEDULE_ID,
} from "../../workflows/contract.ts";
import { countsOf } from "../support/batches.ts";
import { loseTemporalFor, services } from "../support/services.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

interface Company {
  companyId: string;
  realmId: string;
}

const stage = withStage();

beforeAll(async () => {
  await stage.worker();
}, 60_000);

/** A company whose initial sync is done. */
async function syncedCompany(
  over: { records?: number; without?: string[]; historyFrom?: string } = {},
): Promise<Company> {
  const { records = 300, without = [], historyFrom = null } = over;
  const realmId = await stage.simulator.company({ records, without });
  const companyId = await connectedCompany(stage, realmId);
  await untilBatch(stage, companyId, await startInitialSync(stage, companyId, historyFrom), isOver);
  return { companyId, realmId };
}

async function runOnce({ companyId }: Company, everything = false): Promise<Batch> {
  const batch = await wishSync(stage, companyId, everything);
  const over = await untilBatch(stage, companyId, batch.id, isOver);
  expect(over).toMatchObject({ status: "succeeded", failure: null });
  return over;
}

/** Changes the books in QuickBooks and answers the ids it was about. */
async function change({ realmId }: Company, ...changes: object[]): Promise<string[]> {
  const answer = await stage.simulator.post("changes", { realm: realmId, changes });
  return answer["ids"] as string[];
}

async function heldOf({ companyId }: Company, kind: string, where: string) {
  const { rows } = await stage.pool.query<{
    id: string;
    version: string;
    date: string | null;
    balance: string | null;
    isDeleted: boolean;
  }>(
    `select quickbooks_id as id, version, date::text, balance, deleted_at is not null as "isDeleted"
      from records where company_id = $1 and kind = $2 and ${where} order by quickbooks_id::bigint`,
    [companyId, kind],
  );
  return rows;
}

async function expectEven(company: Company): Promise<void> {
  await expectEqualBooks(stage, company.companyId, company.realmId);
  const { kept, real } = await countsOf(stage.pool, company.companyId);
  expect(kept).toEqual(real);
}

describe("an AutoSync brings", () => {
  test("a payment that is dated last year and was entered today", async () => {
    const company = await syncedCompany({ historyFrom: "2026-06-01" });
    const date = "2025-03-14";
    const [id = ""] = await change(company, { op: "create", entity: "Payment", date });
    await runOnce(company);
    expect(await heldOf(company, "payment", `quickbooks_id = '${id}'`)).toMatchObject([{ date }]);
  });

  test("the last state of what is changed twice within one second, though a run looks in between", async () => {
    const company = await syncedCompany();
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    const [invoice = ""] = await change(company, { op: "create", entity: "Invoice", at });
    const payOneCent = { op: "pay", id: invoice, cents: 1, at };
    await change(company, payOneCent);
    await runOnce(company);
    const [before] = await heldOf(company, "invoice", `quickbooks_id = '${invoice}'`);
    await change(company, payOneCent);
    await runOnce(company);
    const [after] = await heldOf(company, "invoice", `quickbooks_id = '${invoice}'`);
    expect(Number(after?.version)).toBe(Number(before?.version) + 1);
    expect(Number(before?.balance) - Number(after?.balance)).toBeCloseTo(0.01);
    await expectEven(company);

    // A customer's balance moves without a new version: twice within a second nothing but it differs.
    const customers = (await stage.simulator.truth(company.realmId, "Customer")) as {
      Id: string;
      Balance?: number;
    }[];
    const ours = await heldOf(company, "customer", "deleted_at is null");
    expect(new Map(ours.map((row) => [row.id, Number(row.balance)]))).toEqual(
      new Map(customers.map((row) => [row.Id, row.Balance])),
    );
  });

  test("what was deleted and made again under one number, as two records", async () => {
    const company = await syncedCompany();
    const payment = { op: "create", entity: "Payment", reference: "CHEQUE-7" };
    const [first = ""] = await change(company, payment);
    await runOnce(company);
    const [second = ""] = await change(
      company,
      { op: "delete", entity: "Payment", id: first },
      payment,
    ).then((ids) => ids.slice(1));
    await runOnce(company);
    expect(await heldOf(company, "payment", "number = 'CHEQUE-7'")).toMatchObject([
      { id: first, isDeleted: true },
      { id: second, isDeleted: false },
    ]);
    await expectEven(company);
  });

  test("everything, deletions too, when more has changed than a feed of changes tells", async () => {
    const company = await syncedCompany({ records: 3_500 });
    await change(
      company,
      { op: "update", entity: "Invoice", count: 1_050 },
      { op: "delete", entity: "Invoice", count: 20 },
      { op: "create", entity: "Invoice", count: 20 },
      { op: "update", entity: "Customer", count: 60 },
      { op: "delete", entity: "Bill", count: 30 },
    );
    await runOnce(company);
    await expectEven(company);
  });

  test("everything, deletions too, when the last run is longer ago than a feed of changes looks back", async () => {
    const company = await syncedCompany();
    await stage.pool.query(
      `update connections set cursor_at = now() - interval '30 days',
          uncovered_cursor_at = now() - interval '30 days' where company_id = $1`,
      [company.companyId],
    );
    await change(
      company,
      { op: "update", entity: "Invoice", count: 5 },
      { op: "delete", entity: "Estimate", count: 1 },
      { op: "delete", entity: "TimeActivity", count: 1 },
      { op: "create", entity: "TaxCode", count: 1 },
    );
    const before = await stage.simulator.calls(company.realmId);
    await runOnce(company);
    await expectEven(company);
    const after = await stage.simulator.calls(company.realmId);
    const asked = after.queries.slice(before.queries.length).map(({ query }) => query);
    expect(asked.filter((query) => query.startsWith("SELECT * FROM Invoice"))).not.toEqual([]);
  });

  test("the deletion of what is dated before all that is held, though no feed tells it", async () => {
    const company = await syncedCompany({ historyFrom: "2100-01-01" });
    const [old = ""] = await change(company, { op: "update", entity: "Estimate" });
    await runOnce(company);
    expect(await heldOf(company, "estimate", "deleted_at is null")).toMatchObject([{ id: old }]);
    await change(company, { op: "delete", entity: "Estimate", id: old });
    await stage.pool.query(
      "update connections set cursor_at = now() - interval '30 days' where company_id = $1",
      [company.companyId],
    );
    await runOnce(company);
    expect(await heldOf(company, "estimate", "true")).toMatchObject([{ id: old, isDeleted: true }]);
  });

  test.each([
    ["was made", "create"],
    ["was changed", "update"],
  ])(
    "what was deleted beside a record that %s and that QuickBooks refuses to produce",
    async (_, op) => {
      const company = await syncedCompany();
      const { realmId } = company;
      const [bad = ""] = await change(company, { op, entity: "Deposit" });
      const order = { realm: realmId, entity: "Deposit", id: bad, how: "refuse" };
      await stage.simulator.post("poison", order);
      const [gone = ""] = await change(company, { op: "delete", entity: "Deposit" });
      await change(company, { op: "update", entity: "Deposit" });
      await runOnce(company);
      expect(await heldOf(company, "deposit", `quickbooks_id = '${gone}'`)).toMatchObject([
        { isDeleted: true },
      ]);
      await stage.simulator.remove(`poison?realm=${realmId}`);
      await change(company, { op: "update", entity: "Deposit", id: bad });
      await runOnce(company);
      await expectEven(company);
    },
  );

  test("what it can where the plan lacks kinds, from the first day or from now on", async () => {
    const company = await syncedCompany({ without: ["Class", "PurchaseOrder", "TimeActivity"] });
    const before = await stage.simulator.calls(company.realmId);
    await runOnce(company);
    expect((await stage.simulator.calls(company.realmId)).metered - before.metered).toBe(1);

    for (const path of ["cdc", "query"]) {
      await stage.simulator.post("faults", {
        kind: "any-fault",
        status: 400,
        code: "5030",
        times: -1,
        match: { realm: company.realmId, path, entity: "estimate" },
      });
    }
    await change(
      company,
      { op: "update", entity: "Invoice", count: 3 },
      { op: "delete", entity: "Bill", count: 2 },
    );
    await runOnce(company, true);
    await expectEven(company);
  });
});

describe("ticks that come while a server is away are one run when it is back", () => {
  /** So many ticks of a company's Schedule come, two seconds apart. */
  const TICKS = 5;
  const TICK_EVERY_MS = 2_000;
  /** The Schedule knows of them so long before the first one. */
  const SETTLE_MS = 6_000;
  const AWAY_MS = SETTLE_MS + (TICKS + 2) * TICK_EVERY_MS;

  beforeAll(async () => {
    // It would make the Schedule's interval what the settings say.
    await stage.client.schedule.getHandle(RECONCILE_SCHEDULE_ID).pause();
  });

  async function tickingCompany(): Promise<Company> {
    const company = await syncedCompany();
    const { companyId } = company;
    await storeAutoSync(stage.pool, companyId, {
      enabled: true,
      everyMinutes: 10_080,
      payments: null,
    });
    await stage.client.workflow.signalWithStart(ALIGN_AUTO_SYNC, alignStart(companyId));
    await eventually(() => handleOf(company).describe());
    const beat = Math.ceil(Date.now() / TICK_EVERY_MS) * TICK_EVERY_MS;
    const startAt = new Date(beat + SETTLE_MS + TICK_EVERY_MS / 2);
    const endAt = new Date(startAt.getTime() + TICKS * TICK_EVERY_MS);
    await handleOf(company).update((before) => ({
      ...before,
      spec: { intervals: [{ every: TICK_EVERY_MS }], startAt, endAt },
    }));
    await eventually(async () => {
      const { info } = await handleOf(company).describe();
      expect(info.nextActionTimes[0]?.getTime()).toBe(startAt.getTime() + TICK_EVERY_MS / 2);
    });
    return company;
  }

  const handleOf = ({ companyId }: Company) =>
    stage.client.schedule.getHandle(autoSyncScheduleId(companyId));

  async function expectOneRun(company: Company): Promise<void> {
    await eventually(async () => {
      const { info, raw } = await handleOf(company).describe();
      const skipped = Number(raw.info?.overlapSkipped ?? 0);
      expect(info.numActionsTaken + skipped).toBe(TICKS);
      expect(info.runningActions).toEqual([]);
    }, 60_000);
    const runs = await eventually(async () => {
      const { rows } = await stage.pool.query<{ status: string }>(
        "select status from batches where company_id = $1 and trigger = 'schedule'",
        [company.companyId],
      );
      expect(rows.every(({ status }) => status === "succeeded")).toBe(true);
      return rows;
    });
    expect(runs).toHaveLength(1);
    await expectEven(company);
  }

  test("Temporal", { timeout: 150_000 }, async () => {
    const company = await tickingCompany();
    await change(company, { op: "update", entity: "Invoice", count: 3 });
    await loseTemporalFor(AWAY_MS);
    await expectOneRun(company);
  });

  test("PostgreSQL", { timeout: 150_000 }, async () => {
    const company = await tickingCompany();
    await change(company, { op: "update", entity: "Invoice", count: 3 });
    await loseDatabaseFor(AWAY_MS);
    await expectOneRun(company);
  });
});

/** The worker is cut off from its database and let in again after a while. */
async function loseDatabaseFor(ms: number): Promise<void> {
  const name = new URL(stage.databaseUrl).pathname.slice(1);
  const admin = new Database({ connectionString: services().databaseUrl });
  await admin.connect();
  try {
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = $1 and application_name = 'evenbooks-worker'`,
      [name],
    );
    await new Promise((wake) => setTimeout(wake, ms));
  } finally {
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
  }
}

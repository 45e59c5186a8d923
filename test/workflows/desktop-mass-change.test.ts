import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { findBatch } from "../../db/batches.ts";
import { acceptMassChange } from "../../db/mass-changes.ts";
import { countsOf } from "../support/batches.ts";
import { askedOf, poll } from "../support/desktop-runs.ts";
import { expectEqualFile, syncedFile, withDoor, type DesktopCompany } from "../support/desktop.ts";
import { eventually, isOver, untilBatch, withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

/** An order of changes holds so many. */
const CHANGES_MAX = 1_000;

const stage = withStage();
const door = withDoor(stage);
beforeAll(() => stage.worker(), 60_000);

const Rows = z.array(z.object({ id: z.string() }).loose());

/** Moves TimeModified of so many records of each of these kinds at most, as rebuilding a file does; answers how many. */
async function rebuild(
  { order, file }: DesktopCompany,
  kinds: readonly string[],
  most = Infinity,
): Promise<number> {
  const changes: object[] = [];
  for (const kind of kinds) {
    const query = new URLSearchParams({ file, kind });
    const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/records?${query}`);
    const rows = Rows.parse(await answer.json()).slice(0, most);
    changes.push(...rows.map(({ id }) => ({ do: "edit", kind, id, draft: {} })));
  }
  for (let from = 0; from < changes.length; from += CHANGES_MAX) {
    await order("changes", { file, changes: changes.slice(from, from + CHANGES_MAX) });
  }
  return changes.length;
}

const KINDS = [
  "Customer",
  "Invoice",
  "ReceivePayment",
  "Estimate",
  "Bill",
  "Check",
  "JournalEntry",
];

/** How often each record was stored: 1 where nothing came after the initial sync. */
async function revisionsOf({ companyId }: DesktopCompany) {
  const { rows } = await stage.pool.query<{ stored: number; records: number }>(
    `select revision::int as stored, count(*)::int as records from records
      where company_id = $1 group by revision order by revision`,
    [companyId],
  );
  return rows;
}

describe("a company file most of which was changed at once", () => {
  test("is noticed, and a person is asked before anything is stored or read on; then all of it comes in", async () => {
    const company = await syncedFile(stage, door, { records: 2_400 });
    const { companyId } = company;
    const held = (await revisionsOf(company))[0]?.records ?? 0;
    const moved = await rebuild(company, KINDS);
    expect(moved).toBeGreaterThan(held / 2);

    const { id } = await wishSync(stage, company.companyId);
    await untilBatch(stage, companyId, id, ({ waitingFor }) => waitingFor === "mass-change");
    expect(await revisionsOf(company)).toEqual([{ stored: 1, records: held }]);
    const { rows: attention } = await stage.pool.query(
      `select cause, message, next_step as next, batch_id as batch from attention
        where company_id = $1 and resolved_at is null`,
      [companyId],
    );
    expect(attention).toMatchObject([{ cause: "mass-change", batch: id }]);
    expect(attention[0].message).toContain(`${moved} records were changed at once`);
    expect(attention[0].next).toContain("acceptMassChange");

    // The PC goes on calling; nobody is asked anything until a person has spoken.
    const before = (await askedOf(stage, company)).total;
    await company.order("polling", { pc: company.pc, everyMs: null });
    for (let calls = 0; calls < 2; calls++) await company.order("run", { pc: company.pc });
    const { requests } = await askedOf(stage, company, before);
    expect(requests.filter(({ query }) => query === "InvoiceQuery")).toEqual([]);
    expect(await findBatch(stage.pool, companyId, id)).toMatchObject({
      status: "running",
      waitingFor: "mass-change",
    });

    expect(await acceptMassChange(stage.pool, companyId)).toBe(true);
    expect(await acceptMassChange(stage.pool, companyId)).toBe(false);
    await poll(company);
    const over = await untilBatch(stage, companyId, id, isOver);
    expect(over).toMatchObject({ status: "succeeded", failure: null, waitingFor: null });
    expect(await revisionsOf(company)).toEqual([
      { stored: 1, records: held - moved },
      { stored: 2, records: moved },
    ]);
    await expectEqualFile(stage, company);
    const { kept, real } = await countsOf(stage.pool, companyId);
    expect(kept).toEqual(real);

    // The next run reads the last hour once more, which is nothing new: it asks nobody.
    const again = await wishSync(stage, company.companyId);
    const next = await untilBatch(stage, companyId, again.id, isOver);
    expect(next).toMatchObject({ status: "succeeded", failure: null });
  }, 180_000);

  test("is not asked about again by a run after one that was cancelled, once it has settled", async () => {
    const company = await syncedFile(stage, door, { records: 2_400 });
    const { companyId } = company;
    await rebuild(company, KINDS);
    const { id } = await wishSync(stage, company.companyId);
    await untilBatch(stage, companyId, id, ({ waitingFor }) => waitingFor === "mass-change");
    await stage.client.workflow.getHandle(`batch:${id}`).cancel();
    await untilBatch(stage, companyId, id, ({ status }) => status === "cancelled");
    expect(await acceptMassChange(stage.pool, companyId)).toBe(false);

    const second = await wishSync(stage, company.companyId);
    await untilBatch(stage, companyId, second.id, ({ waitingFor }) => waitingFor === "mass-change");
    expect(await acceptMassChange(stage.pool, companyId)).toBe(true);
    const over = await untilBatch(stage, companyId, second.id, isOver);
    expect(over).toMatchObject({ status: "succeeded", failure: null });
    await eventually(async () => {
      const { rowCount } = await stage.pool.query(
        "select from attention where company_id = $1 and resolved_at is null",
        [companyId],
      );
      expect(rowCount).toBe(0);
    });
  }, 180_000);

  test("a day's work of many records is none", async () => {
    const company = await syncedFile(stage, door, { records: 3_500 });
    const moved = await rebuild(company, ["Customer", "Invoice", "ReceivePayment"], 450);
    expect(moved).toBeGreaterThan(1_000);
    const { id } = await wishSync(stage, company.companyId);
    const over = await untilBatch(stage, company.companyId, id, isOver);
    expect(over).toMatchObject({ status: "succeeded", failure: null });
    expect((await revisionsOf(company))[1]).toEqual({ stored: 2, records: moved });
  }, 120_000);
});

import { beforeAll, describe, expect, test } from "vitest";

import type { Batch } from "../../db/batches.ts";
import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { countsOf } from "../support/batches.ts";
import { askedOf, poll } from "../support/desktop-runs.ts";
import { expectEqualFile, syncedFile, withDoor, type DesktopCompany } from "../support/desktop.ts";
import { isOver, untilBatch, withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

const MINUTE_MS = 60_000;

const stage = withStage();
const door = withDoor(stage);
beforeAll(() => stage.worker(), 60_000);

async function runOnce(company: DesktopCompany): Promise<Batch> {
  const { id } = await wishSync(stage, company.companyId);
  const over = await untilBatch(stage, company.companyId, id, isOver);
  expect(over).toMatchObject({ status: "succeeded", failure: null });
  return over;
}

/** Changes a company file and answers the ids it was about. */
async function change({ order, file }: DesktopCompany, ...changes: object[]): Promise<string[]> {
  return (await order("changes", { file, changes }))["ids"] as string[];
}

async function heldOf({ companyId }: DesktopCompany, kind: string, ids: readonly string[]) {
  const { rows } = await stage.pool.query<{ id: string; isDeleted: boolean; payload: string }>(
    `select quickbooks_id as id, deleted_at is not null as "isDeleted", payload from records
      where company_id = $1 and kind = $2 and quickbooks_id = any($3::text[])
      order by array_position($3::text[], quickbooks_id)`,
    [companyId, kind, ids],
  );
  return rows;
}

/** What a batch brought, as people read it. */
async function broughtBy({ id }: Batch) {
  const { rows } = await stage.pool.query<Record<string, number>>(
    `select sum(created)::int as created, sum(updated)::int as updated, sum(deleted)::int as deleted
      from batch_steps where batch_id = $1`,
    [id],
  );
  return rows[0];
}

async function idsOf(
  { companyId }: DesktopCompany,
  kind: string,
  count: number,
): Promise<string[]> {
  const { rows } = await stage.pool.query<{ id: string }>(
    `select quickbooks_id as id from records where company_id = $1 and kind = $2
        and deleted_at is null order by quickbooks_id limit $3`,
    [companyId, kind, count],
  );
  return rows.map(({ id }) => id);
}

describe.each([
  ["right", 0],
  ["26 minutes behind", -26 * MINUTE_MS],
  ["26 minutes ahead", 26 * MINUTE_MS],
])("an AutoSync of a company file on a PC whose clock is %s", (_, clockSkewMs) => {
  let company: DesktopCompany;
  beforeAll(async () => {
    company = await syncedFile(stage, door, { records: 400, clockSkewMs });
  }, 120_000);

  test("costs one exchange where nothing has changed", async () => {
    const { companyId, pc } = company;
    await company.order("polling", { pc, everyMs: null });
    // A run that was still under way would serve what is wanted now.
    await company.order("run", { pc });
    const { id } = await wishSync(stage, company.companyId);
    await untilBatch(stage, companyId, id, ({ waitingFor }) => waitingFor === "connector-away");
    const before = (await askedOf(stage, company)).total;
    const report = await company.order("run", { pc });
    await poll(company);
    const batch = await untilBatch(stage, companyId, id, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    expect(await broughtBy(batch)).toEqual({ created: 0, updated: 0, deleted: 0 });
    expect(report).toMatchObject({ how: "finished", exchanges: 1 });
    // In that one everything was asked for: what tells the file from others, every kind, what was deleted.
    const asked = (await askedOf(stage, company, before)).requests.map(({ query }) => query);
    expect(new Set(asked).size).toBeGreaterThan(20);
    const deleted = asked.filter((query) => query.endsWith("DeletedQuery"));
    expect(deleted).toEqual(["ListDeletedQuery", "TxnDeletedQuery"]);
  }, 60_000);

  test("brings what was made, edited, made inactive and deleted, and nothing else", async () => {
    const [invoice = "", goneInvoice = ""] = await idsOf(company, "invoice", 2);
    const [item = ""] = await idsOf(company, "item", 1);
    const [klass = ""] = await change(company, {
      do: "create",
      kind: "Class",
      draft: { name: "Short-lived" },
    });
    expect(await broughtBy(await runOnce(company))).toEqual({ created: 1, updated: 0, deleted: 0 });

    const itemKind = /^<(Item\w+)Ret/.exec(
      (await heldOf(company, "item", [item]))[0]?.payload ?? "",
    );
    const [vendor = "", estimate = ""] = await change(
      company,
      { do: "create", kind: "Vendor", draft: { name: "A new vendor" } },
      { do: "create", kind: "Estimate", draft: {} },
      { do: "edit", kind: "Invoice", id: invoice, draft: { memo: "seen again" } },
      { do: "deactivate", kind: itemKind?.[1], id: item },
      { do: "delete", kind: "Class", id: klass },
      { do: "delete", kind: "Invoice", id: goneInvoice },
    );
    const brought = await broughtBy(await runOnce(company));
    expect(brought).toMatchObject({ created: 2, deleted: 2 });
    await expectEqualFile(stage, company);
    expect(await heldOf(company, "vendor", [vendor])).toMatchObject([{ isDeleted: false }]);
    expect(await heldOf(company, "estimate", [estimate])).toMatchObject([{ isDeleted: false }]);
    expect(await heldOf(company, "class", [klass])).toMatchObject([{ isDeleted: true }]);
    const [edited, gone] = await heldOf(company, "invoice", [invoice, goneInvoice]);
    expect(edited?.payload).toContain("<Memo>seen again</Memo>");
    expect(gone?.isDeleted).toBe(true);
    const [inactive] = await heldOf(company, "item", [item]);
    expect(inactive).toMatchObject({ isDeleted: false });
    expect(inactive?.payload).toContain("<IsActive>false</IsActive>");
    const { kept, real } = await countsOf(stage.pool, company.companyId);
    expect(kept).toEqual(real);

    // What is read once more, because clocks may be an hour off, is nothing new.
    expect(await broughtBy(await runOnce(company))).toEqual({ created: 0, updated: 0, deleted: 0 });
  }, 120_000);
});

describe("an AutoSync after more than 90 days, which is as long as QuickBooks remembers deletions", () => {
  const DAYS = 97;

  test("compares what is held of every kind with what QuickBooks has, and says so", async () => {
    const company = await syncedFile(stage, door, { records: 400 });
    const { companyId } = company;
    // What QuickBooks deleted long ago and nobody will tell of any more.
    for (const kind of ["customer", "invoice", "transfer"]) await addForgotten(company, kind);
    await stage.pool.query(
      `update connections set cursor_at = cursor_at - make_interval(days => $2),
          uncovered_cursor_at = uncovered_cursor_at - make_interval(days => $2)
        where company_id = $1`,
      [companyId, DAYS],
    );
    await change(company, { do: "create", kind: "Estimate", draft: {} });
    const batch = await runOnce(company);
    expect(await broughtBy(batch)).toMatchObject({ created: 1, deleted: 3 });
    await expectEqualFile(stage, company);
    const { kept, real } = await countsOf(stage.pool, companyId);
    expect(kept).toEqual(real);

    const [step] = await inCompany(stage.pool, companyId, (tx) =>
      summarizeSteps(tx, companyId, batch.id),
    );
    expect(step?.note).toMatch(
      /^The last run was 97 days ago, and QuickBooks has forgotten .* of \d+ kinds was compared/,
    );
    const said = await stage.client.workflow.getHandle(`batch:${batch.id}`).result();
    expect(said).toContain(step?.note);

    const next = await runOnce(company);
    const [quiet] = await inCompany(stage.pool, companyId, (tx) =>
      summarizeSteps(tx, companyId, next.id),
    );
    expect(quiet?.note).toBeNull();
  }, 120_000);

  /** One more of a kind on our side alone, as old as the oldest. */
  async function addForgotten({ companyId }: DesktopCompany, kind: string): Promise<void> {
    await stage.pool.query(
      `with copied as (insert into records (company_id, kind, quickbooks_id, version, modified_at,
            number, party, date, total, balance, currency, payload)
          select company_id, kind, 'FFFF01-1417118624', version, modified_at, number, party, date,
            total, balance, currency, payload
          from records where company_id = $1 and kind = $2 order by modified_at limit 1 returning kind)
        update record_counts c set present = present + 1 from copied
        where c.company_id = $1 and c.kind = copied.kind and c.slot = (select min(slot)
          from record_counts m where m.company_id = $1 and m.kind = $2)`,
      [companyId, kind],
    );
  }
});

test("a PC's clock that was two days ahead and is set right hides no edit", async () => {
  const ahead = 2 * 24 * 60 * MINUTE_MS;
  const company = await syncedFile(stage, door, { records: 400, clockSkewMs: ahead });
  await runOnce(company);
  const { order, file } = company;
  await order("file-settings", { file, settings: { clockSkewMs: 0 } });
  const [invoice = ""] = await idsOf(company, "invoice", 1);
  const draft = { memo: "after it was set right" };
  await change(company, { do: "edit", kind: "Invoice", id: invoice, draft });
  await runOnce(company);
  const [edited] = await heldOf(company, "invoice", [invoice]);
  expect(edited?.payload).toContain("<Memo>after it was set right</Memo>");
}, 120_000);

import { expect } from "vitest";

import type { RecordKind } from "../../core/record-kinds.ts";
import { countsOf } from "../support/batches.ts";
import { ENTITY_OF_KIND } from "../support/simulator.ts";
import { expectEqualBooks, type Stage } from "../support/sync.ts";
import type { OnlineCompany } from "./online-company.ts";

/** Keeps a log of what each batch was when; the product knows nothing of it. */
export async function logStatuses({ pool }: Stage): Promise<void> {
  await pool.query(`
    create table test_statuses (position bigint generated always as identity, company_id uuid,
      batch_id uuid, status text);
    create function test_note_status() returns trigger language plpgsql security definer as $$
      begin
        insert into test_statuses (company_id, batch_id, status)
          values (new.company_id, new.id, new.status);
        return new;
      end $$;
    create trigger test_statuses after insert or update of status on batches
      for each row execute function test_note_status();`);
}

/** How many times a batch of a company has begun or gone on. */
export async function runsOf({ pool }: Stage, companyId: string): Promise<number> {
  const { rowCount } = await pool.query(
    "select from test_statuses where company_id = $1 and status = 'running'",
    [companyId],
  );
  return rowCount ?? 0;
}

/** Never were two batches of a company running, and none failed: troubles pass, and people only cancel. */
export async function expectOneAtATime({ pool }: Stage, companyId: string): Promise<void> {
  const { rows } = await pool.query<{ id: string; status: string }>(
    `select batch_id as id, status from test_statuses where company_id = $1 order by position`,
    [companyId],
  );
  const running = new Set<string>();
  for (const { id, status } of rows) {
    if (status === "running") running.add(id);
    else running.delete(id);
    expect(running.size, "batches running at one time").toBeLessThanOrEqual(1);
  }
  const failed = await pool.query(
    "select kind, failure from batches where company_id = $1 and status = 'failed'",
    [companyId],
  );
  expect(failed.rows, "batches that failed").toEqual([]);
}

/** Our books are QuickBooks' books, and what we say of them is true. */
export async function expectEven(stage: Stage, company: OnlineCompany): Promise<void> {
  const { companyId } = company;
  const { realmId } = company.books;
  await expectEqualBooks(stage, companyId, realmId);
  for (const [kind, entity] of Object.entries(ENTITY_OF_KIND)) {
    await expectEqualColumns(stage, { companyId, realmId, kind: kind as RecordKind, entity });
  }
  const { kept, real } = await countsOf(stage.pool, companyId);
  expect(kept, "kept counts").toEqual(real);
}

interface TrueColumns {
  Id: string;
  TotalAmt?: number;
  Balance?: number;
  DocNumber?: string;
  TxnDate?: string;
}

/** Amounts, numbers and dates, where the simulator tells them. */
async function expectEqualColumns(
  stage: Stage,
  of: { companyId: string; realmId: string; kind: RecordKind; entity: string },
): Promise<void> {
  const truth = (await stage.simulator.truth(of.realmId, of.entity)) as TrueColumns[];
  const { rows } = await stage.pool.query<{
    id: string;
    total: string | null;
    balance: string | null;
    number: string | null;
    date: string | null;
  }>(
    `select quickbooks_id as id, total, balance, number, date::text from records
      where company_id = $1 and kind = $2 and deleted_at is null`,
    [of.companyId, of.kind],
  );
  const ours = new Map(rows.map((row) => [row.id, row]));
  const differing = truth.flatMap((row) => {
    const held = ours.get(row.Id);
    const cents = (amount: string | null | undefined): number =>
      Math.round(Number(amount ?? Number.NaN) * 100);
    const isEven =
      (row.TotalAmt === undefined || cents(held?.total) === Math.round(row.TotalAmt * 100)) &&
      (row.Balance === undefined || cents(held?.balance) === Math.round(row.Balance * 100)) &&
      (row.DocNumber === undefined || held?.number === row.DocNumber) &&
      (row.TxnDate === undefined || held?.date === row.TxnDate);
    return isEven ? [] : [{ theirs: row, ours: held }];
  });
  expect(differing, `columns of ${of.kind}`).toEqual([]);
}

import { expect } from "vitest";

import type { ReconciliationLine } from "../../db/reconciliations.ts";
import type { Stage } from "./sync.ts";

/** What is open agrees with QuickBooks' aging summaries and with its balance sheet. */
export function expectOpenAgrees(lines: readonly ReconciliationLine[]): void {
  const open = lines.filter(({ subject }) => /receivables|payables/.test(subject));
  expect(open.length).toBe(4);
  for (const line of open) {
    expect(line).toMatchObject({ agrees: true, note: null });
    expect(Number(line.ours)).not.toBe(0);
  }
}

export const differing = (lines: readonly ReconciliationLine[]): ReconciliationLine[] =>
  lines.filter(({ agrees }) => agrees === false);

/** What was done to our records, by ids. */
interface Slipped {
  lost: string;
  month: string | null;
  spoilt: string;
  invented: string;
}

/** Slips of ours that no feed tells: a row is gone, one is not what QuickBooks says, one it does not have. */
export async function slip(
  stage: Stage,
  { companyId, kind }: { companyId: string; kind: string },
): Promise<Slipped> {
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
    [companyId, kind, spoilt.id, "0"],
  );
  return { lost: lost.id, month: lost.month, spoilt: spoilt.id, invented };
}

/** Each slip is named once, and says what was done about it. */
export function expectNamed(
  lines: readonly ReconciliationLine[],
  kind: string,
  { lost, spoilt, invented }: Slipped,
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

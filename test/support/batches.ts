import { randomUUID } from "node:crypto";

import type { Pool } from "pg";

import { enqueueBatch } from "../../db/batches.ts";
import { createCompany } from "../../db/companies.ts";
import { claimNextBatch, takeLease, type Lease } from "../../db/leases.ts";
import { commitPage, type PageCommit, type PageCounts } from "../../db/pages.ts";
import { planSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { Deletion, SourceRecord } from "../../quickbooks/source.ts";

/** The step that `aBatch` plans. */
const STEP = "invoice";
/** The checkpoint it begins at. */
export const BEGINNING = { at: "2024-01-01T00:00:00Z", offset: 0 };

/** A company of its own with an initial sync that waits in its queue. */
export async function aQueuedBatch(pool: Pool): Promise<{ companyId: string; batchId: string }> {
  const company = await createCompany(pool, { name: "Craig's Design", edition: "online" });
  const { batch } = await enqueueBatch(pool, {
    companyId: company.id,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "Initial sync of the test's company",
    historyFrom: null,
  });
  return { companyId: company.id, batchId: batch.id };
}

/** A company of its own with a batch at work and one step, in as many parts as asked for. */
export async function aBatch(pool: Pool, parts = 1): Promise<Lease> {
  const { companyId, batchId } = await aQueuedBatch(pool);
  await claimNextBatch(pool, companyId);
  const lease = await takenLease(pool, { companyId, batchId });
  await inCompany(pool, companyId, (tx) =>
    planSteps(tx, lease, [
      {
        name: STEP,
        phase: "records",
        kind: "invoice",
        total: 1_000,
        checkpoint: BEGINNING,
        unavailable: null,
      },
    ]),
  );
  for (let part = 1; part < parts; part++) {
    await pool.query(
      `insert into batch_steps (company_id, batch_id, name, part, position, phase, kind, total, checkpoint)
        select company_id, batch_id, name, $2, position, phase, kind, total, checkpoint
        from batch_steps where batch_id = $1 and part = 0`,
      [batchId, part],
    );
  }
  return lease;
}

/** The lease of a claimed batch, taken by a new run of its own workflow. */
export async function takenLease(
  pool: Pool,
  batch: { companyId: string; batchId: string },
): Promise<Lease> {
  const answer = await takeLease(pool, {
    companyId: batch.companyId,
    batchId: batch.batchId,
    isClaimed: true,
    ownsWorkflowId: true,
    runId: randomUUID(),
  });
  if (answer.is === "refused") throw new Error(answer.why);
  return answer.lease;
}

/** One invoice as a source gives it; `over` replaces single columns. */
export const aRecord = (over: Partial<SourceRecord> = {}): SourceRecord => ({
  kind: "invoice",
  quickbooksId: "1",
  version: "0",
  modifiedAt: "2024-01-02T10:00:00-08:00",
  number: "1001",
  party: "Amy's Bird Sanctuary",
  date: "2024-01-02",
  total: "10.00",
  balance: "10.00",
  currency: "USD",
  applied: [],
  payload: Buffer.from(`{"Id":"1"}`),
  ...over,
});

export interface PageContents {
  records?: readonly SourceRecord[];
  deletions?: readonly Deletion[];
}

/** Stores a page under a step that stays where it is. */
export const store = (
  pool: Pool,
  lease: Lease,
  contents: PageContents,
  part = 0,
): Promise<PageCounts> => commitPage(pool, pageOf(lease, contents, { part }));

/** A page of the step that `aBatch` plans; without `to` the step stays where it is. */
export const pageOf = (
  lease: Lease,
  contents: PageContents,
  over: Partial<Pick<PageCommit, "from" | "to" | "finished" | "askedAfter">> & {
    part?: number;
  } = {},
): PageCommit => {
  const { part = 0, ...rest } = over;
  return {
    lease,
    step: { name: STEP, part },
    from: BEGINNING,
    to: BEGINNING,
    finished: false,
    records: [],
    deletions: [],
    troubles: [],
    wins: "modified-last",
    ...contents,
    ...rest,
  };
};

/** The kept counts of a company and the real ones, which must be the same. */
export async function countsOf(
  pool: Pool,
  companyId: string,
): Promise<{ kept: CountRow[]; real: CountRow[] }> {
  const kept = await pool.query<CountRow>(
    `select kind, sum(present)::int as present, sum(deleted)::int as deleted
      from record_counts where company_id = $1 group by kind
      having sum(present) <> 0 or sum(deleted) <> 0 order by kind`,
    [companyId],
  );
  const real = await pool.query<CountRow>(
    `select kind, count(*) filter (where deleted_at is null)::int as present,
        count(*) filter (where deleted_at is not null)::int as deleted
      from records where company_id = $1 group by kind order by kind`,
    [companyId],
  );
  return { kept: kept.rows, real: real.rows };
}

interface CountRow {
  kind: string;
  present: number;
  deleted: number;
}

import { expect } from "vitest";
import { z } from "zod";

import { findBatch, type Batch } from "../../db/batches.ts";
import { countsOf } from "./batches.ts";
import { expectEqualFile, metCompany, type DesktopCompany, type Door } from "./desktop.ts";
import { eventually, isOver, startInitialSync, type Stage } from "./sync.ts";
import { wishSync } from "./wishes.ts";

/** A killed worker costs a heartbeat, and the wait before the next attempt. */
const OVER_TIMEOUT_MS = 120_000;
const POLL_MS = 200;

/** A met company whose PC does not poll, so that nothing is under way. */
export async function quietCompany(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const company = await metCompany(stage, door, file);
  await company.order("polling", { pc: company.pc, everyMs: null });
  await company.order("run", { pc: company.pc });
  return company;
}

export const poll = ({ order, pc }: DesktopCompany): Promise<unknown> =>
  order("polling", { pc, everyMs: POLL_MS });

/** A company's initial sync, and how much its QuickBooks was asked before. */
export interface DesktopRun {
  company: DesktopCompany;
  batchId: string;
  askedBefore: number;
}

export async function startDesktopRun(stage: Stage, company: DesktopCompany): Promise<DesktopRun> {
  const askedBefore = (await askedOf(stage, company)).total;
  return { company, batchId: await startInitialSync(stage, company.companyId), askedBefore };
}

/**
 * Waits for a batch to end; meanwhile a Web Connector that has died is started again. Then it polls no
 * longer: each login is a password to check, and many companies are many logins.
 */
export async function untilOver(
  stage: Stage,
  run: Omit<DesktopRun, "askedBefore">,
): Promise<Batch> {
  const { company, batchId } = run;
  let last: Batch | null = null;
  await eventually(async () => {
    await company.order("power", { pc: company.pc, to: "start" });
    last = await findBatch(stage.pool, company.companyId, batchId);
    expect(last !== null && isOver(last), JSON.stringify(last)).toBe(true);
  }, OVER_TIMEOUT_MS);
  await company.order("polling", { pc: company.pc, everyMs: null });
  if (last === null) throw new Error("no such batch");
  return last;
}

/**
 * The sync succeeded; every record of the file is here, came from a walk and was stored once; kept
 * counts and steps say the same.
 */
export async function expectWholeFile(
  stage: Stage,
  run: DesktopRun,
  records: number,
): Promise<void> {
  const { companyId } = run.company;
  expect(await untilOver(stage, run)).toMatchObject({
    status: "succeeded",
    failure: null,
    waitingFor: null,
  });
  await expectEqualFile(stage, run.company);
  const { kept, real } = await countsOf(stage.pool, companyId);
  expect(kept).toEqual(real);
  expect(real.reduce((sum, { present }) => sum + present, 0)).toBe(records);
  const revisions = await stage.pool.query(
    "select kind, quickbooks_id, revision from records where company_id = $1 and revision <> 1",
    [companyId],
  );
  expect(revisions.rows, "records stored more than once").toEqual([]);
  // A window that was read again counts again in what was done of a step.
  const steps = await stage.pool.query(
    `select name, part, status, done::int, total::int from batch_steps
      where batch_id = $1 and (status <> 'succeeded' or (kind is not null and done < total))`,
    [run.batchId],
  );
  expect(steps.rows, "steps that are not done in full").toEqual([]);
  const { rows } = await stage.pool.query(
    `select sum(created) filter (where kind is not null)::int as streamed,
        sum(created) filter (where kind is null)::int as mended,
        sum(updated)::int as updated, sum(deleted)::int as deleted
      from batch_steps where batch_id = $1`,
    [run.batchId],
  );
  expect(rows).toEqual([{ streamed: records, mended: 0, updated: 0, deleted: 0 }]);
}

/** What changes in a file afterwards comes in, in a batch of its own. */
export async function expectGoesOn(stage: Stage, { company }: DesktopRun): Promise<void> {
  const { companyId, file } = company;
  await company.order("changes", {
    file,
    changes: [
      { do: "create", kind: "Estimate", draft: {} },
      { do: "create", kind: "Customer", draft: { name: "A new one" } },
    ],
  });
  const batch = await wishSync(stage, companyId);
  await poll(company);
  expect(await untilOver(stage, { company, batchId: batch.id })).toMatchObject({
    status: "succeeded",
    failure: null,
  });
  await expectEqualFile(stage, company);
}

const Asked = z.object({
  total: z.number(),
  requests: z.array(
    z.object({
      query: z.string(),
      asked: z.string(),
      records: z.number(),
      iterator: z.string().nullable(),
      ids: z.array(z.string()),
    }),
  ),
});

/** What a company's QuickBooks was asked, from the n-th request on. */
export async function askedOf(
  stage: Stage,
  { pc }: DesktopCompany,
  from = 0,
): Promise<z.infer<typeof Asked>> {
  const query = new URLSearchParams({ pc, from: String(from) });
  const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/requests?${query}`);
  return Asked.parse(await answer.json());
}

/** What the walks of a sync were answered: records, different ones of them in each walk, and the largest window and page. */
export async function walked(
  stage: Stage,
  { company, askedBefore }: DesktopRun,
): Promise<{ answered: number; distinct: number; window: number; page: number }> {
  const windows = new Map<string, Set<string>>();
  const walks = new Map<string, Set<string>>();
  let answered = 0;
  let page = 0;
  for (const one of (await askedOf(stage, company, askedBefore)).requests) {
    if (one.iterator === null) continue;
    answered += one.records;
    page = Math.max(page, one.records);
    const window = one.asked.replace(/^<(\w+)[^>]*>(<MaxReturned>\d+<\/MaxReturned>)?/, "$1");
    note(windows, window, one.ids);
    note(walks, `${one.query} ${one.asked.includes("NotPaidOnly")}`, one.ids);
  }
  return {
    answered,
    distinct: [...walks.values()].reduce((sum, { size }) => sum + size, 0),
    window: Math.max(0, ...[...windows.values()].map(({ size }) => size)),
    page,
  };
}

/** Of a company file, side by side. */
const STREAMS = 2;

/** So many records are read again when a sync is broken: of each stream a window, and the page behind it that was on its way. */
export const againMax = ({ window, page }: { window: number; page: number }): number =>
  STREAMS * (window + page);

function note(sets: Map<string, Set<string>>, key: string, ids: readonly string[]): void {
  const set = sets.get(key) ?? new Set();
  for (const id of ids) set.add(id);
  sets.set(key, set);
}

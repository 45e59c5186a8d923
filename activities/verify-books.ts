import { compareDecimals } from "../core/money.ts";
import { isTransactionKind, kindLabel, type RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import {
  countHeldByMonth,
  reconciliationOf,
  sampleOf,
  storeReconciliation,
  type ReconciliationLine,
} from "../db/reconciliations.ts";
import { payloadsOf, type HeldPayload } from "../db/payloads.ts";
import { countHeldByKind } from "../db/records.ts";
import { hasSteps, planSteps, syncedKinds } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { SourceRecord } from "../quickbooks/source.ts";
import { askById, countTheirs, foundByIds } from "./compare.ts";
import type { ActivityDeps } from "./deps.ts";
import { endOfMonth } from "./months.ts";
import { moveTo, onStep, storeFound, type StandingStep } from "./standing-step.ts";
import { wholeListing } from "./steps.ts";
import { compareOpenBalances } from "./verify-balances.ts";
import { NOTHING, REFUSED, UNKNOWN } from "./verify-lines.ts";

/** Records of each kind that are compared one by one: as many as one question asks for. */
const SAMPLE_SIZE = 100;
/** Months that a kind is counted by where its counts differ, newest first. */
const MONTHS_MAX = 36;

const STEP = { name: "comparison", phase: "comparison" } as const;

export interface Verified {
  lines: number;
  differing: number;
}

/**
 * Compares a company with QuickBooks and writes down every line of it: counts by kind (by month where
 * they differ), a random sample of each kind record by record, and what is open against QuickBooks' own
 * reports. A record of the sample that differs is named, and healed by what was just read.
 */
export const verifyBooks =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<Verified> => {
    await inCompany(deps.pool, lease.companyId, async (tx) => {
      if (await hasSteps(tx, lease)) return;
      await planSteps(tx, lease, [
        { ...STEP, kind: null, total: null, checkpoint: {}, unavailable: null },
      ]);
    });
    // An attempt before this one may have compared everything and not been heard.
    const lines =
      (await onStep(deps, { lease, ...STEP, signal }, compareAll)) ??
      (await reconciliationOf(deps.pool, lease));
    return {
      lines: lines.length,
      differing: lines.filter(({ agrees }) => agrees === false).length,
    };
  };

async function compareAll(run: StandingStep): Promise<ReconciliationLine[]> {
  const { pool } = run.deps;
  const { kinds, historyFrom } = await inCompany(pool, run.lease.companyId, (tx) =>
    syncedKinds(tx, run.lease.companyId),
  );
  const lines = [
    ...(await compareCounts(run, kinds, historyFrom)),
    ...(await compareSamples(run, kinds)),
    ...(await compareOpenBalances(run)),
  ];
  await storeReconciliation(pool, run.lease, lines);
  await moveTo(run, {}, true);
  return lines;
}

const countLine = (
  kind: RecordKind,
  month: string | null,
  { ours, theirs }: { ours: number; theirs: number | null },
): ReconciliationLine => ({
  ...NOTHING,
  subject: "count",
  kind,
  month,
  ours: String(ours),
  theirs: theirs === null ? null : String(theirs),
  agrees: theirs === null ? null : ours === theirs,
  note: theirs === null ? REFUSED : null,
});

async function compareCounts(
  run: StandingStep,
  kinds: readonly RecordKind[],
  datedFrom: string | null,
): Promise<ReconciliationLine[]> {
  const { pool } = run.deps;
  const { companyId } = run.lease;
  const ours = await inCompany(pool, companyId, (tx) => countHeldByKind(tx, companyId, datedFrom));
  const lines = await Promise.all(
    kinds.map(async (kind) => {
      const theirs = await countTheirs(run, wholeListing(kind, datedFrom));
      const line = countLine(kind, null, { ours: ours.get(kind) ?? 0, theirs });
      const isByMonth = line.agrees === false && isTransactionKind(kind);
      return [line, ...(isByMonth ? await compareMonths(run, kind) : [])];
    }),
  );
  return lines.flat();
}

async function compareMonths(run: StandingStep, kind: RecordKind): Promise<ReconciliationLine[]> {
  const months = await countHeldByMonth(run.deps.pool, run.lease.companyId, kind);
  return Promise.all(
    months.slice(0, MONTHS_MAX).map(async ({ month, count }) => {
      const listing = { ...wholeListing(kind, month), datedUntil: endOfMonth(month) };
      const theirs = await countTheirs(run, listing);
      return countLine(kind, month, { ours: count, theirs });
    }),
  );
}

async function compareSamples(
  run: StandingStep,
  kinds: readonly RecordKind[],
): Promise<ReconciliationLine[]> {
  const lines: ReconciliationLine[] = [];
  for (const kind of kinds) lines.push(...(await compareSample(run, kind)));
  return lines;
}

/** One line that says how many were compared, and one for each record that differs. */
async function compareSample(run: StandingStep, kind: RecordKind): Promise<ReconciliationLine[]> {
  const { pool } = run.deps;
  const size = SAMPLE_SIZE;
  const sample = await sampleOf(pool, run.lease.companyId, { kind, size });
  if (sample.length === 0) return [];
  const ids = sample.map(({ quickbooksId }) => quickbooksId);
  const found = await foundByIds(run, kind, ids);
  if (found === null) return [{ ...NOTHING, ...UNKNOWN, subject: "sample", kind, note: REFUSED }];
  const present = new Set(
    [...found.records, ...found.troubles].map(({ quickbooksId }) => quickbooksId),
  );
  const keys = ids.map((quickbooksId) => ({ kind, quickbooksId }));
  const ours = new Map(
    (await payloadsOf(pool, run.lease.companyId, keys)).map((held) => [held.quickbooksId, held]),
  );
  const stale = found.records.filter(
    (record) => !isEqual(record, ours.get(record.quickbooksId), ["total", "balance"]),
  );
  if (stale.length > 0) await storeFound(run, { ...found, deletions: [] });
  // What a customer, vendor or account comes to moves with their transactions, and QuickBooks Desktop
  // tells nobody: that is no slip of ours.
  const amounts = isTransactionKind(kind) ? (["total", "balance"] as const) : [];
  const differing = stale
    .filter((record) => !isEqual(record, ours.get(record.quickbooksId), amounts))
    .map(({ quickbooksId }) => sampleLine(kind, quickbooksId, "It differed, and was read anew."));
  const gone = ids.filter((id) => !present.has(id));
  if (gone.length > 0) {
    const { at } = await run.source.readCompany(run.signal);
    await askById(run, kind, gone, at);
  }
  differing.push(
    ...gone.map((id) => sampleLine(kind, id, "QuickBooks no longer has it; it is marked deleted.")),
  );
  const equal = ids.length - differing.length;
  const all: ReconciliationLine = {
    ...NOTHING,
    subject: "sample",
    kind,
    ours: String(ids.length),
    theirs: String(equal),
    agrees: differing.length === 0,
    note: `${ids.length} ${kindLabel(kind)} records picked at random, ${equal} of them equal.`,
  };
  return [all, ...differing];
}

/** The same version, columns and these amounts; what QuickBooks changes in a payload without telling is left out. */
function isEqual(
  theirs: SourceRecord,
  ours: HeldPayload | undefined,
  amounts: readonly ("total" | "balance")[],
): boolean {
  if (ours === undefined) return false;
  return (
    theirs.version === ours.version &&
    Date.parse(theirs.modifiedAt) === ours.modifiedAt.getTime() &&
    (["number", "party", "date"] as const).every((column) => theirs[column] === ours[column]) &&
    amounts.every((column) => isSame(theirs[column], ours[column]))
  );
}

const isSame = (one: string | null, other: string | null): boolean =>
  one === null || other === null ? one === other : compareDecimals(one, other) === 0;

const sampleLine = (kind: RecordKind, quickbooksId: string, note: string): ReconciliationLine => ({
  ...NOTHING,
  subject: "sample",
  kind,
  quickbooksId,
  ...UNKNOWN,
  agrees: false,
  note,
});

import { isTransactionKind, type RecordKind } from "../core/record-kinds.ts";
import type { Lease } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import { hasSteps, planSteps, syncedKinds, type NewStep } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { Listing, Source } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { endOfMonth, monthsBetween, startOfMonth, type Months } from "./months.ts";
import { CLOCK_MARGIN_MS } from "./preflight.ts";
import { enterPhase, readFrom, wholeListing } from "./steps.ts";
import { withheldIn, withholdNow } from "./withhold.ts";

export interface PlanHistory {
  lease: Lease;
  /** The first day wanted, YYYY-MM-DD; its whole month is read. */
  from: string;
}

/**
 * Plans the history from a day on up to where we hold everything already: windows of months, newest
 * first, each with its count. What a page holds is one window, however many months that is. A batch
 * that was planned before keeps its plan.
 */
export const planHistory =
  (deps: ActivityDeps) =>
  async ({ lease, from }: PlanHistory, signal: AbortSignal): Promise<void> => {
    await enterPhase(deps, lease, "preflight");
    const [isPlanned, { kinds, isComplete, historyFrom }] = await inCompany(
      deps.pool,
      lease.companyId,
      async (tx) => [await hasSteps(tx, lease), await syncedKinds(tx, lease.companyId)] as const,
    );
    if (isPlanned || !isComplete || historyFrom === null || from >= historyFrom) return;
    const opened = await deps.openSource(lease.companyId);
    try {
      const calledAt = new Date();
      const { at } = await opened.source.readCompany(signal);
      const months: Months = { first: startOfMonth(from), last: startOfMonth(historyFrom) };
      const planner: Planner = { source: opened.source, modifiedUntil: at, signal };
      const windows = await Promise.all(
        kinds.filter(isTransactionKind).map((kind) =>
          windowsOf(planner, kind, months).catch(async (error: unknown): Promise<Window[]> => {
            const fault = withheldIn(error);
            if (fault === null) throw error;
            await withholdNow(deps.pool, lease, kind, fault);
            return [];
          }),
        ),
      );
      const since = readFrom(new Date(at.getTime() - CLOCK_MARGIN_MS), calledAt);
      const steps: NewStep[] = [
        ...inSteps(windows.flat()),
        { name: "changes", phase: "changes", checkpoint: {}, ...STANDING },
        { name: "proof", phase: "proof", checkpoint: since, ...STANDING },
      ];
      await inCompany(deps.pool, lease.companyId, (tx) => planSteps(tx, lease, steps));
      await notifyBatch(deps.pool, lease);
    } finally {
      await opened.close();
    }
  };

const STANDING = { kind: null, total: null, unavailable: null } as const;

interface Planner {
  source: Source;
  modifiedUntil: Date;
  signal: AbortSignal;
}

/** The transactions of one kind dated within some months. */
interface Window {
  kind: RecordKind;
  months: Months;
  total: number;
  listing: Listing;
  planner: Planner;
}

async function windowsOf(planner: Planner, kind: RecordKind, months: Months): Promise<Window[]> {
  return halve(await count(planner, kind, months));
}

/** Halved until a page holds it, or a month; one half is counted, the other is the rest. Newest first. */
async function halve(window: Window): Promise<Window[]> {
  const { kind, months, total, planner } = window;
  if (total === 0) return [];
  const span = monthsBetween(months);
  if (total <= planner.source.pageSize || span.length === 1) return [window];
  const middle = span[Math.floor(span.length / 2)] ?? months.last;
  const before = span[Math.floor(span.length / 2) - 1] ?? months.first;
  const newer = await count(planner, kind, { first: middle, last: months.last });
  const olderMonths = { first: months.first, last: before };
  const older: Window = {
    ...newer,
    months: olderMonths,
    total: Math.max(0, total - newer.total),
    listing: listingOf(planner, kind, olderMonths),
  };
  const halves = await Promise.all([halve(newer), halve(older)]);
  return halves.flat();
}

async function count(planner: Planner, kind: RecordKind, months: Months): Promise<Window> {
  const listing = listingOf(planner, kind, months);
  const total = await planner.source.count(listing, planner.signal);
  return { kind, months, total, listing, planner };
}

const listingOf = (planner: Planner, kind: RecordKind, { first, last }: Months): Listing => ({
  ...wholeListing(kind, first),
  datedUntil: endOfMonth(last),
  modifiedUntil: planner.modifiedUntil,
});

/** One step for each window of months, with a part for each kind that has it, newest first. */
function inSteps(windows: readonly Window[]): NewStep[] {
  const byName = new Map<string, Window[]>();
  const newestFirst = windows.toSorted((one, other) =>
    other.months.last.localeCompare(one.months.last),
  );
  for (const window of newestFirst) {
    const name = nameOf(window.months);
    byName.set(name, [...(byName.get(name) ?? []), window]);
  }
  return [...byName].flatMap(([name, some], position) =>
    some.map(({ kind, total, listing, months, planner }, part) => ({
      name,
      phase: "history",
      kind,
      total,
      checkpoint: planner.source.start(listing, total),
      unavailable: null,
      window: { position, part, datedFrom: months.first, datedUntil: endOfMonth(months.last) },
    })),
  );
}

/** "2024-03", or "2020-01 to 2024-02". */
const nameOf = ({ first, last }: Months): string =>
  first === last ? first.slice(0, 7) : `${first.slice(0, 7)} to ${last.slice(0, 7)}`;

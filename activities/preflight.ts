import { FaultError, faultIn, type Fault } from "../core/faults.ts";
import {
  isTransactionKind,
  kindLabel,
  RECORD_KINDS,
  type RecordKind,
} from "../core/record-kinds.ts";
import { buryOldFile } from "../db/company-files.ts";
import { storeBooks } from "../db/connections.ts";
import { keepChangesFrom } from "../db/cursors.ts";
import type { Lease } from "../db/leases.ts";
import { plannedKinds, planSteps, type NewStep } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { Listing, Source } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";
import { notifyBatch } from "../db/notify.ts";
import { steadily } from "./steadily.ts";
import { enterPhase, openStepName, readFrom, wholeListing, type Phase } from "./steps.ts";

/** What a change may take to become visible at QuickBooks; sweeps begin this much earlier. */
export const CLOCK_MARGIN_MS = 120_000;

export interface Preflight {
  lease: Lease;
  historyFrom: string | null;
}

/**
 * Before anything is read: QuickBooks is reachable, we are authorised, the books are the confirmed
 * ones, their subscription is alive. Then the sync is planned, every step with its total. A batch
 * that was planned before keeps its plan.
 */
export const preflight =
  (deps: ActivityDeps) =>
  async ({ lease, historyFrom }: Preflight, signal: AbortSignal): Promise<void> => {
    await enterPhase(deps, lease, "preflight");
    await buryOldFile(deps.pool, lease.companyId);
    const opened = await deps.openSource(lease.companyId);
    try {
      const calledAt = new Date();
      const company = await opened.source.readCompany(signal);
      await storeBooks(deps.pool, lease.companyId, company.books);
      const beginning = new Date(company.at.getTime() - CLOCK_MARGIN_MS);
      const changesFrom = await inCompany(deps.pool, lease.companyId, (tx) =>
        keepChangesFrom(tx, lease.companyId, beginning),
      );
      // One that an attempt before this one noted was taken earlier; nobody knows when.
      const takenAt = changesFrom.getTime() === beginning.getTime() ? calledAt : null;
      if ((await plannedKinds(deps.pool, lease)).length > 0) return;
      const steps = await planInitialSync(steadily(deps, lease, opened.source), {
        changesFrom,
        takenAt,
        historyFrom,
        signal,
      });
      await inCompany(deps.pool, lease.companyId, (tx) => planSteps(tx, lease, steps));
      await notifyBatch(deps.pool, lease);
    } finally {
      await opened.close();
    }
  };

interface Plan {
  changesFrom: Date;
  /** When that was, by our own clock; null where nobody knows. */
  takenAt: Date | null;
  historyFrom: string | null;
  signal: AbortSignal;
}

const KINDS_OF_LISTS = RECORD_KINDS.filter((kind) => !isTransactionKind(kind));
const KINDS_OF_TRANSACTIONS = RECORD_KINDS.filter(isTransactionKind);

/** Counts every kind, and says in which order it is read: lists, open documents, a sweep, the rest, a sweep. */
async function planInitialSync(source: Source, plan: Plan): Promise<NewStep[]> {
  const [lists, open, whole] = await Promise.all([
    Promise.all(KINDS_OF_LISTS.map((kind) => planKind(source, plan, { kind, phase: "lists" }))),
    Promise.all(
      KINDS_OF_TRANSACTIONS.filter((kind) => source.canListOpen(kind)).map((kind) =>
        planOpen(source, plan, kind),
      ),
    ),
    Promise.all(
      KINDS_OF_TRANSACTIONS.map((kind) => planKind(source, plan, { kind, phase: "records" })),
    ),
  ]);
  const early = open.filter((step) => step !== null);
  const readWhole = new Set(early.map((step) => step.name));
  const sweep = { kind: null, total: null, unavailable: null } as const;
  const since = readFrom(plan.changesFrom, plan.takenAt);
  return [
    ...lists.filter((step) => step !== null),
    ...early,
    { name: "sweep", phase: "sweep", checkpoint: since, ...sweep },
    ...whole
      .filter((step) => step !== null && !readWhole.has(step.name))
      .filter((step) => step !== null),
    { name: "final_sweep", phase: "proof", checkpoint: since, ...sweep },
    { name: "proof", phase: "proof", checkpoint: since, ...sweep },
  ];
}

/** A kind read whole. Null for a kind that this edition does not have at all. */
async function planKind(
  source: Source,
  plan: Plan,
  step: { kind: RecordKind; phase: Phase },
): Promise<NewStep | null> {
  const datedFrom = step.phase === "records" ? plan.historyFrom : null;
  const listing: Listing = {
    ...wholeListing(step.kind, datedFrom),
    modifiedUntil: plan.changesFrom,
  };
  const planned = { name: step.kind, phase: step.phase, kind: step.kind };
  try {
    const total = await source.count(listing, plan.signal);
    return { ...planned, total, checkpoint: source.start(listing, total), unavailable: null };
  } catch (error) {
    const fault = faultIn(error);
    // One bad record may make even the count fail: then the total is not known beforehand.
    if (fault?.kind === "page-refused") {
      return {
        ...planned,
        total: null,
        checkpoint: source.start(listing, null),
        unavailable: null,
      };
    }
    if (fault?.kind !== "kind-not-available") throw error;
    // No company of this edition has it; there is nothing to tell.
    if (fault.rawCode === undefined && fault.rawMessage === undefined) return null;
    return { ...planned, total: 0, checkpoint: null, unavailable: reasonOf(step.kind, fault) };
  }
}

/**
 * The open documents of a kind. Where QuickBooks cannot pick them out the kind is read whole, now;
 * a kind that is not offered is told by its own step.
 */
async function planOpen(source: Source, plan: Plan, kind: RecordKind): Promise<NewStep | null> {
  const listing: Listing = {
    ...wholeListing(kind, null),
    scope: "open",
    modifiedUntil: plan.changesFrom,
  };
  try {
    const total = await source.count(listing, plan.signal);
    const checkpoint = source.start(listing, total);
    return {
      name: openStepName(kind),
      phase: "open-balances",
      kind,
      total,
      checkpoint,
      unavailable: null,
    };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    if (error.fault.kind === "kind-not-available") return null;
    if (error.fault.kind !== "query-refused") throw error;
    return planKind(source, plan, { kind, phase: "open-balances" });
  }
}

const reasonOf = (kind: RecordKind, fault: Fault) => ({
  message: `QuickBooks does not offer ${kindLabel(kind)} records here: ${fault.rawMessage ?? fault.message}`,
  rawCode: fault.rawCode ?? null,
});

import { addDecimals, negated } from "../../core/money.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import { DOCUMENT_KINDS, saidByOf, type SaidBy } from "../../db/applied-amounts.ts";
import type { DocumentKey } from "../../db/applications.ts";
import type { Lease } from "../../db/leases.ts";
import {
  documentsToJudge,
  judgeDocuments,
  type JudgedDocument,
  type Move,
} from "../../db/judged-documents.ts";
import { dropPlan, storePlan, type PlannedDocument } from "../../db/payment-plans.ts";
import { resultOf, storeResult, wantedReapplication } from "../../db/reapplications.ts";
import type { ReapplicationResult } from "../../db/reapplication-words.ts";
import { payloadsOf, unheldOf, type HeldPayload } from "../../db/payloads.ts";
import { syncedKinds } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { ActivityDeps } from "../deps.ts";
import { rereadDocuments, rereadRecords } from "../reread-documents.ts";
import { moveTo, onStep, storeFound, type StandingStep } from "../standing-step.ts";
import { noteDeposits } from "./note-deposits.ts";
import { lineOf, reasonToStop } from "./plan-words.ts";

/** Documents judged together. */
const DOCUMENTS_A_TIME = 500;
/**
 * The feed of changes goes back for thirty days and is not asked for what is older than twenty-nine; well
 * within them, because time passes until it is asked.
 */
const FEED_MS = 28 * 24 * 60 * 60_000;

export interface Judged {
  preview: boolean;
  documents: number;
  differing: number;
  stopped: number;
}

/**
 * Judges every document of a re-application: the applications we hold beside those that QuickBooks'
 * records say, once the payments that it names are here. What differs becomes a line of the plan; a
 * document that names a payment which QuickBooks does not return, or that does not add up, is stopped.
 */
export const judgeReapplication =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<Judged> => {
    const { preview } = await wantedReapplication(deps.pool, lease);
    const step = { lease, phase: "payments", name: "payments", signal } as const;
    // An attempt before this one may have judged everything and not been heard.
    const result = (await onStep(deps, step, judgeAll)) ?? (await resultOf(deps.pool, lease));
    return {
      preview,
      documents: result.documents,
      differing: result.differing,
      stopped: result.stopped,
    };
  };

const NOTHING: ReapplicationResult = {
  documents: 0,
  differing: 0,
  stopped: 0,
  appliedBefore: "0",
  appliedAfter: "0",
  mustBeApplied: "0",
  moves: 0,
};

async function judgeAll(run: StandingStep): Promise<ReapplicationResult> {
  const { pool } = run.deps;
  const wanted = await wantedReapplication(pool, run.lease);
  await dropPlan(pool, run.lease);
  await readFeed(run, wanted.modifiedFrom);
  let result = NOTHING;
  let after: DocumentKey | null = null;
  for (;;) {
    run.signal.throwIfAborted();
    const page = { after, first: DOCUMENTS_A_TIME };
    const documents = await documentsToJudge(pool, run.lease, wanted, page);
    after = documents.at(-1) ?? null;
    if (after === null) break;
    result = added(result, await judgeSome(run, documents, wanted.closedUntil));
    run.progress.moved();
  }
  if (result.differing > 0) await noteDeposits(run);
  await inCompany(pool, run.lease.companyId, (tx) => storeResult(tx, run.lease, result));
  await moveTo(run, {}, true);
  return result;
}

/**
 * No listing shows what was deleted: the feed of changes does, as far back as QuickBooks keeps it. Deposits
 * come with it, because they say what a payment does not.
 */
async function readFeed(run: StandingStep, modifiedFrom: Date): Promise<void> {
  const { kinds } = await inCompany(run.deps.pool, run.lease.companyId, (tx) =>
    syncedKinds(tx, run.lease.companyId),
  );
  const since = Math.max(modifiedFrom.getTime(), Date.now() - FEED_MS);
  const told = kinds.filter((kind) => kind === "deposit" || MONEY_KINDS.has(kind));
  const feed = { since: new Date(since), kinds: told };
  for await (const changes of run.source.changesSince(feed, run.signal)) {
    await storeFound(run, changes);
  }
}

async function judgeSome(
  run: StandingStep,
  documents: readonly DocumentKey[],
  closedUntil: string | null,
): Promise<ReapplicationResult> {
  const { pool } = run.deps;
  const { companyId } = run.lease;
  await readWhatIsUnsure(run, documents);
  const missing = await missingOf(run, await payloadsOf(pool, companyId, documents));
  const judged = await judgeDocuments(pool, companyId, documents);
  const planned = judged.flatMap((document): PlannedDocument[] => {
    const reason = reasonToStop(document, missing.get(nameOf(document)) ?? []);
    if (reason === null && document.moves.length === 0) return [];
    const moves = document.moves.map((move) =>
      lineOf(document, move, { isDeposited: isDeposited(run, move), closedUntil }),
    );
    return [{ document, reason, moves }];
  });
  if (planned.length > 0) await storePlan(pool, run.lease, planned);
  return sumOf(judged, planned);
}

/**
 * A payment that a document names and does not say so, one that says so and is not named, and a document
 * that does not add up are read anew: deletions and moves that no feed told come in this way.
 */
async function readWhatIsUnsure(
  run: StandingStep,
  documents: readonly DocumentKey[],
): Promise<void> {
  const { pool } = run.deps;
  const { companyId } = run.lease;
  const named = namesOf(run, await payloadsOf(pool, companyId, documents));
  const said = await saidByOf(pool, companyId, documents);
  const isNamed = new Set(named.map(pairOf));
  const isSaid = new Set(said.map(pairOf));
  const unsure = [
    ...named.filter((pair) => !isSaid.has(pairOf(pair))),
    ...said.filter((pair) => !isNamed.has(pairOf(pair)) && NAME_ALL.has(pair.documentKind)),
  ];
  await rereadRecords(run, unsure);
  const judged = await judgeDocuments(pool, companyId, documents);
  await rereadDocuments(
    run,
    judged.filter(({ addsUp }) => !addsUp),
  );
}

/** These name everything that is applied to them. */
const NAME_ALL = new Set<RecordKind>([...DOCUMENT_KINDS, "credit_memo", "vendor_credit"]);
const MONEY_KINDS = new Set<RecordKind>([...NAME_ALL, "payment", "bill_payment", "refund_receipt"]);
const PAYMENTS = new Set<RecordKind>(["payment", "bill_payment"]);

const namesOf = (run: StandingStep, payloads: readonly HeldPayload[]): SaidBy[] =>
  payloads.flatMap((document) =>
    run.source.appliersIn(document.kind, document.payload).map((key) => ({
      ...key,
      documentKind: document.kind,
      documentId: document.quickbooksId,
    })),
  );

/** The payments that documents name and that QuickBooks does not return, by document. */
async function missingOf(
  run: StandingStep,
  payloads: readonly HeldPayload[],
): Promise<Map<string, SaidBy[]>> {
  const named = namesOf(run, payloads);
  const unheld = await unheldOf(run.deps.pool, run.lease.companyId, named);
  const isUnheld = new Set(unheld.map(nameOf));
  const missing = new Map<string, SaidBy[]>();
  for (const pair of named.filter((each) => isUnheld.has(nameOf(each)))) {
    const document = `${pair.documentKind} ${pair.documentId}`;
    missing.set(document, [...(missing.get(document) ?? []), pair]);
  }
  return missing;
}

const isDeposited = (run: StandingStep, { payload, saidByKind }: Move): boolean =>
  payload !== null && PAYMENTS.has(saidByKind) && run.source.isDeposited(payload);

function sumOf(
  judged: readonly JudgedDocument[],
  planned: readonly PlannedDocument[],
): ReapplicationResult {
  // What we do not hold, and what has no balance of its own, proves nothing.
  const held = judged.filter(
    ({ kind, total, balance }) =>
      DOCUMENT_KINDS.includes(kind) && total !== null && balance !== null,
  );
  const present = held.filter(({ isDeleted }) => !isDeleted);
  const swapped = planned.filter(({ reason }) => reason === null);
  return {
    documents: judged.length,
    differing: planned.length,
    stopped: planned.length - swapped.length,
    appliedBefore: addDecimals(held.map(({ appliedBefore }) => appliedBefore)),
    appliedAfter: addDecimals(held.map(({ appliedAfter }) => appliedAfter)),
    mustBeApplied: addDecimals(
      present.flatMap(({ total, balance }) => [total ?? "0", negated(balance ?? "0")]),
    ),
    moves: swapped.reduce((sum, { moves }) => sum + moves.length, 0),
  };
}

const added = (one: ReapplicationResult, other: ReapplicationResult): ReapplicationResult => ({
  documents: one.documents + other.documents,
  differing: one.differing + other.differing,
  stopped: one.stopped + other.stopped,
  appliedBefore: addDecimals([one.appliedBefore, other.appliedBefore]),
  appliedAfter: addDecimals([one.appliedAfter, other.appliedAfter]),
  mustBeApplied: addDecimals([one.mustBeApplied, other.mustBeApplied]),
  moves: one.moves + other.moves,
});

const nameOf = ({ kind, quickbooksId }: DocumentKey): string => `${kind} ${quickbooksId}`;

const pairOf = ({ documentKind, documentId, kind, quickbooksId }: SaidBy): string =>
  `${documentKind} ${documentId} ${kind} ${quickbooksId}`;

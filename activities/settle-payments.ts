import { outOfBalanceIn, paymentsOf, settleNext, type DocumentKey } from "../db/applications.ts";
import type { Lease } from "../db/leases.ts";
import { learnOf } from "../db/statistics.ts";
import { planSteps, reopenStep } from "../db/steps.ts";
import { inCompany } from "../db/transactions.ts";
import type { ActivityDeps } from "./deps.ts";
import { rereadDocuments } from "./reread-documents.ts";
import { moveTo, onStep, type StandingStep } from "./standing-step.ts";

/** Documents settled in one transaction. */
const DOCUMENTS_A_TIME = 2_000;

const STEP = { name: "payments", phase: "payments" } as const;

export interface PaymentsSettled {
  /** Applications that were added, changed or removed. */
  moves: number;
  /** Documents of which total less applications is not their balance; each is an attention. */
  outOfBalance: number;
}

/**
 * Brings applications to what our records say, document by document. One whose
 * total less applications is not its balance is read anew, with the payments that it names, before it
 * is left to a person. Does nothing where a company's AutoSync leaves payments out.
 */
export const settlePayments =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<PaymentsSettled> => {
    const nothing = { moves: 0, outOfBalance: 0 };
    if (!(await paymentsOf(deps.pool, lease)).areWanted) return nothing;
    await inCompany(deps.pool, lease.companyId, async (tx) => {
      await planSteps(tx, lease, [
        { ...STEP, kind: null, total: null, checkpoint: {}, unavailable: null },
      ]);
      await reopenStep(tx, lease, STEP.name);
    });
    await learnOf(deps.pool, lease);
    return (await onStep(deps, { lease, ...STEP, signal }, settleAll)) ?? nothing;
  };

async function settleAll(run: StandingStep): Promise<PaymentsSettled> {
  const { pool } = run.deps;
  const reread = new Set<string>();
  let moves = 0;
  for (;;) {
    moves += await settleDue(run);
    // What an attempt before this one found out is known by its attentions.
    const out = await outOfBalanceIn(pool, run.lease);
    const fresh = out.filter((document) => !reread.has(nameOf(document)));
    if (fresh.length === 0) {
      await moveTo(run, {}, true);
      return { moves, outOfBalance: out.length };
    }
    for (const document of fresh) reread.add(nameOf(document));
    await rereadDocuments(run, fresh);
  }
}

async function settleDue(run: StandingStep): Promise<number> {
  let moves = 0;
  let after: DocumentKey | null = null;
  for (;;) {
    run.signal.throwIfAborted();
    const page: { first: number; after: DocumentKey | null } = { first: DOCUMENTS_A_TIME, after };
    const settled = await settleNext(run.deps.pool, run.lease, page);
    after = settled.documents.at(-1) ?? null;
    if (after === null) return moves;
    moves += settled.moves;
    run.progress.moved();
  }
}

const nameOf = ({ kind, quickbooksId }: DocumentKey): string => `${kind} ${quickbooksId}`;

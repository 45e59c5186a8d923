import { alignAutoSync } from "./align-auto-sync.ts";
import { underLease } from "./boundary.ts";
import { closeBatch } from "./close-batch.ts";
import { claimNextBatch, recordOutcome } from "./coordinate.ts";
import type { ActivityDeps } from "./deps.ts";
import { markWorkable } from "./mark-workable.ts";
import { meetFile } from "./meet-file.ts";
import { planHistory } from "./plan-history.ts";
import { preflight } from "./preflight.ts";
import { prove } from "./prove.ts";
import { pullChunk } from "./pull-chunk.ts";
import { reconcileState } from "./reconcile-state.ts";
import { settlePayments } from "./settle-payments.ts";
import { sweep } from "./sweep.ts";
import { syncChanges } from "./sync-changes.ts";
import { takeLease } from "./take-lease.ts";
import { tickAutoSync } from "./tick-auto-sync.ts";
import { tickVerify } from "./tick-verify.ts";
import { yieldTurn } from "./yield-turn.ts";
import { judgeReapplication } from "./reapply/judge.ts";
import { planReapplication } from "./reapply/plan.ts";
import { swapApplications } from "./reapply/swap.ts";
import { verifyBooks } from "./verify/books.ts";

/** Every side effect there is, by the name workflows call it. */
export const createActivities = (deps: ActivityDeps) => ({
  claimNextBatch: claimNextBatch(deps),
  recordOutcome: recordOutcome(deps),
  reconcileState: reconcileState(deps),
  tickAutoSync: tickAutoSync(deps),
  alignAutoSync: alignAutoSync(deps),
  tickVerify: tickVerify(deps),
  takeLease: takeLease(deps),
  meetFile: meetFile(deps),
  preflight: underLease(deps, preflight(deps)),
  pullChunk: underLease(deps, pullChunk(deps)),
  sweep: underLease(deps, sweep(deps)),
  planHistory: underLease(deps, planHistory(deps)),
  yieldTurn: underLease(deps, yieldTurn(deps)),
  syncChanges: underLease(deps, syncChanges(deps)),
  settlePayments: underLease(deps, settlePayments(deps)),
  planReapplication: underLease(deps, planReapplication(deps)),
  judgeReapplication: underLease(deps, judgeReapplication(deps)),
  swapApplications: underLease(deps, swapApplications(deps)),
  verifyBooks: underLease(deps, verifyBooks(deps)),
  markWorkable: underLease(deps, markWorkable(deps)),
  prove: underLease(deps, prove(deps)),
  closeBatch: closeBatch(deps),
});

export type Activities = ReturnType<typeof createActivities>;

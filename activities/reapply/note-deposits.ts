import { noteMoves } from "../../db/payment-plans.ts";
import { listRecords, type StoredRecord } from "../../db/records.ts";
import type { StandingStep } from "../standing-step.ts";
import { DEPOSITED } from "./plan-words.ts";

const DEPOSITS_A_TIME = 500;

/**
 * Notes beside a plan's payments which of them lie in a deposit. A deposit takes a payment without a word
 * of it in the payment: Desktop never says it there, and Online without moving the payment's times, so that
 * one we read before does not show it (facts 10.1). So the deposits are looked through, once.
 */
export async function noteDeposits({
  deps,
  lease,
  source,
  progress,
  signal,
}: StandingStep): Promise<void> {
  const { companyId } = lease;
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    const page = { companyId, kind: "deposit", first: DEPOSITS_A_TIME, after } as const;
    const deposits: StoredRecord[] = await listRecords(deps.pool, page);
    const held = deposits.flatMap(({ payload }) => source.depositedIn(payload));
    if (held.length > 0) await noteMoves(deps.pool, lease, held, DEPOSITED);
    after = deposits.length < DEPOSITS_A_TIME ? null : (deposits.at(-1)?.quickbooksId ?? null);
    progress.moved();
  } while (after !== null);
}

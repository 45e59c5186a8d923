import { settleDocuments } from "../../db/applications.ts";
import type { Lease } from "../../db/leases.ts";
import { notifyBatch } from "../../db/notify.ts";
import { countSwapped, documentsToSwap, markSwapped } from "../../db/payment-plans.ts";
import type { ActivityDeps } from "../deps.ts";

/** Documents swapped in one transaction; each of them is before it as it was, and after it as it is to be. */
const DOCUMENTS_A_TIME = 100;

/**
 * Swaps what a plan says to differ, and answers how many documents that were in all. What was swapped is
 * written down in the same transaction, so another attempt goes on behind it; a document that agrees
 * by now costs nothing.
 */
export const swapApplications =
  ({ pool }: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<{ swapped: number }> => {
    for (;;) {
      signal.throwIfAborted();
      const documents = await documentsToSwap(pool, lease, DOCUMENTS_A_TIME);
      if (documents.length === 0) {
        await notifyBatch(pool, lease);
        return { swapped: await countSwapped(pool, lease) };
      }
      await settleDocuments(pool, lease, documents, (tx) => markSwapped(tx, lease, documents));
    }
  };

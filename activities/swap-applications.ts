import { settleDocuments } from "../db/applications.ts";
import type { Lease } from "../db/leases.ts";
import { notifyBatch } from "../db/notify.ts";
import { documentsToSwap, markSwapped } from "../db/reapplications.ts";
import type { ActivityDeps } from "./deps.ts";

/** Documents swapped in one transaction; each of them is before it as it was, and after it as it is to be. */
const DOCUMENTS_A_TIME = 100;

/**
 * Swaps what a plan says to differ, and answers how many documents that were. What was swapped is
 * written down in the same transaction, so another attempt goes on behind it; a document that agrees
 * by now costs nothing.
 */
export const swapApplications =
  ({ pool }: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<{ swapped: number }> => {
    for (let swapped = 0; ;) {
      signal.throwIfAborted();
      const documents = await documentsToSwap(pool, lease, DOCUMENTS_A_TIME);
      if (documents.length === 0) {
        await notifyBatch(pool, lease);
        return { swapped };
      }
      await settleDocuments(pool, lease, documents, (tx) => markSwapped(tx, lease, documents));
      swapped += documents.length;
    }
  };

import { z } from "zod";

/** Which documents a re-application looks at. */
export const REAPPLY_BY = ["modified", "dated"] as const;

/** What a person wants re-applied. */
export const WantedReapplication = z.object({
  /** The first day, YYYY-MM-DD. */
  from: z.string(),
  by: z.enum(REAPPLY_BY),
  /** Shows what would be swapped, and swaps nothing. */
  preview: z.boolean(),
  /** Up to this day the books are closed, as QuickBooks says; null where they are not. */
  closedUntil: z.string().nullable(),
});
export type WantedReapplication = z.infer<typeof WantedReapplication>;

/** What a plan comes to; the sums are over all documents that were looked at. */
export const ReapplicationResult = z.object({
  documents: z.number(),
  differing: z.number(),
  stopped: z.number(),
  appliedBefore: z.string(),
  appliedAfter: z.string(),
  /** Totals less balances, as QuickBooks says: what must be applied. */
  mustBeApplied: z.string(),
  /** Rows of ours that a swap writes. */
  moves: z.number(),
});
export type ReapplicationResult = z.infer<typeof ReapplicationResult>;

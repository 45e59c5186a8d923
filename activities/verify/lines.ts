/** Said of a kind that cannot be asked for. */
export const REFUSED = "One of these records makes QuickBooks refuse the question (4002).";
/** Of two sides nothing can be said. */
export const UNKNOWN = { ours: null, theirs: null, agrees: null } as const;
/** A line that is about no record, kind or month, and needs no words. */
export const NOTHING = { kind: null, month: null, quickbooksId: null, note: null } as const;

/**
 * What an applied amount is: money that came in or went out (`payment`), a credit that was used up,
 * a discount that was granted with a payment, or a deposit taken on the document itself.
 */
export const APPLIED_ROLES = ["payment", "credit", "discount", "deposit"] as const;
export type AppliedRole = (typeof APPLIED_ROLES)[number];

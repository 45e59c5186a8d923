import { z } from "zod";
import type { Plan } from "./books/books.ts";
import { KINDS, RECORDS_MAX, RECORDS_MIN } from "./books/kinds.ts";
import { DAY_SECONDS, parseMoment } from "./books/time.ts";

const REALM_FIRST = 9_130_000_000_000_001n;

/** How a company is ordered; everything but its size has a default. */
export const RealmOrder = z.strictObject({
  /** Intuit's are sixteen digits or so. */
  realmId: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  companyName: z.string().min(1).max(200).optional(),
  records: z
    .int()
    .max(RECORDS_MAX)
    .refine((n) => n === 0 || n >= RECORDS_MIN, `must be 0 or at least ${RECORDS_MIN}`),
  seed: z.int().min(0).max(0x7fff_ffff).default(1),
  spread: z.enum(["years", "hour"]).default("years"),
  without: z.array(z.enum(KINDS).exclude(["Invoice"])).default([]),
  currency: z.string().length(3).default("USD"),
  currencies: z.array(z.string().regex(/^[A-Z]{3}$/)).default([]),
  country: z.string().length(2).default("US"),
  /** Generated times end an hour before; midnight UTC of today when absent. */
  anchor: z
    .string()
    .refine((text) => parseMoment(text) !== undefined, "must be an ISO 8601 time")
    .optional(),
});
export type RealmOrder = z.infer<typeof RealmOrder>;

/** Turns an order into a plan; a company without a number gets the next free one. */
export function planOf(order: RealmOrder, taken: ReadonlySet<string>, nowMs: number): Plan {
  const { companyName, anchor, without, ...rest } = order;
  let next = REALM_FIRST;
  while (taken.has(String(next))) next++;
  const realmId = order.realmId ?? String(next);
  const today = Math.floor(nowMs / 1000 / DAY_SECONDS) * DAY_SECONDS;
  return {
    ...rest,
    realmId,
    companyName: companyName ?? `Craig's Design & Landscaping ${realmId.slice(-4)}`,
    without: new Set(without),
    anchor: (anchor === undefined ? undefined : parseMoment(anchor)) ?? today,
  };
}

import { z } from "zod";
import { KINDS } from "./kinds.ts";
import { PAYER_KINDS } from "./lines.ts";
import { parseMoment } from "./time.ts";

const EDITS_MAX = 1000;

/** ISO 8601; now when absent. */
export const At = z
  .string()
  .refine((text) => parseMoment(text) !== undefined, "must be an ISO 8601 time")
  .optional();

/** TxnDate, YYYY-MM-DD. */
export const Day = z.iso.date();
export const Reference = z.string().regex(/^[\w-]{1,21}$/);
const id = z.string().min(1);
const entity = z.enum(PAYER_KINDS);
/** Amounts are minor units of the customer's or vendor's currency. */
const cents = z.int().min(1);

const Lines = z.array(
  z.strictObject({
    entity: z.enum(["Invoice", "CreditMemo", "Bill", "VendorCredit", "JournalEntry"]),
    id,
    cents,
  }),
);
export type LineOrder = z.infer<typeof Lines>[number];

/** What people do with payments and credits. */
export const PAYMENT_CHANGES = [
  /** A payment over several lines; its money is what is owed on them, less credits, and `unapplied`. */
  z.strictObject({
    op: z.literal("make-payment"),
    entity,
    lines: Lines.default([]),
    unapplied: z.int().min(0).default(0),
    /** Whose it is, where there are no lines. */
    party: id.optional(),
    date: Day.optional(),
    reference: Reference.optional(),
    at: At,
  }),
  /** Other lines, another rest or another date in a payment; what is left out stays. */
  z.strictObject({
    op: z.literal("change-payment"),
    entity,
    id,
    lines: Lines.optional(),
    unapplied: z.int().min(0).optional(),
    date: Day.optional(),
    at: At,
  }),
  /** A payment's line goes from one invoice or bill to another; what does not fit is unapplied. */
  z.strictObject({ op: z.literal("move-line"), entity, id, from: id, to: id, at: At }),
  z.strictObject({ op: z.literal("back-date"), entity: z.enum(KINDS), id, date: Day, at: At }),
  z.strictObject({
    op: z.literal("void"),
    entity: z.enum([...PAYER_KINDS, "Invoice", "CreditMemo"]),
    id,
    at: At,
  }),
  z.strictObject({
    op: z.literal("deposit"),
    payments: z.array(id).min(1),
    date: Day.optional(),
    at: At,
  }),
  /** Pays a credit out: all that is left of it, or so much. */
  z.strictObject({
    op: z.literal("refund"),
    entity: z.enum(["CreditMemo", "VendorCredit"]),
    id,
    cents: cents.optional(),
    at: At,
  }),
  /** A journal entry with a line that a payment can take up as a credit. */
  z.strictObject({
    op: z.literal("journal-credit"),
    side: z.enum(["Customer", "Vendor"]),
    party: id,
    cents,
    date: Day.optional(),
    at: At,
  }),
] as const;

const PaymentChange = z.discriminatedUnion("op", PAYMENT_CHANGES);
export type PaymentChange = z.infer<typeof PaymentChange>;
export type OrderOf<Op extends PaymentChange["op"]> = Extract<PaymentChange, { op: Op }>;

/** So many edits of payments, credits and what they pay; the same seed does the same to the same books. */
export const RandomChanges = z.strictObject({
  op: z.literal("random"),
  seed: z.int().min(0),
  edits: z.int().min(1).max(EDITS_MAX),
  at: At,
});

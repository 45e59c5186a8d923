import { z } from "zod";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** When Intuit tries again what was not answered with 200 (facts 5.2); it goes on every six hours. */
const RETRIES_MS = [
  10 * SECOND_MS,
  20 * SECOND_MS,
  30 * SECOND_MS,
  5 * MINUTE_MS,
  20 * MINUTE_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  6 * HOUR_MS,
];

/** Where webhooks go, and what befalls them on their way. */
export const WebhookOrder = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** The verifier token that they are signed with. */
  token: z.string().min(1),
  /** One company; all that have no order of their own when absent. */
  realm: z.string().optional(),
  format: z.enum(["events", "cloudevents"]).default("cloudevents"),
  /** What changes within so long is one notice. */
  delayMs: z.int().min(0).max(HOUR_MS).default(100),
  /** How long it waits before each further try; then a notice is given up. */
  retriesMs: z
    .array(
      z
        .int()
        .min(0)
        .max(24 * HOUR_MS),
    )
    .max(100)
    .default(RETRIES_MS),
  /** Every notice is sent twice. */
  duplicates: z.boolean().default(false),
  /** Every event travels alone, the newest first. */
  outOfOrder: z.boolean().default(false),
  /** Signed by somebody who does not know the token; nobody tries those again. */
  forged: z.boolean().default(false),
  /** Nothing is sent at all. */
  lost: z.boolean().default(false),
});
export type WebhookOrder = z.infer<typeof WebhookOrder>;

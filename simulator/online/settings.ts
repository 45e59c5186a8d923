import { z } from "zod";

/** What can be changed while the simulator runs. */
export const Settings = z.strictObject({
  /** Added to every answer of the API. */
  latencyMs: z.int().min(0).max(600_000),
  /** Sliding windows per company; 0 switches a limit off. */
  requestsPerMinute: z.int().min(0),
  requestsPerSecond: z.int().min(0),
  /** The Retry-After header of a 429; Intuit documents none (facts 3). */
  retryAfterSeconds: z.int().min(0).nullable(),
  cdcCap: z.enum(["total", "entity"]),
  /** Rows of one second in another order with every request. */
  unstableTies: z.boolean(),
  /** The simulator's clock against the machine's. */
  clockSkewMs: z.int(),
  /** How long a refresh token keeps its value; 0 rotates it with every refresh. */
  refreshValueHours: z.number().min(0),
  /** When set, the token endpoint accepts only this client. */
  client: z.strictObject({ id: z.string(), secret: z.string() }).nullable(),
});
export type Settings = z.infer<typeof Settings>;

export const SETTINGS_DEFAULT: Settings = {
  latencyMs: 0,
  requestsPerMinute: 500,
  requestsPerSecond: 10,
  retryAfterSeconds: null,
  cdcCap: "total",
  unstableTies: false,
  clockSkewMs: 0,
  refreshValueHours: 0,
  client: null,
};

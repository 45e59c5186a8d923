import { z } from "zod";

const MS_MAX = 600_000;

/** What can be changed about one PC's Web Connector while it runs. */
export const Settings = z.strictObject({
  /** What clientVersion is told. */
  version: z.string().min(1),
  /** The pause after NoOp. */
  noOpWaitMs: z.int().min(0).max(MS_MAX),
  /** The pause before QuickBooks is tried the second time. */
  secondTryMs: z.int().min(0).max(MS_MAX),
  /** How long a call may take; Intuit documents no value (facts 1.5). */
  timeoutMs: z.int().min(1).max(MS_MAX),
  /** closeConnection is called although QuickBooks could not be opened; undocumented. */
  closesAfterConnectionError: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

export const SETTINGS_DEFAULT: Settings = {
  version: "2.3.0.215",
  noOpWaitMs: 5000,
  secondTryMs: 100,
  timeoutMs: 100_000,
  closesAfterConnectionError: false,
};

import { z } from "zod";
import { Settings } from "../web-connector/settings.ts";
import { LineTrouble } from "../web-connector/troubles.ts";

const EVERY_MS_MIN = 10;

/** The Web Connector's list may hold several applications; with one of them its name may be left out. */
const named = { pc: z.string().min(1), application: z.string().optional() };

export const ApplicationOrder = z.strictObject({
  pc: z.string().min(1),
  /** The text of the .qwc file. */
  qwc: z.string().min(1),
  /** As typed into the Web Connector; null when nobody types one. */
  password: z.string().nullable().default(null),
  /** Intuit's tool has taken an earlier stamp of this pair out of the company file. */
  isStampGone: z.boolean().default(false),
});

export const PasswordOrder = z.strictObject({ ...named, password: z.string().nullable() });

export const PollingOrder = z.strictObject({
  ...named,
  /** null switches Auto-Run off; left out, the schedule of the .qwc counts. */
  everyMs: z.int().min(EVERY_MS_MIN).nullable().optional(),
});

export const RunOrder = z.strictObject(named);

export const PowerOrder = z.strictObject({
  pc: z.string().min(1),
  /** die and start are the Web Connector's process, sleep and wake the PC. */
  to: z.enum(["die", "start", "sleep", "wake"]),
});

export const LineOrder = z.strictObject({ pc: z.string().min(1), trouble: LineTrouble });

export const SettingsOrder = z.strictObject({
  pc: z.string().min(1),
  settings: Settings.partial(),
});

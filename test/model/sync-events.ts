import type { Draw, Weighted } from "./draw.ts";

/** What people, Temporal and crashes do to the syncs of a company, whatever its edition. */
export type SyncEvent =
  | { do: "tick" }
  | { do: "want"; trigger: "user" | "webhook"; everything: boolean }
  | { do: "kill worker"; downMs: number }
  | { do: "reset"; what: "coordinator" | "batch"; to: "first" | "last" }
  | { do: "schedule"; to: "enabled" | "paused" | "unpaused" | "triggered" | "deleted" }
  | { do: "history"; from: string }
  | { do: "cancel" }
  | { do: "retry" };

export type SyncDoing = SyncEvent["do"];

export const syncEvents = ({ chance, within, one, day }: Draw): Weighted<SyncEvent>[] => [
  [4, () => ({ do: "tick" })],
  [
    7,
    () => ({
      do: "want",
      trigger: chance(0.5) ? "user" : "webhook",
      everything: chance(0.25),
    }),
  ],
  [1.5, () => ({ do: "kill worker", downMs: within(0, 1_500) })],
  [
    1.5,
    () => ({
      do: "reset",
      what: chance(0.5) ? "coordinator" : "batch",
      to: chance(0.5) ? "first" : "last",
    }),
  ],
  [
    2,
    () => ({
      do: "schedule",
      to: one(["enabled", "paused", "unpaused", "triggered", "deleted"]),
    }),
  ],
  [1.5, () => ({ do: "history", from: day() })],
  [1.5, () => ({ do: "cancel" })],
  [1.5, () => ({ do: "retry" })],
];

import { drawFrom, type Draw, type Weighted } from "./draw.ts";
import { eventsOr } from "./lanes.ts";
import { syncEvents, type SyncEvent } from "./sync-events.ts";

/** What happens to one company file, its PC and its syncs; made from a seed alone. */
export interface DesktopSchedule {
  seed: number;
  records: number;
  /** Transactions dated earlier are left to a historical sync. */
  historyFrom: string | null;
  /** Whether the first sync is over before anything else happens. */
  waitsForInitial: boolean;
  /** A backup of the file is made after so many events, for whoever puts one back later. */
  backUpAfter: number;
  events: readonly TimedDesktopEvent[];
}

/** An event, and how long it is quiet afterwards (milliseconds). */
export type TimedDesktopEvent = DesktopEvent & { restMs: number };

export type DesktopEvent =
  | SyncEvent
  /** Wants a run, waits for it, and looks whether it brought all that had changed before. */
  | { do: "settle"; everything: boolean }
  | { do: "create"; kind: string; count: number }
  /** `at` picks the records, as a share of those that are there. */
  | { do: "edit"; kind: string; at: number; count: number }
  | { do: "take away"; kind: string; how: "delete" | "deactivate" | "void"; at: number }
  /** Payments, credits, discounts, refunds and deposits, as they come. */
  | { do: "payments"; seed: number; edits: number }
  | { do: "backdate"; kind: string; date: string }
  /** Something befalls a call between the Web Connector and us. */
  | { do: "line"; kind: string; method: string; times: number; after: number }
  /** The Web Connector's process dies or its PC sleeps, and comes back. */
  | { do: "away"; how: "die" | "sleep"; forMs: number }
  /** QuickBooks is closed, crashes in the middle, or shows a window that waits for somebody. */
  | { do: "quickbooks"; how: "closed" | "crash" | "window" | "in use"; forMs: number }
  /** Daylight saving begins or ends, or the PC's clock is set. */
  | { do: "clock"; how: "daylight saving" | "set"; minutes: number }
  /** The backup is put in the place of the file. */
  | { do: "restore" };

const LISTS = ["Customer", "Vendor", "Employee", "Account", "Class", "PaymentMethod"];
const TRANSACTIONS = [
  "Invoice",
  "CreditMemo",
  "SalesReceipt",
  "Estimate",
  "SalesOrder",
  "PurchaseOrder",
  "Bill",
  "VendorCredit",
  "Check",
  "CreditCardCharge",
  "JournalEntry",
  "Transfer",
  "TimeTracking",
];
const LINE_TROUBLES = ["cut-before", "cut-after", "torn", "garbage", "garbage-request", "twice"];
const METHODS = ["authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection"];

const EVENTS = eventsOr(15, 30);
const REST_MAX_MS = 600;

/** The schedule of a seed: the same each time, alone or beside others. */
export function desktopScheduleOf(seed: number): DesktopSchedule {
  const draw = drawFrom(seed);
  const { chance, within, day, weighted } = draw;
  const kinds = [...syncEvents(draw), ...fileEvents(draw), ...pcEvents(draw)];
  return {
    seed,
    records: within(250, 500),
    historyFrom: chance(0.4) ? day() : null,
    waitsForInitial: chance(0.7),
    backUpAfter: within(0, EVENTS[0]),
    events: Array.from({ length: within(...EVENTS) }, () => ({
      ...weighted<DesktopEvent>(kinds),
      restMs: chance(0.5) ? within(0, REST_MAX_MS) : 0,
    })),
  };
}

function fileEvents({ chance, within, one, day }: Draw): Weighted<DesktopEvent>[] {
  const kind = (): string => one(chance(0.3) ? LISTS : TRANSACTIONS);
  const at = (): number => within(0, 999) / 1000;
  return [
    [3, () => ({ do: "settle", everything: chance(0.4) })],
    [4, () => ({ do: "create", kind: kind(), count: within(1, 4) })],
    [4, () => ({ do: "edit", kind: kind(), at: at(), count: within(1, 5) })],
    [
      3,
      () => ({
        do: "take away",
        kind: kind(),
        how: one(["delete", "delete", "deactivate", "void"]),
        at: at(),
      }),
    ],
    [4, () => ({ do: "payments", seed: within(0, 10_000), edits: within(1, 12) })],
    [1.5, () => ({ do: "backdate", kind: one(["Invoice", "Bill", "JournalEntry"]), date: day() })],
    [1, () => ({ do: "restore" })],
  ];
}

const pcEvents = ({ within, one }: Draw): Weighted<DesktopEvent>[] => [
  [
    3,
    () => ({
      do: "line",
      kind: one(LINE_TROUBLES),
      method: one(METHODS),
      times: within(1, 3),
      after: within(0, 6),
    }),
  ],
  [1.5, () => ({ do: "away", how: one(["die", "sleep"]), forMs: within(0, 2_000) })],
  [
    2,
    () => ({
      do: "quickbooks",
      how: one(["closed", "crash", "window", "in use"]),
      forMs: within(0, 1_500),
    }),
  ],
  [
    1,
    () => ({
      do: "clock",
      how: one(["daylight saving", "set"]),
      minutes: one([-30, -10, 10, 30]),
    }),
  ],
];

import { drawFrom, type Draw, type Weighted } from "./draw.ts";
import { eventsOr } from "./lanes.ts";
import { syncEvents, type SyncEvent } from "./sync-events.ts";

/** What happens to one company, and to the parts it shares with others; made from a seed alone. */
export interface Schedule {
  seed: number;
  records: number;
  /** Transactions dated earlier are left to a historical sync. */
  historyFrom: string | null;
  /** Kinds that the company's plan lacks. */
  without: readonly string[];
  /** Whether the first sync is over before anything else happens. */
  waitsForInitial: boolean;
  events: readonly Timed[];
}

/** An event, and how long it is quiet afterwards (milliseconds). */
export type Timed = Event & { restMs: number };

export type Event =
  | SyncEvent
  /** Wants a run, waits for it, and looks whether it brought all that had changed before. */
  | { do: "settle"; everything: boolean }
  | { do: "change"; op: "create" | "update" | "delete"; entity: string; count: number }
  /** Created this long before it is seen, as QuickBooks shows a change late. */
  | { do: "late"; entity: string; lateMs: number }
  | { do: "backdate"; date: string }
  /** An edit, or a payment of one invoice, twice within one second; a run may look in between. */
  | { do: "twice"; entity: string; isLookedAt: boolean }
  | { do: "recreate" }
  | { do: "trouble"; kind: string; times: number; path: "cdc" | "query" }
  /** A record, new or not, that QuickBooks cannot produce or spoils. */
  | { do: "poison"; entity: string; op: "create" | "update"; how: "refuse" | "garbage" }
  | { do: "expire token" }
  /** QuickBooks' clock, and with it everybody's, goes on by so much. */
  | { do: "pass time"; ms: number };

const LISTS = ["Customer", "Vendor", "Employee", "Account", "Item", "Term", "TaxCode"];
const TRANSACTIONS = [
  "Invoice",
  "Payment",
  "CreditMemo",
  "SalesReceipt",
  "Estimate",
  "Bill",
  "BillPayment",
  "VendorCredit",
  "Purchase",
  "JournalEntry",
  "Deposit",
  "Transfer",
  "TimeActivity",
];
/** Kinds whose creation touches no other row. */
const ALONE = ["Estimate", "SalesReceipt", "Purchase", "JournalEntry", "Payment", "TimeActivity"];
const MISSING = ["Class", "Department", "PurchaseOrder", "InventoryAdjustment", "RefundReceipt"];
const TROUBLES = ["cut", "truncated", "server-error", "throttle-json", "slow", "fault-200"];

const EVENTS = eventsOr(20, 40);
const REST_MAX_MS = 400;
const MINUTE_MS = 60_000;

/** The schedule of a seed: the same each time, alone or beside others. */
export function scheduleOf(seed: number): Schedule {
  const draw = drawFrom(seed);
  const { chance, within, day, weighted } = draw;
  const kinds = [...syncEvents(draw), ...bookEvents(draw)];
  return {
    seed,
    records: within(200, 400),
    historyFrom: chance(0.4) ? day() : null,
    without: chance(0.3) ? MISSING.filter(() => chance(0.5)) : [],
    waitsForInitial: chance(0.7),
    events: Array.from({ length: within(...EVENTS) }, () => ({
      ...weighted<Event>(kinds),
      restMs: chance(0.4) ? within(0, REST_MAX_MS) : 0,
    })),
  };
}

function bookEvents({ chance, within, one, day }: Draw): Weighted<Event>[] {
  const entity = (): string => one(chance(0.3) ? LISTS : TRANSACTIONS);
  return [
    [3, () => ({ do: "settle", everything: chance(0.4) })],
    [4, () => ({ do: "change", op: "update", entity: entity(), count: within(1, 5) })],
    [4, () => ({ do: "change", op: "create", entity: entity(), count: within(1, 4) })],
    [4, () => ({ do: "change", op: "delete", entity: entity(), count: within(1, 3) })],
    [1.5, () => ({ do: "late", entity: one(ALONE), lateMs: within(2_000, 100_000) })],
    [1.5, () => ({ do: "backdate", date: day() })],
    [
      2,
      () => ({
        do: "twice",
        entity: one(["Invoice", "Bill", "Customer", "pay"]),
        isLookedAt: chance(0.6),
      }),
    ],
    [1, () => ({ do: "recreate" })],
    [
      1.5,
      () => ({
        do: "trouble",
        kind: one(TROUBLES),
        times: within(1, 3),
        path: chance(0.6) ? "cdc" : "query",
      }),
    ],
    [
      0.7,
      () => ({
        do: "poison",
        entity: entity(),
        op: chance(0.5) ? "create" : "update",
        how: chance(0.7) ? "refuse" : "garbage",
      }),
    ],
    [0.7, () => ({ do: "expire token" })],
    [1.5, () => ({ do: "pass time", ms: within(3, 12) * MINUTE_MS })],
  ];
}

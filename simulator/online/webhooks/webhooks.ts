import type { Changed } from "../books/changes.ts";
import { Line, type Counts } from "./line.ts";
import { eventsOf, noticeOf, type Event } from "./notice.ts";
import type { WebhookOrder } from "./order.ts";

/** More go into further notices. */
const EVENTS_PER_NOTICE_MAX = 1000;
/** The key of the order for companies without one of their own. */
const ALL = "*";

interface Ordered {
  order: WebhookOrder;
  counts: Counts;
  lines: Map<string, Line>;
  /** What changed in a company since its last notice. */
  gathered: Map<string, Event[]>;
}

/** Tells whoever ordered it that companies changed, as Intuit does. */
export class Webhooks {
  private readonly orders = new Map<string, Ordered>();

  /** A new order for the same company, or for all, takes the place of the one before, and of what that one had not sent. */
  order(order: WebhookOrder): void {
    const key = order.realm ?? ALL;
    this.end(key);
    const counts = { tries: 0, accepted: 0, refused: 0, givenUp: 0, lost: 0, lastStatus: null };
    this.orders.set(key, { order, counts, lines: new Map(), gathered: new Map() });
  }

  clear(): void {
    for (const key of this.orders.keys()) this.end(key);
  }

  /** Something changed in a company just now. */
  tell(realmId: string, changes: readonly Changed[], nowMs: number): void {
    const ordered = this.orders.get(realmId) ?? this.orders.get(ALL);
    const events = changes.flatMap((change) => eventsOf(change, nowMs));
    if (ordered === undefined || events.length === 0) return;
    const gathered = ordered.gathered.get(realmId);
    if (gathered !== undefined) {
      for (const event of events) gathered.push(event);
      return;
    }
    ordered.gathered.set(realmId, events);
    setTimeout(() => send(ordered, realmId), ordered.order.delayMs).unref();
  }

  /** The orders with what became of their notices, for the control door. */
  report(): object {
    const orders = [...this.orders].map(([realm, { order, counts, lines, gathered }]) => ({
      realm,
      url: order.url,
      format: order.format,
      ...counts,
      waiting: [...lines.values()].reduce((sum, line) => sum + line.length, gathered.size),
    }));
    return { orders };
  }

  private end(key: string): void {
    const ordered = this.orders.get(key);
    for (const line of ordered?.lines.values() ?? []) line.end();
    ordered?.gathered.clear();
    this.orders.delete(key);
  }
}

function send({ order, counts, lines, gathered }: Ordered, realmId: string): void {
  const events = gathered.get(realmId) ?? [];
  gathered.delete(realmId);
  const line = lines.get(realmId) ?? new Line(order, counts);
  lines.set(realmId, line);
  for (const some of parted(order, events)) {
    if (order.lost) {
      counts.lost++;
      continue;
    }
    const notice = noticeOf(order, realmId, some);
    line.add(notice);
    if (order.duplicates) line.add(notice);
  }
}

function parted({ outOfOrder }: WebhookOrder, events: readonly Event[]): Event[][] {
  if (outOfOrder) return events.map((event) => [event]).toReversed();
  const notices: Event[][] = [];
  for (let first = 0; first < events.length; first += EVENTS_PER_NOTICE_MAX) {
    notices.push(events.slice(first, first + EVENTS_PER_NOTICE_MAX));
  }
  return notices;
}

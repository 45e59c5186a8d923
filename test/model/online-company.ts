import { OnlineBooks } from "./online-books.ts";
import type { Event } from "./online-schedule.ts";
import { pause, type Shared } from "./shared.ts";
import { Syncs } from "./syncs.ts";

/** Each one in a row doubles the wait before QuickBooks is asked again. */
const TROUBLES_MAX = 4;

/** One company under test: it does what a schedule says, as the api, Temporal and people do it. */
export class OnlineCompany {
  readonly books: OnlineBooks;
  readonly syncs: Syncs;
  readonly companyId: string;
  private readonly shared: Shared;
  private readonly without: readonly string[];
  private troubles = 0;

  constructor(
    shared: Shared,
    ids: { companyId: string; realmId: string },
    without: readonly string[],
  ) {
    this.shared = shared;
    this.companyId = ids.companyId;
    this.syncs = new Syncs(shared, ids.companyId);
    this.books = new OnlineBooks(shared, ids.realmId);
    this.without = without;
  }

  /** Lets one event happen. Throws where it shows that a promise was broken. */
  async happen(event: Event): Promise<void> {
    const { shared, books } = this;
    if (Syncs.isAbout(event)) return this.syncs.happen(event);
    if ("entity" in event && this.without.includes(event.entity)) return;
    switch (event.do) {
      case "settle":
        return this.settle(event.everything);
      case "change":
        return void (await books.change({
          op: event.op,
          entity: event.entity,
          count: event.count,
        }));
      case "late":
        return shared.steady(async () => {
          const at = stamp(shared.now() - event.lateMs);
          await books.change({ op: "create", entity: event.entity, at });
        });
      case "backdate":
        return void (await books.change({ op: "create", entity: "Payment", date: event.date }));
      case "twice":
        return shared.steady(() => this.twice(event.entity, event.isLookedAt));
      case "recreate":
        return this.recreate();
      case "trouble":
        return this.trouble(event);
      case "poison":
        return books.poison(event);
      case "expire token":
        return void (await shared.stage.simulator.post("tokens", {
          expireAccess: true,
          realm: books.realmId,
        }));
      case "pass time":
        return shared.passTime(event.ms);
      default:
        return event satisfies never;
    }
  }

  /** What had changed before a run was wanted is in our books after it. */
  private async settle(everything: boolean): Promise<void> {
    const expected = this.books.expected(everything);
    const batchId = await this.syncs.want("user", everything);
    if ((await this.syncs.untilOver(batchId)).status !== "succeeded") return;
    const missing = await this.books.missing(this.companyId, expected);
    if (missing.length > 0) {
      throw new Error(`Batch ${batchId} succeeded, but we lack: ${missing.join(", ")}`);
    }
  }

  private async twice(entity: string, isLookedAt: boolean): Promise<void> {
    const { books, shared } = this;
    const op = entity === "pay" ? "create" : "update";
    const made = { op, entity: entity === "pay" ? "Invoice" : entity } as const;
    const [id] = await books.change(made);
    if (id === undefined) return;
    // Nothing may go back in time, and what was just made bears this very second.
    await pause(1_000 - (shared.now() % 1_000));
    const at = stamp(shared.now());
    const again = (): Promise<string[]> =>
      entity === "pay"
        ? books.change({ op: "pay", id, cents: 1, at })
        : books.change({ op: "update", entity, id, at });
    await again();
    if (isLookedAt) await this.syncs.untilOver(await this.syncs.want("webhook", false));
    await again();
  }

  private async recreate(): Promise<void> {
    const payment = { entity: "Payment", reference: `R-${Math.floor(this.shared.now() / 1000)}` };
    const [id] = await this.books.change({ op: "create", ...payment });
    if (id === undefined) return;
    await this.books.change({ op: "delete", entity: "Payment", id });
    await this.books.change({ op: "create", ...payment });
  }

  private async trouble(event: Extract<Event, { do: "trouble" }>): Promise<void> {
    const { kind, path } = event;
    const times = Math.min(event.times, TROUBLES_MAX - this.troubles);
    if (times === 0) return;
    this.troubles += times;
    await this.shared.stage.simulator.post("faults", {
      kind,
      times,
      match: { realm: this.books.realmId, path },
      ...(kind === "slow" ? { ms: 400 } : {}),
      ...(kind === "throttle-json" ? { retryAfterSeconds: 1 } : {}),
    });
  }
}

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

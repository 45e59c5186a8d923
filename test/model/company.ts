import { tickAutoSync, wantAutoSync } from "../../db/autosync.ts";
import { storeAutoSync } from "../../db/autosync-settings.ts";
import {
  enqueueBatch,
  findBatch,
  listBatches,
  requeueBatch,
  requestCancel,
  type Batch,
} from "../../db/batches.ts";
import {
  ALIGN_AUTO_SYNC,
  alignStart,
  autoSyncScheduleId,
  batchWorkflowId,
  COORDINATOR,
  coordinatorId,
  coordinatorStart,
} from "../../workflows/contract.ts";
import { reset } from "../support/operators.ts";
import { isOver } from "../support/sync.ts";
import { Books } from "./books.ts";
import type { Event } from "./schedule.ts";
import { pause, type Shared } from "./shared.ts";

const OVER_TIMEOUT_MS = 150_000;
const LOOK_EVERY_MS = 100;
const BATCHES_MAX = 500;
/** Each one in a row doubles the wait before QuickBooks is asked again. */
const TROUBLES_MAX = 4;

/** One company under test: it does what a schedule says, as the api, Temporal and people do it. */
export class ModelCompany {
  readonly books: Books;
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
    this.books = new Books(shared, ids.realmId);
    this.without = without;
  }

  /** Lets one event happen. Throws where it shows that a promise was broken. */
  async happen(event: Event): Promise<void> {
    const { shared, books } = this;
    if ("entity" in event && this.without.includes(event.entity)) return;
    switch (event.do) {
      case "tick":
        await tickAutoSync(shared.stage.pool, this.wish("schedule", false));
        return this.nudge();
      case "want":
        return void (await this.want(event.trigger, event.everything));
      case "settle":
        return this.settle(event.everything);
      case "kill worker":
        return shared.killWorker(event.downMs);
      case "reset":
        return this.reset(event.what, event.to);
      case "schedule":
        return this.schedule(event.to);
      case "history":
        return void (await this.history(event.from));
      case "cancel":
        return this.cancel();
      case "retry":
        return this.retry();
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

  /** Wants a run as the api does, and answers its batch. */
  async want(trigger: "user" | "webhook", everything: boolean): Promise<string> {
    const { batch } = await wantAutoSync(this.shared.stage.pool, this.wish(trigger, everything));
    await this.nudge();
    return batch.id;
  }

  async history(from: string): Promise<string> {
    const { batch } = await enqueueBatch(this.shared.stage.pool, {
      companyId: this.companyId,
      kind: "historical",
      trigger: "user",
      startedBy: "test",
      label: "History of the test's company",
      historyFrom: from,
    });
    await this.nudge();
    return batch.id;
  }

  /** How a batch ended; waits for it. */
  async untilOver(batchId: string): Promise<Batch> {
    for (const until = Date.now() + OVER_TIMEOUT_MS; ;) {
      const batch = await findBatch(this.shared.stage.pool, this.companyId, batchId);
      if (batch !== null && isOver(batch)) return batch;
      if (Date.now() > until) throw new Error(`not over: ${JSON.stringify(batch)}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  async schedule(to: "enabled" | "paused" | "unpaused" | "triggered" | "deleted"): Promise<void> {
    const { client, pool } = this.shared.stage;
    const handle = client.schedule.getHandle(autoSyncScheduleId(this.companyId));
    if (to === "enabled") {
      await storeAutoSync(pool, this.companyId, {
        enabled: true,
        everyMinutes: 15,
        payments: null,
      });
    } else {
      const act = {
        paused: () => handle.pause("month-end"),
        unpaused: () => handle.unpause(),
        triggered: () => handle.trigger("ALLOW_ALL"),
        deleted: () => handle.delete(),
      }[to];
      await act().catch(unlessNotFound);
    }
    await client.workflow.signalWithStart(ALIGN_AUTO_SYNC, alignStart(this.companyId));
  }

  nudge = async (): Promise<void> => {
    const { workflow } = this.shared.stage.client;
    await workflow.signalWithStart(COORDINATOR, coordinatorStart(this.companyId));
  };

  private readonly wish = (trigger: "user" | "webhook" | "schedule", everything: boolean) => ({
    companyId: this.companyId,
    trigger,
    startedBy: "test",
    label: "[Craig's Design] AutoSyncModule [AUTOSYNC]",
    everything,
  });

  /** What had changed before a run was wanted is in our books after it. */
  private async settle(everything: boolean): Promise<void> {
    const expected = this.books.expected(everything);
    const batchId = await this.want("user", everything);
    if ((await this.untilOver(batchId)).status !== "succeeded") return;
    const missing = await this.books.missing(this.companyId, expected);
    if (missing.length > 0) {
      throw new Error(`Batch ${batchId} succeeded, but we lack: ${missing.join(", ")}`);
    }
  }

  private async reset(what: "coordinator" | "batch", to: "first" | "last"): Promise<void> {
    const [newest] = await this.batches();
    if (newest === undefined) return;
    const id = what === "batch" ? batchWorkflowId(newest.id) : coordinatorId(this.companyId);
    await reset(this.shared.stage.client, id, to).catch(unlessNotFound);
  }

  private async cancel(): Promise<void> {
    const { pool, client } = this.shared.stage;
    const open = (await this.batches()).find((batch) => !isOver(batch) && batch.kind !== "initial");
    if (open === undefined) return;
    const after = await requestCancel(pool, this.companyId, open.id);
    if (after?.status !== "running") return;
    await client.workflow.getHandle(batchWorkflowId(open.id)).cancel().catch(unlessNotFound);
  }

  private async retry(): Promise<void> {
    const ended = (await this.batches()).find(({ status }) => status === "cancelled");
    if (ended === undefined) return;
    await requeueBatch(this.shared.stage.pool, this.companyId, ended.id);
    await this.nudge();
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
    if (isLookedAt) await this.untilOver(await this.want("webhook", false));
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

  private batches() {
    return listBatches(this.shared.stage.pool, this.companyId, { first: BATCHES_MAX, after: null });
  }
}

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Whoever acts in Temporal's UI may be too late, or too early. */
function unlessNotFound(error: unknown): void {
  if (!/not.?found|not begun|already (completed|exists)/i.test(String(error))) throw error;
}

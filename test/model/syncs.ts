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
import { pause, type Shared } from "./shared.ts";
import type { SyncDoing, SyncEvent } from "./sync-events.ts";

const OVER_TIMEOUT_MS = 240_000;
const LOOK_EVERY_MS = 100;
const BATCHES_MAX = 500;

/** The syncs of one company, as the api, Temporal and people have them run. */
export class Syncs {
  readonly companyId: string;
  private readonly shared: Shared;

  constructor(shared: Shared, companyId: string) {
    this.shared = shared;
    this.companyId = companyId;
  }

  /** Is this what happens to syncs, and not to the books? */
  static isAbout<T extends { do: string }>(event: T): event is Extract<T, { do: SyncDoing }> {
    return event.do in DOING;
  }

  async happen(event: SyncEvent): Promise<void> {
    switch (event.do) {
      case "tick":
        await tickAutoSync(this.shared.stage.pool, this.wish("schedule", false));
        return this.nudge();
      case "want":
        return void (await this.want(event.trigger, event.everything));
      case "kill worker":
        return this.shared.killWorker(event.downMs);
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

  private batches() {
    return listBatches(this.shared.stage.pool, this.companyId, { first: BATCHES_MAX, after: null });
  }
}

/** What a sync event does; each is listed once. */
const DOING: Record<SyncDoing, true> = {
  tick: true,
  want: true,
  "kill worker": true,
  reset: true,
  schedule: true,
  history: true,
  cancel: true,
  retry: true,
};

/** Whoever acts in Temporal's UI may be too late, or too early. */
function unlessNotFound(error: unknown): void {
  if (!/not.?found|not begun|already (completed|exists)/i.test(String(error))) throw error;
}

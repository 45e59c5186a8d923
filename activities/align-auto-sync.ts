import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleHandle,
} from "@temporalio/client";

import {
  findAutoSync,
  holdAutoSync,
  releaseAutoSync,
  type AutoSyncSettings,
  type Held,
} from "../db/autosync-settings.ts";
import { inCompany } from "../db/transactions.ts";
import {
  autoSyncScheduleId,
  autoSyncSpec,
  AUTO_SYNC_TICK,
  SEARCH_ATTRIBUTES,
  TASK_QUEUE,
} from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";

/** Told from a note that an operator wrote, so that a pause of ours is known again. */
const OURS = "Evenbooks: ";

/**
 * Makes a company's Schedule in Temporal what PostgreSQL says, and learns from it what an operator
 * decided there: a Schedule paused by hand holds AutoSync, one resumed by hand lets it go. Harmless
 * when repeated.
 */
export const alignAutoSync =
  (deps: ActivityDeps) =>
  async (companyId: string): Promise<void> => {
    const wanted = await findAutoSync(deps.pool, companyId);
    const handle = deps.temporal.schedule.getHandle(autoSyncScheduleId(companyId));
    const found = await describe(handle);
    if (wanted === null || !wanted.enabled) {
      if (found !== null) await handle.delete();
      return;
    }
    if (found === null) await create(deps, companyId, wanted);
    else {
      await alignInterval(handle, found, companyId, wanted);
      await alignPause({ deps, companyId, handle }, found, wanted.held);
    }
  };

async function describe(handle: ScheduleHandle): Promise<ScheduleDescription | null> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function create(
  { temporal, pool, log }: ActivityDeps,
  companyId: string,
  { name, everyMinutes, held }: AutoSyncSettings,
): Promise<void> {
  await temporal.schedule.create({
    scheduleId: autoSyncScheduleId(companyId),
    spec: autoSyncSpec(companyId, everyMinutes),
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "5 minutes" },
    action: {
      type: "startWorkflow",
      workflowType: AUTO_SYNC_TICK,
      workflowId: autoSyncScheduleId(companyId),
      args: [companyId],
      taskQueue: TASK_QUEUE,
      workflowRunTimeout: "2 minutes",
      staticSummary: `AutoSync of ${name}`,
    },
    state: { paused: held !== null, note: held === null ? "" : noteOf(held) },
    typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.companyId, value: companyId }],
  });
  if (held !== null) await applied(pool, companyId, held);
  log.info({ companyId, everyMinutes }, "schedule made");
}

async function alignInterval(
  handle: ScheduleHandle,
  found: ScheduleDescription,
  companyId: string,
  { everyMinutes }: AutoSyncSettings,
): Promise<void> {
  const everyMs = found.spec.intervals?.[0]?.every;
  if (everyMs === everyMinutes * 60_000) return;
  await handle.update((before) => ({ ...before, spec: autoSyncSpec(companyId, everyMinutes) }));
}

async function alignPause(
  { deps, companyId, handle }: { deps: ActivityDeps; companyId: string; handle: ScheduleHandle },
  { state }: ScheduleDescription,
  held: Held | null,
): Promise<void> {
  const isOurs = state.note?.startsWith(OURS) ?? false;
  if (held === null && state.paused) {
    if (isOurs) await handle.unpause();
    else await hold(deps, companyId, pausedThere(state.note));
  } else if (held !== null && !state.paused && held.isApplied) {
    await inCompany(deps.pool, companyId, (tx) => releaseAutoSync(tx, companyId));
    deps.log.info({ companyId }, "AutoSync was resumed in Temporal");
  } else if (held !== null && !state.paused) {
    await handle.pause(noteOf(held));
    await applied(deps.pool, companyId, held);
  } else if (held !== null && !held.isApplied) {
    await applied(deps.pool, companyId, held);
  }
}

const noteOf = (held: Held): string => `${OURS}${held.message} ${held.nextStep}`;

const pausedThere = (note: string | undefined): Held => ({
  kind: "paused-in-temporal",
  message: `Its Schedule was paused in Temporal${note === undefined || note === "" ? "." : `: ${note}`}`,
  nextStep: "Resume the Schedule there, or call resumeCompany.",
  rawCode: null,
  isApplied: true,
});

const applied = (pool: ActivityDeps["pool"], companyId: string, held: Held): Promise<number> =>
  inCompany(pool, companyId, (tx) => holdAutoSync(tx, companyId, { ...held, isApplied: true }));

async function hold(deps: ActivityDeps, companyId: string, held: Held): Promise<void> {
  await inCompany(deps.pool, companyId, (tx) => holdAutoSync(tx, companyId, held));
  deps.log.info({ companyId }, "AutoSync was paused in Temporal");
}

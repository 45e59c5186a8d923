import type { ScheduleSummary } from "@temporalio/client";

import { enabledAutoSyncs, type EnabledAutoSync } from "../db/autosync-settings.ts";
import { autoSyncScheduleId } from "../workflows/contract.ts";
import { alignAutoSync } from "./align-auto-sync.ts";
import { alignComparisons } from "./align-comparisons.ts";
import type { ActivityDeps } from "./deps.ts";

/**
 * Finds Schedules that are lost, left over, or differ from what PostgreSQL and the settings say, and
 * aligns those. One listing tells, however many there are.
 */
export async function reconcileSchedules(deps: ActivityDeps): Promise<void> {
  const found = new Map<string, ScheduleSummary>();
  for await (const summary of deps.temporal.schedule.list()) found.set(summary.scheduleId, summary);
  await reconcileAutoSyncs(deps, found);
  await alignComparisons(deps, found);
}

const OF_AUTO_SYNC = autoSyncScheduleId("");

/** Of AutoSync their interval and being paused are compared as well. */
async function reconcileAutoSyncs(
  deps: ActivityDeps,
  found: ReadonlyMap<string, ScheduleSummary>,
): Promise<void> {
  const enabled = new Map(
    (await enabledAutoSyncs(deps.pool)).map((settings) => [settings.companyId, settings]),
  );
  const differing = new Set(enabled.keys());
  for (const [scheduleId, summary] of found) {
    if (!scheduleId.startsWith(OF_AUTO_SYNC)) continue;
    const companyId = scheduleId.slice(OF_AUTO_SYNC.length);
    const settings = enabled.get(companyId);
    if (settings === undefined) differing.add(companyId);
    else if (agrees(summary, settings)) differing.delete(companyId);
  }
  for (const companyId of differing) {
    deps.log.info({ companyId }, "a schedule is aligned with its settings");
    await alignAutoSync(deps)(companyId);
  }
}

const agrees = ({ spec, state }: ScheduleSummary, { everyMinutes, held }: EnabledAutoSync) =>
  spec?.intervals?.[0]?.every === everyMinutes * 60_000 &&
  state.paused === (held !== null) &&
  (held === null || held.isApplied);

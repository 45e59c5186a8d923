import type { ScheduleSummary } from "@temporalio/client";

import { enabledAutoSyncs, type EnabledAutoSync } from "../db/autosync-settings.ts";
import { autoSyncScheduleId } from "../workflows/contract.ts";
import { alignAutoSync } from "./align-auto-sync.ts";
import type { ActivityDeps } from "./deps.ts";

const OF_AUTO_SYNC = autoSyncScheduleId("");

/**
 * Finds Schedules of AutoSync that are lost, left over, or differ from the settings in PostgreSQL in
 * their interval or in being paused, and aligns those. One listing tells, however many there are.
 */
export async function reconcileSchedules(deps: ActivityDeps): Promise<void> {
  const enabled = new Map(
    (await enabledAutoSyncs(deps.pool)).map((settings) => [settings.companyId, settings]),
  );
  const differing = new Set(enabled.keys());
  for await (const summary of deps.temporal.schedule.list()) {
    if (!summary.scheduleId.startsWith(OF_AUTO_SYNC)) continue;
    const companyId = summary.scheduleId.slice(OF_AUTO_SYNC.length);
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

import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleSummary,
} from "@temporalio/client";

import { companiesToCompare } from "../db/wanted-comparisons.ts";
import {
  SEARCH_ATTRIBUTES,
  TASK_QUEUE,
  VERIFY_TICK,
  verifyScheduleId,
  verifySpec,
} from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";

const OF_COMPARISONS = verifyScheduleId("");
const DAY_MS = 86_400_000;

type ComparisonDeps = Pick<ActivityDeps, "pool" | "temporal" | "verify" | "log">;

/**
 * Gives every company that has been synced a Schedule of its comparisons, at the interval of the
 * settings, and takes away those that nobody has a use for. Whether one is paused is Temporal's alone to
 * know: an operator's pause stays. `found` are the Schedules that there are.
 */
export async function alignComparisons(
  deps: ComparisonDeps,
  found: ReadonlyMap<string, ScheduleSummary>,
): Promise<void> {
  const { everyDays } = deps.verify;
  const wanted = everyDays === 0 ? [] : await companiesToCompare(deps.pool);
  for (const company of wanted) {
    const there = found.get(verifyScheduleId(company.companyId));
    if (there === undefined) await create(deps, company);
    else if (there.spec?.intervals?.[0]?.every !== everyDays * DAY_MS) {
      await changeInterval(deps, company.companyId);
    }
  }
  const kept = new Set(wanted.map(({ companyId }) => verifyScheduleId(companyId)));
  for (const scheduleId of found.keys()) {
    if (scheduleId.startsWith(OF_COMPARISONS) && !kept.has(scheduleId)) {
      await deps.temporal.schedule.getHandle(scheduleId).delete().catch(ifGone);
    }
  }
}

async function create(
  { temporal, verify, log }: ComparisonDeps,
  { companyId, name }: { companyId: string; name: string },
): Promise<void> {
  const { everyDays } = verify;
  try {
    await temporal.schedule.create({
      scheduleId: verifyScheduleId(companyId),
      spec: verifySpec(companyId, everyDays, new Date()),
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "1 day" },
      action: {
        type: "startWorkflow",
        workflowType: VERIFY_TICK,
        workflowId: verifyScheduleId(companyId),
        args: [companyId],
        taskQueue: TASK_QUEUE,
        workflowRunTimeout: "2 minutes",
        staticSummary: `Comparison of ${name} with QuickBooks`,
      },
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.companyId, value: companyId }],
    });
    log.info({ companyId, everyDays }, "schedule of comparisons made");
  } catch (error) {
    // Temporal's listing is a moment behind.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

const changeInterval = ({ temporal, verify }: ComparisonDeps, companyId: string): Promise<void> =>
  temporal.schedule
    .getHandle(verifyScheduleId(companyId))
    .update((before) => ({
      ...before,
      spec: verifySpec(companyId, verify.everyDays, new Date()),
    }))
    .catch(ifGone);

function ifGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

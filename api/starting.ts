import type { Batch } from "../db/batches.ts";
import { notifyBatch } from "../db/notify.ts";
import { calendarDay, isPast } from "./calendar.ts";
import type { Context } from "./context.ts";
import { invalid } from "./refusals.ts";
import type { Refusal } from "./words.ts";

/** Why a day that was given cannot be one to begin with, or null. */
export function dateRefusal(argument: string, day: string | null): Refusal | null {
  if (day === null) return null;
  if (calendarDay(day) === null) {
    return invalid(
      `\`${argument}\` is not a day of the calendar.`,
      "Write it as YYYY-MM-DD, such as 2025-01-01.",
    );
  }
  if (!isPast(day, new Date())) {
    return invalid(`\`${argument}\` lies in the future.`, "Give a day that has come.");
  }
  return null;
}

/** Whoever watches hears of it, and the company's coordinator wakes. */
export async function announce({ deps }: Context, batch: Batch): Promise<void> {
  await notifyBatch(deps.pool, { batchId: batch.id, companyId: batch.companyId });
  await deps.coordinators.nudge(batch.companyId);
}

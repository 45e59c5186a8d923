import { expect } from "vitest";

/** `MODEL_SCHEDULES=10000 MODEL_SEED=1` for a long run; schedule after schedule has the next seed. */
const SCHEDULES = process.env["MODEL_SCHEDULES"];
export const MODEL_SEED = Number(process.env["MODEL_SEED"] ?? 20_262);
const SCHEDULE_TIMEOUT_MS = 180_000;

/** How many schedules to run: a bounded part, unless a number is given. */
export const schedulesOr = (bounded: number): number => Number(SCHEDULES ?? bounded);

/** How long so many schedules may take. */
export const timeoutOf = (schedules: number): number => 60_000 + schedules * SCHEDULE_TIMEOUT_MS;

/** Runs schedules side by side, seed by seed; fails with all that failed, each with how to run it alone. */
export async function runInLanes<T extends { seed: number }>(
  { schedules, lanes, file }: { schedules: number; lanes: number; file: string },
  scheduleOf: (seed: number) => T,
  run: (schedule: T) => Promise<void>,
): Promise<void> {
  const seeds = Array.from({ length: schedules }, (_, index) => MODEL_SEED + index);
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const schedule = scheduleOf(seed);
      await run(schedule).catch((error: unknown) => {
        failed.push(failureOf(file, schedule, error));
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(failed.join("\n\n")).toBe("");
}

const failureOf = (file: string, schedule: { seed: number }, error: unknown): string =>
  `Seed ${schedule.seed} failed: ${error instanceof Error ? error.stack : String(error)}\n` +
  `Found: ${foundBy(error)}\n` +
  `Alone: MODEL_SCHEDULES=1 MODEL_SEED=${schedule.seed} npx vitest run test/model/${file}\n` +
  `Its schedule: ${JSON.stringify(schedule)}`;

/** What an expectation met, whole; its message shows the beginning alone. */
export const foundBy = (error: unknown): string =>
  typeof error === "object" && error !== null && "actual" in error
    ? JSON.stringify(error.actual)
    : "";

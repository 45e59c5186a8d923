import { expect } from "vitest";

/** `MODEL_SCHEDULES=10000 MODEL_SEED=1` for a long run; schedule after schedule has the next seed. */
const SCHEDULES = process.env["MODEL_SCHEDULES"];
export const MODEL_SEED = Number(process.env["MODEL_SEED"] ?? 20_262);
/** So many schedules befall a company, one after another; between them it is quiet, and looked at. */
const A_COMPANY = Number(process.env["MODEL_A_COMPANY"] ?? 1);
/** `MODEL_EVENTS=4-8`: so many events a schedule has, instead of what is usual. */
const EVENTS = /^(\d+)-(\d+)$/.exec(process.env["MODEL_EVENTS"] ?? "");
const SCHEDULE_TIMEOUT_MS = 300_000;

/** How many events a schedule has, both ends included. */
export const eventsOr = (least: number, most: number): readonly [number, number] =>
  EVENTS === null ? [least, most] : [Number(EVENTS[1]), Number(EVENTS[2])];

/** How many schedules to run: a bounded part, unless a number is given. */
export const schedulesOr = (bounded: number): number => Number(SCHEDULES ?? bounded);

/** How long so many schedules may take. */
export const timeoutOf = (schedules: number): number => 60_000 + schedules * SCHEDULE_TIMEOUT_MS;

/** What befalls one company: it begins as the first of some schedules says. */
export interface Life<T> {
  begins: T;
  schedules: readonly T[];
}

/** Runs schedules side by side, seed by seed; fails with all that failed, each with how to run it alone. */
export async function runInLanes<T extends { seed: number }>(
  { schedules, lanes, file }: { schedules: number; lanes: number; file: string },
  scheduleOf: (seed: number) => T,
  run: (life: Life<T>) => Promise<void>,
): Promise<void> {
  const seeds = Array.from({ length: schedules }, (_, index) => MODEL_SEED + index);
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (
      let some = seeds.splice(0, A_COMPANY);
      some.length > 0;
      some = seeds.splice(0, A_COMPANY)
    ) {
      const all = some.map(scheduleOf);
      const [begins] = all;
      if (begins === undefined) return;
      await run({ begins, schedules: all }).catch((error: unknown) => {
        failed.push(failureOf(file, all, error));
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  expect(failed.join("\n\n")).toBe("");
}

function failureOf(file: string, all: readonly { seed: number }[], error: unknown): string {
  const how = [
    `MODEL_SCHEDULES=${all.length}`,
    `MODEL_SEED=${all[0]?.seed}`,
    ...(A_COMPANY === 1 ? [] : [`MODEL_A_COMPANY=${A_COMPANY}`]),
    ...(EVENTS === null ? [] : [`MODEL_EVENTS=${EVENTS[0]}`]),
  ];
  return (
    `Seed ${all[0]?.seed} failed: ${error instanceof Error ? error.stack : String(error)}\n` +
    `Found: ${foundBy(error)}\n` +
    `Alone: ${how.join(" ")} npx vitest run test/model/${file}\n` +
    `What befell it: ${JSON.stringify(all)}`
  );
}

/** What an expectation met, whole; its message shows the beginning alone. */
export const foundBy = (error: unknown): string =>
  typeof error === "object" && error !== null && "actual" in error
    ? JSON.stringify(error.actual)
    : "";

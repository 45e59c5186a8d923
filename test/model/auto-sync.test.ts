import { beforeAll, describe, expect, test } from "vitest";

import { reconcileNow } from "../support/operators.ts";
import { connectedCompany, eventually, startInitialSync, withStage } from "../support/sync.ts";
import { expectEven, expectOneAtATime, logStatuses, runsOf } from "./checks.ts";
import { ModelCompany } from "./company.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { pause, shareOn, type Shared } from "./shared.ts";

/**
 * The long version: `MODEL_SCHEDULES=10000 MODEL_SEED=1 npx vitest run test/model/auto-sync.test.ts`.
 * Schedule after schedule has the next seed; what fails prints how to run it alone.
 */
const SCHEDULES = Number(process.env["MODEL_SCHEDULES"] ?? 24);
const SEED = Number(process.env["MODEL_SEED"] ?? 20_262);
/** Companies side by side on one stage: while one waits for a heartbeat, others work. */
const SIDE_BY_SIDE = Math.min(24, SCHEDULES);
const SCHEDULE_TIMEOUT_MS = 180_000;
/** A run that met troubles again and again asks again after up to a minute. */
const QUIET_WITHIN_MS = 75_000;

describe("AutoSync and the history under random schedules", () => {
  const stage = withStage();
  let shared: Shared;
  beforeAll(async () => {
    await logStatuses(stage);
    shared = await shareOn(stage, SIDE_BY_SIDE);
  }, 60_000);

  test(
    `${SCHEDULES} of them from seed ${SEED} on all end with QuickBooks' books, one batch at a time`,
    { timeout: 60_000 + SCHEDULES * SCHEDULE_TIMEOUT_MS },
    async () => {
      const seeds = Array.from({ length: SCHEDULES }, (_, index) => SEED + index);
      const failed: string[] = [];
      const lane = async (): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const schedule = scheduleOf(seed);
          await runSchedule(shared, schedule).catch((error: unknown) => {
            failed.push(failureOf(schedule, error));
          });
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
      console.log(`${SCHEDULES} schedules from seed ${SEED} on; ${shared.kills()} workers killed`);
      expect(failed.join("\n\n")).toBe("");
    },
  );
});

const failureOf = (schedule: Schedule, error: unknown): string =>
  `Seed ${schedule.seed} failed: ${error instanceof Error ? error.stack : String(error)}\n` +
  `Found: ${foundBy(error)}\n` +
  `Alone: MODEL_SCHEDULES=1 MODEL_SEED=${schedule.seed} npx vitest run test/model/auto-sync.test.ts\n` +
  `Its schedule: ${JSON.stringify(schedule)}`;

/** What an expectation met, whole; its message shows the beginning alone. */
const foundBy = (error: unknown): string =>
  typeof error === "object" && error !== null && "actual" in error
    ? JSON.stringify(error.actual)
    : "";

async function runSchedule(shared: Shared, schedule: Schedule): Promise<void> {
  const { stage } = shared;
  const { records, seed, without } = schedule;
  const realmId = await stage.simulator.company({ records, seed, without: [...without] });
  const companyId = await connectedCompany(stage, realmId);
  const company = new ModelCompany(shared, { companyId, realmId }, without);
  const initial = await startInitialSync(stage, companyId, schedule.historyFrom);
  if (schedule.waitsForInitial) await company.untilOver(initial);
  for (const { restMs, ...event } of schedule.events) {
    await company.happen(event);
    await pause(restMs);
  }
  await bringToQuiet(shared, company, schedule);
  await expectEven(stage, company);
  await expectOneAtATime(stage, companyId);
  await expectCheapWhenIdle(shared, company);
}

const WELL = { status: "succeeded", failure: null };

/** Troubles are over, everything is asked for once more, and nothing waits or runs. */
async function bringToQuiet(shared: Shared, company: ModelCompany, schedule: Schedule) {
  await company.schedule("unpaused");
  await company.books.cure();
  await untilQuiet(shared, company);
  if (schedule.historyFrom !== null) {
    expect(await company.untilOver(await company.history("1990-01-01"))).toMatchObject(WELL);
  }
  expect(await company.untilOver(await company.want("user", true))).toMatchObject(WELL);
  await untilQuiet(shared, company);
}

async function untilQuiet({ stage }: Shared, { companyId }: ModelCompany): Promise<void> {
  const look = async (): Promise<void> => {
    const { rows } = await stage.pool.query(
      `select id, kind, status, phase, waiting_for, fence, run_id, started_at, now() from batches
        where company_id = $1 and status in ('queued', 'running')`,
      [companyId],
    );
    expect(rows).toEqual([]);
  };
  await eventually(look, QUIET_WITHIN_MS).catch(async (error: unknown) => {
    console.log(`company ${companyId} is not quiet by itself: ${foundBy(error)}`);
    await reconcileNow(stage);
    await eventually(look, QUIET_WITHIN_MS);
  });
}

/** With nothing new a run asks QuickBooks one question. A tick of the Schedule may come meanwhile, and is a run of its own. */
async function expectCheapWhenIdle(shared: Shared, company: ModelCompany): Promise<void> {
  const { stage } = shared;
  const spent = async () => ({
    metered: (await stage.simulator.calls(company.books.realmId)).metered,
    runs: await runsOf(stage, company.companyId),
  });
  const kills = shared.kills();
  const before = await spent();
  await company.happen({ do: "tick" });
  await untilQuiet(shared, company);
  const after = await spent();
  // What a killed worker had asked is asked again.
  if (shared.kills() > kills) return expectCheapWhenIdle(shared, company);
  expect(after.runs).toBeGreaterThan(before.runs);
  expect(after.metered - before.metered, "metered calls of idle runs").toBe(
    after.runs - before.runs,
  );
}

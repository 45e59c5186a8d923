import { beforeAll, describe, expect, test } from "vitest";

import { reconcileNow } from "../support/operators.ts";
import {
  connectedCompany,
  eventually,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { expectEven, expectOneAtATime, logStatuses } from "./checks.ts";
import { ModelCompany } from "./company.ts";
import { scheduleOf, type Schedule } from "./schedule.ts";
import { pause, shareOn, type Shared } from "./shared.ts";

/**
 * The long version: `MODEL_SCHEDULES=10000 MODEL_SEED=1 npx vitest run test/model/auto-sync.test.ts`.
 * Schedule after schedule has the next seed; what fails prints how to run it alone.
 */
const SCHEDULES = Number(process.env["MODEL_SCHEDULES"] ?? 16);
const SEED = Number(process.env["MODEL_SEED"] ?? 20_262);
/** Companies side by side on one stage: while one waits for a heartbeat, others work. */
const SIDE_BY_SIDE = Number(process.env["MODEL_SIDE_BY_SIDE"] ?? 12);
const SCHEDULE_TIMEOUT_MS = 180_000;
/** Nobody waits longer than this for a run that is at work; then what a crash left is mended. */
const QUIET_WITHIN_MS = 20_000;

describe("AutoSync and the history under random schedules", () => {
  const stage = withStage();
  let shared: Shared;
  beforeAll(async () => {
    await logStatuses(stage);
    shared = await shareOn(stage);
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
  `Alone: MODEL_SCHEDULES=1 MODEL_SEED=${schedule.seed} npx vitest run test/model/auto-sync.test.ts\n` +
  `Its schedule: ${JSON.stringify(schedule)}`;

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

/** Troubles are over, everything is asked for once more, and nothing waits or runs. */
async function bringToQuiet(shared: Shared, company: ModelCompany, schedule: Schedule) {
  await company.schedule("unpaused");
  await company.books.cure();
  await untilQuiet(shared, company);
  if (schedule.historyFrom !== null) {
    expect(await company.untilOver(await company.history("1990-01-01"))).toBe("succeeded");
  }
  expect(await company.untilOver(await company.want("user", true))).toBe("succeeded");
  await untilQuiet(shared, company);
}

async function untilQuiet({ stage }: Shared, { companyId }: ModelCompany): Promise<void> {
  const look = async (): Promise<void> => {
    const { rows } = await stage.pool.query(
      `select kind, status, phase, waiting_for from batches
        where company_id = $1 and status in ('queued', 'running')`,
      [companyId],
    );
    expect(rows).toEqual([]);
  };
  await eventually(look, QUIET_WITHIN_MS).catch(async (error: unknown) => {
    console.log(`company ${companyId} is not quiet by itself: ${String(error)}`);
    await reconcileNow(stage);
    await eventually(look, QUIET_WITHIN_MS);
  });
}

/** With nothing new a run asks QuickBooks one question. */
async function expectCheapWhenIdle({ stage }: Shared, company: ModelCompany): Promise<void> {
  const { realmId } = company.books;
  const before = await stage.simulator.calls(realmId);
  const batchId = await company.want("user", false);
  const batch = await untilBatch(stage, company.companyId, batchId, isOver);
  expect(batch).toMatchObject({ status: "succeeded", failure: null });
  const after = await stage.simulator.calls(realmId);
  expect(after.metered - before.metered, "metered calls of an idle run").toBe(1);
}

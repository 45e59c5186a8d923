import { beforeAll, describe, expect, test } from "vitest";

import { connectedCompany, startInitialSync, withStage } from "../support/sync.ts";
import { expectEven, expectOneAtATime, logStatuses, runsOf } from "./checks.ts";
import { MODEL_SEED, runInLanes, schedulesOr, timeoutOf, type Life } from "./lanes.ts";
import { OnlineCompany } from "./online-company.ts";
import { scheduleOf, type Schedule } from "./online-schedule.ts";
import { bringToQuiet, untilQuiet } from "./quiet.ts";
import { pause, shareOn, type Shared } from "./shared.ts";

const SCHEDULES = schedulesOr(12);
/** Companies side by side on one stage: while one waits for a heartbeat, others work. */
const LANES = Math.min(24, SCHEDULES);

describe("AutoSync and the history of QuickBooks Online under random schedules", () => {
  const stage = withStage();
  let shared: Shared;
  beforeAll(async () => {
    await logStatuses(stage);
    shared = await shareOn(stage, LANES);
  }, 60_000);

  test(
    `${SCHEDULES} of them from seed ${MODEL_SEED} on all end with QuickBooks' books, one batch at a time`,
    { timeout: timeoutOf(SCHEDULES) },
    async () => {
      const of = { schedules: SCHEDULES, lanes: LANES, file: "online.test.ts" };
      await runInLanes(of, scheduleOf, (life) => live(shared, life));
      console.log(
        `${SCHEDULES} schedules from seed ${MODEL_SEED} on; ${shared.kills()} workers killed`,
      );
    },
  );
});

async function live(shared: Shared, { begins, schedules }: Life<Schedule>): Promise<void> {
  const { stage } = shared;
  const { records, seed, without, historyFrom } = begins;
  const realmId = await stage.simulator.company({ records, seed, without: [...without] });
  const companyId = await connectedCompany(stage, realmId);
  const company = new OnlineCompany(shared, { companyId, realmId }, without);
  const initial = await startInitialSync(stage, companyId, historyFrom);
  if (begins.waitsForInitial) await company.syncs.untilOver(initial);
  for (const schedule of schedules) {
    for (const { restMs, ...event } of schedule.events) {
      await company.happen(event);
      await pause(restMs);
    }
    await company.syncs.schedule("unpaused");
    await company.books.cure();
    await bringToQuiet(stage, company.syncs, schedule === begins ? historyFrom : null);
    await expectEven(stage, company);
    await expectOneAtATime(stage, companyId);
    await expectCheapWhenIdle(shared, company);
    company.books.forget();
  }
}

/** With nothing new a run asks QuickBooks one question. A tick of the Schedule may come meanwhile, and is a run of its own. */
async function expectCheapWhenIdle(shared: Shared, company: OnlineCompany): Promise<void> {
  const { stage } = shared;
  const spent = async () => ({
    metered: (await stage.simulator.calls(company.books.realmId)).metered,
    runs: await runsOf(stage, company.companyId),
  });
  const kills = shared.kills();
  const before = await spent();
  await company.happen({ do: "tick" });
  await untilQuiet(stage, company.syncs);
  const after = await spent();
  // What a killed worker had asked is asked again.
  if (shared.kills() > kills) return expectCheapWhenIdle(shared, company);
  expect(after.runs).toBeGreaterThan(before.runs);
  expect(after.metered - before.metered, "metered calls of idle runs").toBe(
    after.runs - before.runs,
  );
}

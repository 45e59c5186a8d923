import { beforeAll, describe, expect, test } from "vitest";

import {
  expectAddsUp,
  expectEqualApplications,
  expectFeedReplays,
} from "../support/applications.ts";
import { countsOf } from "../support/batches.ts";
import { expectEqualFile, metCompany, withDoor, type Door } from "../support/desktop.ts";
import { startInitialSync, withStage } from "../support/sync.ts";
import { expectOneAtATime, logStatuses } from "./checks.ts";
import { ModelDesktop } from "./desktop-company.ts";
import { desktopScheduleOf, type DesktopSchedule } from "./desktop-schedule.ts";
import { MODEL_SEED, runInLanes, schedulesOr, timeoutOf, type Life } from "./lanes.ts";
import { bringToQuiet } from "./quiet.ts";
import { pause, shareOn, type Shared } from "./shared.ts";

const SCHEDULES = schedulesOr(4);
/** PCs side by side; each of them polls. */
const LANES = Math.min(4, SCHEDULES);

describe("AutoSync and the history of company files under random schedules", () => {
  const stage = withStage();
  const door = withDoor(stage);
  let shared: Shared;
  beforeAll(async () => {
    await logStatuses(stage);
    shared = await shareOn(stage, LANES);
  }, 60_000);

  test(
    `${SCHEDULES} of them from seed ${MODEL_SEED} on all end with QuickBooks' books, one batch at a time`,
    { timeout: timeoutOf(SCHEDULES) },
    async () => {
      const of = { schedules: SCHEDULES, lanes: LANES, file: "desktop.test.ts" };
      await runInLanes(of, desktopScheduleOf, (life) => live(shared, door, life));
      console.log(
        `${SCHEDULES} schedules from seed ${MODEL_SEED} on; ${shared.kills()} workers killed`,
      );
    },
  );
});

async function live(
  shared: Shared,
  door: Door,
  { begins, schedules }: Life<DesktopSchedule>,
): Promise<void> {
  const { stage } = shared;
  const { records, seed, historyFrom, waitsForInitial } = begins;
  const company = await metCompany(stage, door, { records, seed });
  // Else nobody is told of a credit or a journal entry that was put on a document later.
  const settings = { touchesApplied: true };
  await company.order("file-settings", { file: company.file, settings });
  const model = new ModelDesktop(shared, company);
  const initial = await startInitialSync(stage, company.companyId, historyFrom);
  if (waitsForInitial) await model.syncs.untilOver(initial);
  for (const schedule of schedules) {
    for (const [index, { restMs, ...event }] of schedule.events.entries()) {
      if (index === schedule.backUpAfter) await model.backUp();
      await model.happen(event);
      await pause(restMs);
    }
    await model.syncs.schedule("unpaused");
    await model.cure();
    await bringToQuiet(stage, model.syncs, schedule === begins ? historyFrom : null);
    await expectEven(shared, model);
    await expectOneAtATime(stage, company.companyId);
  }
  await company.order("polling", { pc: company.pc, everyMs: null });
}

/** Our records and who paid what are the company file's, and what we say of them is true. */
async function expectEven({ stage }: Shared, { company }: ModelDesktop): Promise<void> {
  const { companyId, file } = company;
  await expectEqualFile(stage, company);
  await expectEqualApplications(stage, companyId, { file });
  await expectAddsUp(stage, companyId);
  await expectFeedReplays(stage, companyId);
  const { kept, real } = await countsOf(stage.pool, companyId);
  expect(kept, "kept counts").toEqual(real);
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  expectWhole,
  lifeAndDeath,
  pagesNeeded,
  pagesServed,
  prepareRun,
  startRun,
  streamsAtWork,
  victimOn,
} from "../support/crashes.ts";
import { randomFrom } from "../support/random.ts";
import { withStage } from "../support/sync.ts";

/**
 * The long version: `CRASH_KILLS=100 CRASH_RECORDS=200000 npx vitest run test/crashes/random-kills.test.ts`.
 * `CRASH_SEED` chooses other moments; what a failure prints is what repeats it, as far as chance can be.
 */
const KILLS = Number(process.env["CRASH_KILLS"] ?? 5);
const RECORDS = Number(process.env["CRASH_RECORDS"] ?? 20_000);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_261);
/** A worker lives this long at most after the first page it stored. */
const LIFE_MAX_MS = 800;
/** Five seconds until the heartbeat is missed, and a wait that grows to half a minute when one activity crashes again and again. */
const KILL_COSTS_MAX_MS = 40_000;

describe("a worker killed at random moments", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  test(
    `${KILLS} times in one sync loses nothing, doubles nothing and reads at most two pages a stream again`,
    { timeout: 120_000 + KILLS * KILL_COSTS_MAX_MS },
    async () => {
      const random = randomFrom(SEED);
      await victim.start();
      const run = await startRun(stage, await prepareRun(stage, { records: RECORDS }));
      let kills = 0;
      let streams = 0;
      while (kills < KILLS && (await lifeAndDeath(victim, run, random() * LIFE_MAX_MS))) {
        kills++;
        streams += await streamsAtWork(stage, run);
        await victim.start();
      }
      await expectWhole(stage, run);
      const served = (await pagesServed(stage, run.realmId)).length;
      const needed = await pagesNeeded(stage, run);
      const say = `seed ${SEED}: ${kills} kills with ${streams} streams at work; ${served} pages served, ${needed} needed`;
      console.log(say);
      expect(served - needed, say).toBeLessThanOrEqual(2 * streams);
      expect(kills, "the sync was over before it was killed often enough").toBeGreaterThan(
        KILLS / 2,
      );
    },
  );
});

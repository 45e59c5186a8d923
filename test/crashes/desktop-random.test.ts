import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { cutDatabase, withBreakableDoor, withBreakableWorker } from "../support/desktop-crashes.ts";
import {
  againMax,
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  walked,
  type DesktopRun,
} from "../support/desktop-runs.ts";
import { randomFrom } from "../support/random.ts";
import { eventually, isOver, withStage } from "../support/sync.ts";

/** Other moments: `CRASH_SEED=2 CRASH_KILLS=40 npx vitest run test/crashes/desktop-random.test.ts`. */
const SEED = Number(process.env["CRASH_SEED"] ?? 20_261);
const KILLS = Number(process.env["CRASH_KILLS"] ?? 5);
const COMPANY = { records: 1_500, seed: 7 };
/** Slow enough that there is a middle to be hit in. */
const REQUEST_MS = 30;
/** QuickBooks works on a request for so long when it is to be hit in it. */
const AT_WORK_MS = 250;
const LIFE_MAX_MS = 1_000;
const TIMEOUT_MS = 240_000;

describe("a sync of a company file", () => {
  const stage = withStage();
  const { door, api } = withBreakableDoor(stage);
  const worker = withBreakableWorker(stage);

  const slow = ({ company: { order, pc } }: DesktopRun, requestMs: number) =>
    order("quickbooks", { pc, latency: { requestMs } });

  const aSlowRun = async (): Promise<DesktopRun> => {
    const run = await startDesktopRun(stage, await quietCompany(stage, door, COMPANY));
    await slow(run, REQUEST_MS);
    await poll(run.company);
    return run;
  };

  const stateOf = async ({ company, batchId }: DesktopRun) => {
    const batch = await findBatch(stage.pool, company.companyId, batchId);
    const { rows } = await stage.pool.query<{ held: number; sent: string | null }>(
      `select (select count(*)::int from records where company_id = $1) as held,
        (select max(id) from desktop_exchanges where company_id = $1 and state = 'sent') as sent`,
      [company.companyId],
    );
    return { isOver: batch === null || isOver(batch), held: 0, sent: null, ...rows[0] };
  };

  const breaks: [name: string, breakIt: (run: DesktopRun) => Promise<unknown>][] = [
    [
      "kill -9 of the Web Connector",
      ({ company: { order, pc } }) => order("power", { pc, to: "die" }),
    ],
    ["kill -9 of the api", () => Promise.resolve(api.kill())],
    ["the api's database connections cut", () => cutDatabase(api)],
    ["kill -9 of the worker", () => Promise.resolve(worker.kill())],
    ["the worker's database connections cut", () => cutDatabase(worker)],
  ];

  const mend = async ({ company: { order, pc } }: DesktopRun): Promise<void> => {
    await Promise.all([api.start(), worker.start(), order("power", { pc, to: "start" })]);
  };

  /** Whole, and read again no more for each time it was broken than a break costs. */
  const expectCheaplyWhole = async (run: DesktopRun, broken: readonly string[]): Promise<void> => {
    await expectWholeFile(stage, run, COMPANY.records);
    const read = await walked(stage, run);
    const again = read.answered - read.distinct;
    console.log(`${broken.join(", ")}: ${again} records read again, windows to ${read.window}`);
    expect(again).toBeLessThanOrEqual(read.window + againMax(read) * broken.length);
  };

  test(
    "that is broken while QuickBooks works, in each way, loses nothing and doubles nothing",
    async () => {
      const run = await aSlowRun();
      let held = 0;
      for (const [name, breakIt] of breaks) {
        await eventually(async () => {
          const state = await stateOf(run);
          expect(state.isOver, `over before ${name}`).toBe(false);
          expect(state.held, name).toBeGreaterThan(held);
          held = state.held;
        });
        await slow(run, AT_WORK_MS);
        const { sent: before } = await stateOf(run);
        await eventually(async () => {
          const { sent } = await stateOf(run);
          expect(sent !== null && sent !== before, name).toBe(true);
        });
        await breakIt(run);
        await slow(run, REQUEST_MS);
        await mend(run);
      }
      await expectCheaplyWhole(
        run,
        breaks.map(([name]) => name),
      );
    },
    TIMEOUT_MS,
  );

  test(
    `that is broken ${KILLS} times at random moments loses nothing and doubles nothing`,
    async () => {
      const random = randomFrom(SEED);
      const runs = await Promise.all([aSlowRun(), aSlowRun()]);
      const broken: string[] = [];
      // In any order, but each of them.
      const left: typeof breaks = [];
      for (let kills = 0; kills < KILLS; kills++) {
        await sleep(random() * LIFE_MAX_MS);
        const states = await Promise.all(runs.map(stateOf));
        const going = runs.filter((_, index) => states[index]?.isOver === false);
        const run = going[Math.floor(random() * going.length)];
        if (left.length === 0) left.push(...breaks);
        const [name, breakIt] = left.splice(Math.floor(random() * left.length), 1)[0] ?? [];
        if (run === undefined || name === undefined || breakIt === undefined) break;
        await breakIt(run);
        broken.push(name);
        await sleep(random() * 300);
        await mend(run);
      }
      console.log(`seed ${SEED}`);
      for (const run of runs) await expectCheaplyWhole(run, broken);
      expect(broken.length, "over before it was broken often enough").toBeGreaterThanOrEqual(
        KILLS / 2,
      );
    },
    TIMEOUT_MS,
  );
});

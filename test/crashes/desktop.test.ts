import { beforeAll, describe, expect, test } from "vitest";

import {
  breakAt,
  cutDatabase,
  withBreakableDoor,
  withBreakableWorker,
  type StopPoint,
  type Target,
} from "../support/desktop-crashes.ts";
import {
  againMax,
  expectGoesOn,
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  walked,
  type DesktopRun,
} from "../support/desktop-runs.ts";
import type { DesktopCompany } from "../support/desktop.ts";
import { eventually, withStage } from "../support/sync.ts";

/** The same file each time, so that what is answered compares. */
const COMPANY = { records: 1_500, seed: 7 };
const TIMEOUT_MS = 240_000;

/** What befalls the line of a PC, at each step of the protocol: the call, how many of it pass first, and what. */
const LINE: [method: string, after: number, kinds: string[]][] = [
  ["authenticate", 0, ["die-after"]],
  ["sendRequestXML", 0, ["die-after"]],
  ["sendRequestXML", 12, ["die-after", "cut-before"]],
  ["receiveResponseXML", 11, ["die-before", "cut-before", "cut-after", "torn"]],
  ["receiveResponseXML", 12, ["die-before"]],
  ["closeConnection", 0, ["die-before", "die-after"]],
];

/** Where a process is broken: the statement that tells the step of the protocol, and which of them. */
type Place = [statement: string, nth: number, wheres: StopPoint["where"][]];
const API_KILLED: Place[] = [
  ["openSession", 1, ["before", "after"]],
  ["openQuickBooks", 1, ["after"]],
  ["takeRequest", 14, ["after"]],
  ["storeAnswer", 11, ["before", "after"]],
  ["storeAnswer", 12, ["before"]],
  ["readEnd", 1, ["before", "after"]],
];
const API_CUT: Place[] = [
  ["openSession", 1, ["after"]],
  ["takeRequest", 14, ["after"]],
  ["storeAnswer", 11, ["before", "after"]],
];
/** Which look takes an answer out of the table differs; one of some in a row does. */
const WORKER_KILLED: Place[] = [
  ["judgeSession", 1, ["after"]],
  ["wantExchange", 14, ["before", "after"]],
  ["lookForAnswer", 14, ["after"]],
  ["lookForAnswer", 15, ["after"]],
  ["holdFence", 2, ["before", "after"]],
  ["holdFence", 3, ["before"]],
];
const WORKER_CUT: Place[] = [
  ["wantExchange", 14, ["after"]],
  ["lookForAnswer", 14, ["after"]],
  ["holdFence", 2, ["before", "after"]],
];

const pointsAt = (places: readonly Place[]): StopPoint[] =>
  places.flatMap(([statement, nth, wheres]) => wheres.map((where) => ({ statement, nth, where })));

describe("the sync of a company file that is broken at a step of the protocol", () => {
  const stage = withStage();
  const { door, api } = withBreakableDoor(stage);
  const worker = withBreakableWorker(stage);
  let clean: { answered: number };

  beforeAll(async () => {
    const company = await quietCompany(stage, door, COMPANY);
    const run = await startDesktopRun(stage, company);
    await poll(company);
    await expectWholeFile(stage, run, COMPANY.records);
    clean = await walked(stage, run);
  }, TIMEOUT_MS);

  /** The next session of each brings what changed after the one that was broken where it ended. */
  const expectNextOnes = (runs: readonly DesktopRun[]) =>
    Promise.all(runs.map((run) => expectGoesOn(stage, run)));

  const untilAllStruck = () =>
    eventually(async () => {
      const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/state`);
      const { pcs } = (await answer.json()) as { pcs: { pc: string; troubles: object[] }[] };
      expect(pcs.filter(({ troubles }) => troubles.length > 0)).toEqual([]);
    });

  const startBefallen = async (company: DesktopCompany, trouble: object): Promise<DesktopRun> => {
    await company.order("line", { pc: company.pc, trouble });
    const run = await startDesktopRun(stage, company);
    await poll(company);
    return run;
  };

  const companies = (many: number) =>
    Promise.all(Array.from({ length: many }, () => quietCompany(stage, door, COMPANY)));

  /** Whole and cheaply so; answers how many records were read again. */
  const expectCheaplyWhole = async (run: DesktopRun, where: string): Promise<number> => {
    try {
      await expectWholeFile(stage, run, COMPANY.records);
      const read = await walked(stage, run);
      const again = read.answered - clean.answered;
      expect(again).toBeLessThanOrEqual(againMax(read));
      return again;
    } catch (cause) {
      throw new Error(`broken at ${where}`, { cause });
    }
  };

  const expectAllWhole = async (
    what: string,
    runs: readonly DesktopRun[],
    wheres: readonly object[],
  ): Promise<void> => {
    const again: number[] = [];
    for (const [index, run] of runs.entries()) {
      again.push(await expectCheaplyWhole(run, JSON.stringify(wheres[index])));
    }
    console.log(`${what}: ${runs.length} points, read again ${again.join(", ")} records`);
  };

  test(
    "by kill -9 of the Web Connector and by its line loses nothing, doubles nothing and reads a window of each stream again at most",
    async () => {
      const cases = LINE.flatMap(([method, after, kinds]) =>
        kinds.map((kind) => ({ method, after, kind })),
      );
      const quiet = await companies(cases.length);
      const runs = await Promise.all(
        quiet.map((company, index) => startBefallen(company, cases[index] ?? {})),
      );
      await expectAllWhole("the line", runs, cases);
      await untilAllStruck();
      await expectNextOnes(runs.filter((_, index) => cases[index]?.method === "closeConnection"));
    },
    TIMEOUT_MS,
  );

  const kill = (target: Target): Promise<void> => Promise.resolve(target.kill());

  test.each([
    { name: "kill -9 of the api", target: api, places: API_KILLED, breakIt: kill },
    {
      name: "lost database connections of the api",
      target: api,
      places: API_CUT,
      breakIt: cutDatabase,
    },
    { name: "kill -9 of the worker", target: worker, places: WORKER_KILLED, breakIt: kill },
    {
      name: "lost database connections of the worker",
      target: worker,
      places: WORKER_CUT,
      breakIt: cutDatabase,
    },
  ])(
    "by $name loses nothing, doubles nothing and reads a window of each stream again at most",
    async ({ name, target, places, breakIt }) => {
      const points = pointsAt(places);
      const quiet = await companies(points.length);
      const runs = await breakAt(target, quiet, points, () => breakIt(target));
      await expectAllWhole(name, runs, points);
      await expectNextOnes(runs.filter((_, index) => points[index]?.statement === "readEnd"));
    },
    TIMEOUT_MS,
  );

  test(
    "by its Web Connector or its line, while it is told to come again because no worker runs, loses nothing",
    async () => {
      const troubles = ["die-after", "cut-after"].map((kind) => ({ method: "getLastError", kind }));
      const quiet = await companies(troubles.length);
      worker.kill();
      const runs = await Promise.all(
        quiet.map((company, index) => startBefallen(company, troubles[index] ?? {})),
      );
      await untilAllStruck();
      await worker.start();
      await expectAllWhole("NoOp", runs, troubles);
    },
    TIMEOUT_MS,
  );
});

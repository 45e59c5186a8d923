import { describe, expect, test } from "vitest";

import {
  breakAt,
  expectGoesOn,
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  withBreakableDoor,
  withBreakableWorker,
  type DesktopRun,
  type StopPoint,
} from "../support/desktop-crashes.ts";
import { eventually, withStage } from "../support/sync.ts";

const COMPANY = { records: 400, seed: 7 };
const TIMEOUT_MS = 200_000;

describe("a session of a company file that is broken where it ends, or where it waits", () => {
  const stage = withStage();
  const { door, api } = withBreakableDoor(stage);
  const worker = withBreakableWorker(stage);

  const companies = (many: number) =>
    Promise.all(Array.from({ length: many }, () => quietCompany(stage, door, COMPANY)));

  /** Whole, and the next session brings what changed afterwards. */
  const expectAllGoOn = async (runs: readonly DesktopRun[]): Promise<void> => {
    for (const run of runs) await expectWholeFile(stage, run, COMPANY.records);
    await Promise.all(runs.map((run) => expectGoesOn(stage, run)));
  };

  const startBefallen = async (trouble: { method: string; kind: string }): Promise<DesktopRun> => {
    const company = await quietCompany(stage, door, COMPANY);
    await company.order("line", { pc: company.pc, trouble });
    const run = await startDesktopRun(stage, company);
    await poll(company);
    return run;
  };

  test(
    "the Web Connector dies, or its line breaks, at closeConnection",
    async () => {
      const kinds = ["die-before", "die-after", "cut-before", "cut-after"];
      const runs = await Promise.all(
        kinds.map((kind) => startBefallen({ method: "closeConnection", kind })),
      );
      await expectAllGoOn(runs);
    },
    TIMEOUT_MS,
  );

  test(
    "the api dies before and after the end of a session is stored",
    async () => {
      const points: StopPoint[] = [
        { statement: "readEnd", nth: 1, where: "before" },
        { statement: "readEnd", nth: 1, where: "after" },
      ];
      const quiet = await companies(points.length);
      const runs = await breakAt(api, quiet, points, () => Promise.resolve(api.kill()));
      await expectAllGoOn(runs);
    },
    TIMEOUT_MS,
  );

  test(
    "the Web Connector dies, or its line breaks, while it is told to come again because no worker runs",
    async () => {
      const kinds = ["die-before", "die-after", "cut-after"];
      const quiet = await companies(kinds.length);
      worker.kill();
      const runs = await Promise.all(
        quiet.map(async (company, index) => {
          const trouble = { method: "getLastError", kind: kinds[index] };
          await company.order("line", { pc: company.pc, trouble });
          const run = await startDesktopRun(stage, company);
          await poll(company);
          return run;
        }),
      );
      await eventually(async () => {
        const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/state`);
        const { pcs } = (await answer.json()) as { pcs: { pc: string; troubles: object[] }[] };
        const left = pcs.filter(({ troubles }) => troubles.length > 0);
        expect(left).toEqual([]);
      });
      await worker.start();
      await expectAllGoOn(runs);
    },
    TIMEOUT_MS,
  );
});

import { beforeAll, describe, expect, test } from "vitest";

import {
  againMax,
  askedOf,
  expectGoesOn,
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  untilOver,
  walked,
  type DesktopRun,
} from "../support/desktop-runs.ts";
import { expectEqualFile, secondPc, withDoor } from "../support/desktop.ts";
import { eventually, withStage } from "../support/sync.ts";

const COMPANY = { records: 1_500, seed: 7 };
const TIMEOUT_MS = 200_000;

describe.concurrent("what was lost between a company file and other servers for good", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  const aRun = async (file: object = {}): Promise<DesktopRun> => {
    const company = await quietCompany(stage, door, { ...COMPANY, ...file });
    return startDesktopRun(stage, company);
  };

  const set = ({ company: { order, pc } }: DesktopRun, settings: object) =>
    order("quickbooks", { pc, settings });

  /**
   * Begins the sync, and holds QuickBooks in its first iterator that has more to come, the payments, one
   * page of three: until `goOn`.
   */
  const untilMidIterator = async (run: DesktopRun): Promise<void> => {
    await set(run, { isModalMidIterator: true });
    await poll(run.company);
    await eventually(async () => expect(await set(run, {})).toMatchObject({ isModalOpen: true }));
  };
  const goOn = (run: DesktopRun, settings: object = {}) =>
    set(run, { ...settings, isModalOpen: false });

  const beginsOf = async (run: DesktopRun, query: string): Promise<number> => {
    const { requests } = await askedOf(stage, run.company, run.askedBefore);
    return requests.filter((one) => one.query === query && one.iterator === "Start").length;
  };

  test(
    "comes in, whole: QuickBooks crashes in the middle of an iterator",
    async () => {
      const run = await aRun();
      await untilMidIterator(run);
      const { order, pc, file } = run.company;
      await goOn(run, { crashAfter: 0 });
      await eventually(async () => {
        const { isRunning } = await order("quickbooks", { pc });
        expect(isRunning).toBe(false);
      });
      await order("quickbooks", { pc, show: file });
      await expectWholeFile(stage, run, COMPANY.records);
      // The window that was broken off, and the one below it.
      expect(await beginsOf(run, "ReceivePaymentQuery")).toBeGreaterThan(2);
      const read = await walked(stage, run);
      expect(read.answered - read.distinct).toBeLessThanOrEqual(againMax(read));
    },
    TIMEOUT_MS,
  );

  test(
    "comes in, whole: a page of an iterator is lost on its way",
    async () => {
      const run = await aRun();
      await untilMidIterator(run);
      await run.company.order("line", {
        pc: run.company.pc,
        trouble: { kind: "cut-before", method: "receiveResponseXML" },
      });
      await goOn(run);
      await expectWholeFile(stage, run, COMPANY.records);
      const read = await walked(stage, run);
      expect(read.answered - read.distinct).toBeGreaterThan(0);
      expect(read.answered - read.distinct).toBeLessThanOrEqual(againMax(read));
    },
    TIMEOUT_MS,
  );

  test(
    "is known: the answer to every third call is lost after it was stored",
    async () => {
      const run = await aRun();
      const { order, pc } = run.company;
      for (const after of [2, 4, 6, 8, 10]) {
        const trouble = { kind: "cut-after", method: "receiveResponseXML", after };
        await order("line", { pc, trouble });
      }
      await poll(run.company);
      await expectWholeFile(stage, run, COMPANY.records);
      const read = await walked(stage, run);
      expect(read.answered - read.distinct).toBeLessThanOrEqual(againMax(read));
    },
    TIMEOUT_MS,
  );

  test.each([-26, 26])(
    "comes in although the PC's clock is %i minutes wrong: edits during the sync",
    async (minutes) => {
      const run = await aRun({ clockSkewMs: minutes * 60_000 });
      const { order, pc, file } = run.company;
      await untilMidIterator(run);
      const create = { do: "create", kind: "Customer" };
      const names = ["One", "Two", "Three"].map((name) => ({ ...create, draft: { name } }));
      await order("changes", { file, changes: names });
      await order("power", { pc, to: "die" });
      await order("changes", { file, changes: [{ ...create, draft: { name: "Four" } }] });
      await goOn(run);
      expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded", failure: null });
      await expectEqualFile(stage, run.company);
      await expectGoesOn(stage, run);
    },
    TIMEOUT_MS,
  );

  test(
    "comes in through a second PC, which was told to wait until the first died in the middle of a request",
    async () => {
      const run = await aRun();
      const { company } = run;
      await untilMidIterator(run);
      const second = await secondPc(stage, door, company);
      const endings = async (): Promise<string[]> => {
        const query = new URLSearchParams({ pc: second.pc });
        const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/reports?${query}`);
        const { reports } = (await answer.json()) as { reports: { how: string }[] };
        return reports.map(({ how }) => how);
      };
      await eventually(async () => expect(await endings()).toContain("busy"));
      expect(await endings()).not.toContain("finished");
      await company.order("power", { pc: company.pc, to: "die" });
      await goOn(run);
      const { rows } = await stage.pool.query<{ sent: number }>(
        `update desktop_sessions s set expires_at = now()
        where company_id = $1 and state = 'open'
        returning (select count(*)::int from desktop_exchanges e
          where e.session_id = s.id and e.state in ('wanted', 'sent')) as sent`,
        [company.companyId],
      );
      expect(rows.length).toBe(1);
      await expectWholeFile(stage, { ...run, company: second }, COMPANY.records);
      expect(await endings()).toContain("finished");
      // The first one comes back, and works again.
      await company.order("polling", { pc: second.pc, everyMs: null });
      await expectGoesOn(stage, run);
    },
    TIMEOUT_MS,
  );
});

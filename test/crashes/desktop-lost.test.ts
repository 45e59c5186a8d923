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
/** Slow enough that there is a middle to be hit in. */
const REQUEST_MS = 150;
const TIMEOUT_MS = 200_000;

describe.concurrent("what was lost between a company file and other servers for good", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  const slow = ({ company: { order, pc } }: DesktopRun, requestMs: number) =>
    order("quickbooks", { pc, latency: { requestMs } });

  const aRun = async (file: object = {}): Promise<DesktopRun> => {
    const company = await quietCompany(stage, door, { ...COMPANY, ...file });
    return startDesktopRun(stage, company);
  };

  /** Waits until QuickBooks has begun an iterator that has more to come: the payments, one page of three. */
  const untilMidIterator = (run: DesktopRun) =>
    eventually(async () => {
      const { requests } = await askedOf(stage, run.company, run.askedBefore);
      const begun = requests.filter(({ iterator, records }) => iterator === "Start" && records > 0);
      expect(begun.length).toBe(1);
    });

  const beginsOf = async (run: DesktopRun, query: string): Promise<number> => {
    const { requests } = await askedOf(stage, run.company, run.askedBefore);
    return requests.filter((one) => one.query === query && one.iterator === "Start").length;
  };

  test(
    "comes in, whole: QuickBooks crashes in the middle of an iterator",
    async () => {
      const run = await aRun();
      await slow(run, REQUEST_MS);
      await poll(run.company);
      await untilMidIterator(run);
      const { order, pc, file } = run.company;
      await order("quickbooks", { pc, settings: { crashAfter: 0 } });
      await eventually(async () => {
        const { isRunning } = await order("quickbooks", { pc });
        expect(isRunning).toBe(false);
      });
      await order("quickbooks", { pc, show: file });
      await slow(run, 0);
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
      await slow(run, REQUEST_MS);
      await poll(run.company);
      await untilMidIterator(run);
      await run.company.order("line", {
        pc: run.company.pc,
        trouble: { kind: "cut-before", method: "receiveResponseXML" },
      });
      await eventually(async () => expect(await beginsOf(run, "ReceivePaymentQuery")).toBe(2));
      await slow(run, 0);
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
      await slow(run, REQUEST_MS / 3);
      await poll(run.company);
      await untilMidIterator(run);
      const create = { do: "create", kind: "Customer" };
      const names = ["One", "Two", "Three"].map((name) => ({ ...create, draft: { name } }));
      await order("changes", { file, changes: names });
      await order("power", { pc, to: "die" });
      await order("changes", { file, changes: [{ ...create, draft: { name: "Four" } }] });
      await slow(run, 0);
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
      await slow(run, REQUEST_MS);
      await poll(company);
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

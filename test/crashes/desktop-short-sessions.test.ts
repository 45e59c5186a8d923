import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { expectEqualFile, withDoor, type DesktopCompany } from "../support/desktop.ts";
import { withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

const COMPANY = { records: 2_000, seed: 7 };
/** Each third answer is lost on its way, or each of a longer row, and the session with it; so many of them. */
const LOST_EVERY = 3;
const LOST_LATER = 12;
const LOST = 200;
const NEW = 900;
const EDITS = 300;
const TIMEOUT_MS = 200_000;

const State = z.object({
  pcs: z.array(z.object({ pc: z.string(), troubles: z.array(z.unknown()) })),
});

describe.concurrent("a PC whose every session breaks off after some answers", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  const breakOff = async ({ order, pc }: DesktopCompany, lostEvery = LOST_EVERY): Promise<void> => {
    for (let lost = 1; lost <= LOST; lost++) {
      const after = lost * lostEvery - 1;
      const trouble = { kind: "cut-before", method: "receiveResponseXML", after };
      await order("line", { pc, trouble });
    }
  };

  /** Sessions went on breaking until the end, and some of them broke in the middle of it. */
  const expectBroken = async ({ pc }: DesktopCompany): Promise<void> => {
    const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/state`);
    const { pcs } = State.parse(await answer.json());
    const left = pcs.find((each) => each.pc === pc)?.troubles.length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(LOST);
  };

  test(
    "comes through its initial sync",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const run = await startDesktopRun(stage, company);
      await breakOff(company);
      await poll(company);
      expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded", failure: null });
      await expectBroken(company);
      await expectEqualFile(stage, company);
    },
    TIMEOUT_MS,
  );

  test(
    "comes through an AutoSync of many changes",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const run = await startDesktopRun(stage, company);
      await poll(company);
      expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
      const { file, order } = company;
      const made = { do: "create", kind: "Estimate", draft: {} };
      await order("changes", { file, changes: Array.from({ length: NEW }, () => made) });
      await breakOff(company);
      const batch = await wishSync(stage, company.companyId);
      await poll(company);
      const over = await untilOver(stage, { company, batchId: batch.id });
      expect(over).toMatchObject({ status: "succeeded", failure: null });
      await expectBroken(company);
      await expectEqualFile(stage, company);
    },
    TIMEOUT_MS,
  );

  test(
    "finds what a backup took back",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const run = await startDesktopRun(stage, company);
      const { file, order } = company;
      await poll(company);
      expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
      const { backup } = await order("backups", { file });
      await order("changes", { file, changes: [{ do: "random", seed: 1, edits: EDITS }] });
      const before = await wishSync(stage, company.companyId);
      await poll(company);
      const known = await untilOver(stage, { company, batchId: before.id });
      expect(known).toMatchObject({ status: "succeeded" });
      await order("restores", { file, backup });
      await breakOff(company, LOST_LATER);
      const batch = await wishSync(stage, company.companyId);
      await poll(company);
      const over = await untilOver(stage, { company, batchId: batch.id });
      expect(over).toMatchObject({ status: "succeeded", failure: null });
      await expectBroken(company);
      await expectEqualFile(stage, company);
    },
    TIMEOUT_MS,
  );

  test(
    "compares every kind when it was away for longer than QuickBooks remembers",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const run = await startDesktopRun(stage, company);
      await poll(company);
      expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
      await stage.pool.query(
        `update connections set cursor_at = cursor_at - interval '97 days',
          uncovered_cursor_at = uncovered_cursor_at - interval '97 days' where company_id = $1`,
        [company.companyId],
      );
      await breakOff(company, LOST_LATER);
      const batch = await wishSync(stage, company.companyId);
      await poll(company);
      const over = await untilOver(stage, { company, batchId: batch.id });
      expect(over).toMatchObject({ status: "succeeded", failure: null });
      await expectBroken(company);
      await expectEqualFile(stage, company);
    },
    TIMEOUT_MS,
  );
});

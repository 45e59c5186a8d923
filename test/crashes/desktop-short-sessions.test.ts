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

  const WELL = { status: "succeeded", failure: null };

  const aSyncedCompany = async (): Promise<DesktopCompany> => {
    const company = await quietCompany(stage, door, COMPANY);
    const run = await startDesktopRun(stage, company);
    await poll(company);
    expect(await untilOver(stage, run)).toMatchObject(WELL);
    return company;
  };

  const syncNow = async (company: DesktopCompany): Promise<void> => {
    const batch = await wishSync(stage, company.companyId);
    await poll(company);
    expect(await untilOver(stage, { company, batchId: batch.id })).toMatchObject(WELL);
  };

  /** A sync whose sessions break off ends well before they cease to, and with the file's records. */
  const expectThrough = async (company: DesktopCompany, lostEvery?: number): Promise<void> => {
    await breakOff(company, lostEvery);
    await syncNow(company);
    await expectBroken(company);
    await expectEqualFile(stage, company);
  };

  test(
    "comes through its initial sync",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const run = await startDesktopRun(stage, company);
      await breakOff(company);
      await poll(company);
      expect(await untilOver(stage, run)).toMatchObject(WELL);
      await expectBroken(company);
      await expectEqualFile(stage, company);
    },
    TIMEOUT_MS,
  );

  test(
    "comes through an AutoSync of many changes",
    async () => {
      const company = await aSyncedCompany();
      const { file, order } = company;
      const made = { do: "create", kind: "Estimate", draft: {} };
      await order("changes", { file, changes: Array.from({ length: NEW }, () => made) });
      await expectThrough(company);
    },
    TIMEOUT_MS,
  );

  test(
    "finds what a backup took back",
    async () => {
      const company = await aSyncedCompany();
      const { file, order } = company;
      const { backup } = await order("backups", { file });
      await order("changes", { file, changes: [{ do: "random", seed: 1, edits: EDITS }] });
      await syncNow(company);
      await order("restores", { file, backup });
      await expectThrough(company, LOST_LATER);
    },
    TIMEOUT_MS,
  );

  test(
    "compares every kind when it was away for longer than QuickBooks remembers",
    async () => {
      const company = await aSyncedCompany();
      await stage.pool.query(
        `update connections set cursor_at = cursor_at - interval '97 days',
          uncovered_cursor_at = uncovered_cursor_at - interval '97 days' where company_id = $1`,
        [company.companyId],
      );
      await expectThrough(company, LOST_LATER);
    },
    TIMEOUT_MS,
  );
});

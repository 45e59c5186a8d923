import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { withDoor, type DesktopCompany } from "../support/desktop.ts";
import {
  askedOf,
  expectGoesOn,
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  walked,
  type DesktopRun,
} from "../support/desktop-runs.ts";
import { expectDone, letPoll, waitingSync, withWords } from "../support/desktop-words.ts";
import { eventually, withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

const COMPANY = { records: 400, seed: 7 };
const State = z.object({
  pcs: z.array(
    z.object({ pc: z.string(), troubles: z.array(z.object({ method: z.string().optional() })) }),
  ),
});
const TIMEOUT_MS = 120_000;
const MEGABYTE = 1_000_000;

describe.concurrent("between a PC and the server", () => {
  const stage = withStage();
  const door = withDoor(stage);
  const told = withWords(stage, door);
  beforeAll(() => stage.worker(), 60_000);

  const befallen = async (troubles: readonly object[]): Promise<DesktopRun> => {
    const company = await quietCompany(stage, door, COMPANY);
    for (const trouble of troubles) await company.order("line", { pc: company.pc, trouble });
    const run = await startDesktopRun(stage, company);
    await poll(company);
    return run;
  };

  /** The calls that something is still to befall. */
  const pendingAt = async ({ pc: name }: DesktopCompany): Promise<(string | undefined)[]> => {
    const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/state`);
    const { pcs } = State.parse(await answer.json());
    return (pcs.find(({ pc }) => pc === name)?.troubles ?? []).map(({ method }) => method);
  };

  const sessionsOf = async ({ companyId }: DesktopCompany) => {
    const { rows } = await stage.pool.query<{ endedBy: object | null }>(
      `select ended_by as "endedBy" from desktop_sessions
        where company_id = $1 and judged_at is not null`,
      [companyId],
    );
    return rows;
  };

  test(
    "an answer of more than 20 megabytes comes in like a small one",
    async () => {
      const notesChars = 300_000;
      const company = await quietCompany(stage, door, COMPANY);
      const { order, file, companyId } = company;
      await order("file-settings", { file, settings: { notesChars } });
      const run = await startDesktopRun(stage, company);
      await poll(company);
      const query = await eventually(async () => {
        const { requests } = await askedOf(stage, company, run.askedBefore);
        const huge = requests.find(
          ({ records, iterator }) => iterator !== null && records * notesChars > 20 * MEGABYTE,
        );
        expect(huge).toBeDefined();
        return huge;
      });
      // What follows is as it was, or the test would take long.
      await order("file-settings", { file, settings: { notesChars: 0 } });
      await expectWholeFile(stage, run, COMPANY.records);
      const { rows } = await stage.pool.query<{ held: number }>(
        `select count(*)::int as held from records
          where company_id = $1 and quickbooks_id = any($2) and length(payload) > $3`,
        [companyId, query?.ids, notesChars],
      );
      expect(rows).toEqual([{ held: query?.records }]);
    },
    TIMEOUT_MS,
  );

  test.each([
    { how: "one after the other", atOnce: false },
    { how: "both at once", atOnce: true },
  ])(
    "every answer and every other call delivered twice, $how, is taken once",
    async ({ atOnce }) => {
      const run = await befallen([
        { kind: "twice", atOnce, times: -1, method: "receiveResponseXML" },
        { kind: "twice", atOnce, times: -1, method: "sendRequestXML" },
        { kind: "twice", atOnce, times: -1, method: "closeConnection" },
      ]);
      await expectWholeFile(stage, run, COMPANY.records);
      const { answered, distinct } = await walked(stage, run);
      expect(answered).toBe(distinct);
      await expectGoesOn(stage, run);
    },
    TIMEOUT_MS,
  );

  test(
    "what a proxy puts in the place of a call or of its answer loses nothing and doubles nothing",
    async () => {
      const methods = ["authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection"];
      const run = await befallen(
        methods.flatMap((method) => [
          { kind: "garbage", method, after: 1 },
          { kind: "garbage-request", method, after: 2 },
          { kind: "torn", method, after: 3 },
        ]),
      );
      await expectWholeFile(stage, run, COMPANY.records);
      expect(await pendingAt(run.company)).not.toContain("receiveResponseXML");
      await expectGoesOn(stage, run);
    },
    TIMEOUT_MS,
  );

  test(
    "a slow machine on a slow line is waited for: nothing is asked twice, no session is given up, and nothing is said to be in the way",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const { order, pc, companyId } = company;
      // A set of many counts takes QuickBooks longer than any call is held.
      await order("quickbooks", { pc, latency: { openMs: 1_000, requestMs: 60, recordMs: 2 } });
      await order("line", { pc, trouble: { kind: "slow", ms: 100, times: -1 } });
      const run = await startDesktopRun(stage, company);
      await poll(company);
      const said = new Set<string | null>();
      await eventually(async () => {
        const { waitingFor, openBatch } = await told(companyId);
        said.add(waitingFor);
        expect(openBatch).toBeNull();
      }, 90_000);
      // Before it has begun it waits for its turn, and until the PC has come there is nobody.
      for (const word of [null, "turn", "connector-away"]) said.delete(word);
      expect([...said]).toEqual([]);
      await expectWholeFile(stage, run, COMPANY.records);
      const { answered, distinct } = await walked(stage, run);
      expect(answered).toBe(distinct);
      const sessions = await sessionsOf(company);
      expect(sessions.filter(({ endedBy }) => endedBy !== null)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "personal data that is closed leaves employees out, says so, and brings them once it is open",
    async () => {
      const company = await quietCompany(stage, door, COMPANY);
      const { order, pc, companyId } = company;
      await order("quickbooks", { pc, settings: { isPersonalDataAllowed: false } });
      const first = await waitingSync(stage, company);
      await letPoll(company);
      await expectDone(stage, company, first, ["employee"]);
      const { rows } = await stage.pool.query(
        `select kind, unavailable ->> 'rawCode' as code, unavailable ->> 'message' as message
          from batch_steps where batch_id = $1 and unavailable is not null`,
        [first],
      );
      expect(rows).toContainEqual({
        kind: "employee",
        code: "3261",
        message: expect.stringContaining("personal data"),
      });
      await order("quickbooks", { pc, settings: { isPersonalDataAllowed: true } });
      const next = await wishSync(stage, companyId, true);
      await letPoll(company);
      await expectDone(stage, company, next.id);
      expect((await told(companyId)).waitingFor).toBeNull();
    },
    TIMEOUT_MS,
  );
});

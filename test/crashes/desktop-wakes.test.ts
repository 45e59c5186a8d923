import type { PoolClient } from "pg";
import { beforeAll, describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { WAKE_CHANNEL } from "../../db/notify.ts";
import { withBreakableDoor } from "../support/desktop-crashes.ts";
import {
  expectWholeFile,
  poll,
  quietCompany,
  startDesktopRun,
  type DesktopRun,
} from "../support/desktop-runs.ts";
import { freePort } from "../../dev/embedded/ports.ts";
import { loseTemporalFor, withProcesses } from "../support/services.ts";
import { eventually, withStage } from "../support/sync.ts";

const COMPANY = { records: 200, seed: 7 };
/** A lost word is made up for by a timer of five minutes: whatever is whole before that was told. */
const TIMEOUT_MS = 200_000;
const TIMES = 3;

describe("the word that a PC has come", () => {
  const stage = withStage();
  const { door, api } = withBreakableDoor(stage);
  const launch = withProcesses();
  beforeAll(() => stage.worker(), 60_000);

  const quiet = () => quietCompany(stage, door, COMPANY);

  /** What a statement locks stays locked while `work` is done; whoever wants it waits until then, or until it is let go. */
  async function whileLocked(
    lock: string,
    work: (letGo: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const client: PoolClient = await stage.pool.connect();
    const letGo = async (): Promise<void> => void (await client.query("commit"));
    try {
      await client.query(`begin; ${lock}`);
      await work(letGo);
    } finally {
      await letGo();
      client.release();
    }
  }

  const rowOf = (table: string, column: string, id: string): string =>
    `select from ${table} where ${column} = '${id}' for update`;

  const untilBlocked = (statement: string) =>
    eventually(async () => {
      const { rowCount } = await stage.pool.query(
        `select from pg_stat_activity where datname = current_database()
          and wait_event_type = 'Lock' and query like '%/* ' || $1 || ' */%'`,
        [statement],
      );
      expect(rowCount, `nobody waits in ${statement}`).toBeGreaterThan(0);
    });

  const wakesOf = async ({ company }: DesktopRun): Promise<number> => {
    const { rowCount } = await stage.pool.query("select from wakes where company_id = $1", [
      company.companyId,
    ]);
    return rowCount ?? 0;
  };

  const isOpen = async ({ company }: DesktopRun): Promise<boolean> => {
    const { rowCount } = await stage.pool.query(
      "select from desktop_sessions where company_id = $1 and state = 'open'",
      [company.companyId],
    );
    return rowCount === 1;
  };

  const untilWaiting = (run: DesktopRun) =>
    eventually(async () => {
      const batch = await findBatch(stage.pool, run.company.companyId, run.batchId);
      expect(batch?.waitingFor).toBe("connector-away");
    });

  test(
    `is not lost when the session opens after the work found none and before it says that it waits, ${TIMES} times`,
    async () => {
      const runs: DesktopRun[] = [];
      for (let time = 0; time < TIMES; time++) {
        const company = await quiet();
        const run = await startDesktopRun(stage, company);
        runs.push(run);
        await untilWaiting(run);
        await whileLocked("lock table connectors", async (letGo) => {
          // The next look finds no session, and is held while it reads whose PC is away, then while it writes that down.
          await stage.client.workflow.getHandle(`batch:${run.batchId}`).signal("connectorCame");
          await untilBlocked("lastSeen");
          await whileLocked(rowOf("batches", "id", run.batchId), async () => {
            await letGo();
            await untilBlocked("setWaiting");
            await poll(company);
            await eventually(async () => {
              expect(await isOpen(run)).toBe(true);
              expect(await wakesOf(run)).toBe(0);
            });
          });
        });
      }
      for (const run of runs) await expectWholeFile(stage, run, COMPANY.records);
    },
    TIMEOUT_MS,
  );

  test(
    `is not lost when the session opens just after the work said that it waits, ${TIMES} times`,
    async () => {
      const runs: DesktopRun[] = [];
      for (let time = 0; time < TIMES; time++) {
        const company = await quiet();
        const { companyId } = company;
        let begun: DesktopRun | undefined;
        // Its login is held until the work has written down that nobody is there.
        await whileLocked(rowOf("connections", "company_id", companyId), async () => {
          const run = await startDesktopRun(stage, company);
          begun = run;
          await poll(company);
          await untilBlocked("lockConnection");
          await untilWaiting(run);
        });
        if (begun !== undefined) runs.push(begun);
      }
      for (const run of runs) await expectWholeFile(stage, run, COMPANY.records);
      expect(runs.length).toBe(TIMES);
    },
    TIMEOUT_MS,
  );

  test(
    "is not lost whenever the PC comes while the work begins, at six moments",
    async () => {
      const moments = Array.from({ length: 6 }, (_, index) => index * 60);
      const companies = await Promise.all(moments.map(quiet));
      const runs = await Promise.all(
        companies.map(async (company, index) => {
          const run = await startDesktopRun(stage, company);
          await new Promise((wake) => setTimeout(wake, moments[index]));
          await poll(company);
          return run;
        }),
      );
      for (const run of runs) await expectWholeFile(stage, run, COMPANY.records);
    },
    TIMEOUT_MS,
  );

  /** A PC has come, its word is stored, and the api that stored it tells nobody any more. */
  const untold = async (): Promise<DesktopRun> => {
    const company = await quiet();
    const run = await startDesktopRun(stage, company);
    await untilWaiting(run);
    let isStuck = false;
    api.proxy.before = ({ names }) => {
      if (!names.includes("claimWakes")) return "pass";
      isStuck = true;
      return "hold";
    };
    await eventually(async () => {
      await stage.pool.query("select pg_notify($1, '')", [WAKE_CHANNEL]);
      expect(isStuck).toBe(true);
    });
    await poll(company);
    await eventually(async () => expect(await isOpen(run)).toBe(true));
    return run;
  };

  test(
    "is told by the api that starts again after one that was killed before it told",
    async () => {
      const run = await untold();
      expect(await wakesOf(run)).toBeGreaterThan(0);
      api.kill();
      await untilWaiting(run);
      await api.start();
      await eventually(async () => expect(await wakesOf(run)).toBe(0));
      await expectWholeFile(stage, run, COMPANY.records);
    },
    TIMEOUT_MS,
  );

  test(
    "is told by another api while the one that stored it is stuck",
    async () => {
      const run = await untold();
      expect(await wakesOf(run)).toBeGreaterThan(0);
      const port = String(await freePort());
      const other = await launch("api/main.ts", { ...stage.env, PORT: port, PUBLIC_URL: door.url });
      await eventually(async () => expect(await wakesOf(run)).toBe(0));
      api.kill();
      await api.start();
      await expectWholeFile(stage, run, COMPANY.records);
      await other.stop();
    },
    TIMEOUT_MS,
  );

  test(
    "is kept while Temporal is away, and told when it is back",
    async () => {
      const company = await quiet();
      const run = await startDesktopRun(stage, company);
      await untilWaiting(run);
      const back = loseTemporalFor(4_000);
      await poll(company);
      await eventually(async () => expect(await isOpen(run)).toBe(true));
      expect(await wakesOf(run)).toBeGreaterThan(0);
      await back;
      await expectWholeFile(stage, run, COMPANY.records);
      expect(await wakesOf(run)).toBe(0);
    },
    TIMEOUT_MS,
  );
});

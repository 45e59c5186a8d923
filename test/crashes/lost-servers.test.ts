import { describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import {
  expectWhole,
  pagesNeeded,
  pagesServed,
  prepareRun,
  startRun,
  streamsAtWork,
  type Run,
} from "../support/crashes.ts";
import { killTemporal } from "../support/services.ts";
import { eventually, withStage, type Stage } from "../support/sync.ts";

const RECORDS = 15_000;
/** Slow enough that there is a middle to be hit in. */
const LATENCY = { latencyMs: 150 };
const CUTS = 5;

describe("a sync whose servers are lost in the middle", () => {
  const stage = withStage();

  /** Waits until a sync has stored more rows than before; answers how many. */
  const untilMore = async (run: Run, than: number): Promise<number> => {
    let done = than;
    await eventually(async () => {
      done = await doneOf(stage, run);
      expect(done).toBeGreaterThan(than);
    }, 60_000);
    return done;
  };

  test(
    `goes on by itself in the same worker after its database connections were cut, ${CUTS} times`,
    { timeout: 180_000 },
    async () => {
      await stage.simulator.post("settings", LATENCY);
      const worker = await stage.worker();
      const run = await startRun(stage, await prepareRun(stage, { records: RECORDS }));
      let done = 0;
      let streams = 0;
      let cut = 0;
      for (let cuts = 0; cuts < CUTS; cuts++) {
        done = await untilMore(run, done);
        streams += await streamsAtWork(stage, run);
        const { rows } = await stage.pool.query<{ isCut: boolean }>(
          `select pg_terminate_backend(pid) as "isCut" from pg_stat_activity
            where datname = current_database() and application_name = 'evenbooks-worker'`,
        );
        cut += rows.length;
      }
      await expectWhole(stage, run);
      expect(worker.isOver(), worker.output()).toBe(false);
      const served = (await pagesServed(stage, run.realmId)).length;
      const say = `${cut} connections cut in ${CUTS} times with ${streams} streams at work`;
      console.log(say);
      expect(served - (await pagesNeeded(stage, run)), say).toBeLessThanOrEqual(2 * streams);
      await worker.stop();
    },
  );

  test(
    "goes on by itself after Temporal's server was killed, twice",
    { timeout: 240_000 },
    async () => {
      await stage.simulator.post("settings", LATENCY);
      const worker = await stage.worker();
      const run = await startRun(stage, await prepareRun(stage, { records: RECORDS }));
      const done = await untilMore(run, 0);
      await killTemporal();
      await untilMore(run, done);
      await killTemporal();
      await expectWhole(stage, run);
      expect(worker.isOver(), worker.output()).toBe(false);
      const batch = await findBatch(stage.pool, run.companyId, run.batchId);
      expect(batch).toMatchObject({ trigger: "user" });
      await worker.stop();
    },
  );
});

async function doneOf(stage: Stage, run: Run): Promise<number> {
  const { rows } = await stage.pool.query<{ done: number }>(
    "select coalesce(sum(done), 0)::int as done from batch_steps where batch_id = $1",
    [run.batchId],
  );
  return rows[0]?.done ?? 0;
}

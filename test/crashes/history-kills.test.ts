import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { enqueueBatch } from "../../db/batches.ts";
import { sumsAgree, sumsOf } from "../../db/step-sums.ts";
import { inCompany } from "../../db/transactions.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { countsOf } from "../support/batches.ts";
import { lifeAndDeath, prepareRun, untilOver, victimOn } from "../support/crashes.ts";
import { slowDown } from "../support/operators.ts";
import { randomFrom } from "../support/random.ts";
import { expectEqualBooks, startInitialSync, withStage } from "../support/sync.ts";

/** `CRASH_SEED` chooses other moments, `CRASH_KILLS` more of them. */
const KILLS = Number(process.env["CRASH_KILLS"] ?? 2);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_263);
/** A worker lives this long at most after what it stored first. */
const LIFE_MAX_MS = 600;
/** So slow an answer gives a history a middle. */
const ANSWER_MS = 250;

describe("a worker killed while it reads a history", () => {
  const stage = withStage();
  let victim: Awaited<ReturnType<typeof victimOn>>;

  beforeAll(async () => {
    victim = await victimOn(stage);
  });
  afterAll(() => victim.close());

  test(`${KILLS} times loses nothing, and adds no amount twice`, async () => {
    const random = randomFrom(SEED);
    await victim.start();
    const prepared = await prepareRun(stage, { records: 12_000 });
    const { companyId, realmId } = prepared;
    const initial = await startInitialSync(stage, companyId, "2026-06-01");
    await untilOver(stage, { ...prepared, batchId: initial });
    await slowDown(stage, realmId, ANSWER_MS);
    const { batch } = await enqueueBatch(stage.pool, {
      companyId,
      kind: "historical",
      trigger: "user",
      startedBy: "test",
      label: "History of the test's company",
      historyFrom: "1998-01-01",
    });
    const run = { ...prepared, batchId: batch.id };
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    let kills = 0;
    while (kills < KILLS && (await lifeAndDeath(victim, run, random() * LIFE_MAX_MS))) {
      kills++;
      await victim.start();
    }
    await victim.start();
    expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded", failure: null });
    expect(kills, `seed ${SEED}: it was over before it was killed`).toBe(KILLS);
    await expectEqualBooks(stage, companyId, realmId);
    const { kept, real } = await countsOf(stage.pool, companyId);
    expect(kept).toEqual(real);
    const sums = await inCompany(stage.pool, companyId, (tx) => sumsOf(tx, companyId, batch.id));
    expect(sums.length).toBeGreaterThan(10);
    expect(sums.filter((sum) => sumsAgree(sum) !== true)).toEqual([]);
  }, 240_000);
});

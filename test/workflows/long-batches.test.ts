import { describe, expect, test } from "vitest";

import { wantAutoSync } from "../../db/autosync.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { slowDown } from "../support/operators.ts";
import {
  connectedCompany,
  eventually,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

/** More than one worker has slots for. */
const AT_LENGTH = 21;
const ANSWERS_AFTER_MS = 30_000;

describe("more companies that read for long than a worker has slots for", () => {
  const stage = withStage();

  test("hold back no other company's AutoSync", async () => {
    await stage.worker();
    const small = { records: 100 };
    const companyId = await connectedCompany(stage, await stage.simulator.company(small));
    await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);

    const others: string[] = [];
    for (let count = 0; count < AT_LENGTH; count++) {
      const realmId = await stage.simulator.company(small);
      const other = await connectedCompany(stage, realmId);
      await slowDown(stage, realmId, ANSWERS_AFTER_MS);
      await startInitialSync(stage, other);
      others.push(other);
    }
    const ofOthers = async (text: string): Promise<number> => {
      const { rows } = await stage.pool.query<{ count: number }>(text, [others]);
      return rows[0]?.count ?? 0;
    };
    await eventually(async () => {
      const begun = `select count(*)::int from batches where company_id = any($1) and fence > 0`;
      expect(await ofOthers(begun)).toBe(AT_LENGTH);
    });

    const { batch } = await wantAutoSync(stage.pool, {
      companyId,
      trigger: "user",
      startedBy: "test",
      label: "AutoSync of the test's company",
      everything: false,
    });
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    expect(await untilBatch(stage, companyId, batch.id, isOver)).toMatchObject({
      status: "succeeded",
    });
    // None of them has come further than its first activity meanwhile: every slot was taken.
    expect(await ofOthers(`select count(*)::int from batch_steps where company_id = any($1)`)).toBe(
      0,
    );
  }, 120_000);
});

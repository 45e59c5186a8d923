import { beforeAll, describe, expect, test } from "vitest";

import { listConnectors } from "../../db/connectors.ts";
import { expectEqualFile, metCompany, secondPc, withDoor } from "../support/desktop.ts";
import { eventually, isOver, startInitialSync, untilBatch, withStage } from "../support/sync.ts";

describe("two PCs with one shared company file", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  test("each has a pair that the Web Connector takes; one serves, and the other one when that sleeps", async () => {
    const first = await metCompany(stage, door, { records: 1_200 });
    const { companyId } = first;
    const second = await secondPc(stage, door, first);
    const [main, other] = await listConnectors(stage.pool, companyId);
    expect([main?.ownerId, main?.fileId]).toEqual([null, null]);
    expect(other?.ownerId).toMatch(/^\{[0-9A-F-]{36}\}$/);

    await first.order("power", { pc: first.pc, to: "sleep" });
    const batchId = await startInitialSync(stage, companyId);
    expect(await untilBatch(stage, companyId, batchId, isOver)).toMatchObject({
      status: "succeeded",
      failure: null,
    });
    await eventually(() => expectEqualFile(stage, first));
    const served = (await listConnectors(stage.pool, companyId)).find(({ id }) => id === other?.id);
    expect(served?.host).toBe(second.pc);
  }, 120_000);
});

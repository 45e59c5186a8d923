import { beforeAll, describe, expect, test } from "vitest";

import { listConnectors, revokeConnector } from "../../db/connectors.ts";
import {
  aLogin,
  expectEqualFile,
  metCompany,
  pairPc,
  secondPc,
  unpairedCompany,
  withDoor,
} from "../support/desktop.ts";
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
    expect((await listConnectors(stage.pool, companyId))[0]?.host).toBe(first.pc);
  }, 120_000);

  test("a first login that was revoked before anybody opened its .qwc leaves the next one to stamp the file", async () => {
    const company = await unpairedCompany(stage, { records: 300 });
    const { companyId, pc } = company;
    const unused = await aLogin(stage, { ...company, pc: "Never opened" });
    await revokeConnector(stage.pool, companyId, unused.connector.id);
    await pairPc(stage, door, company);
    await company.order("run", { pc });
    const stamp = () =>
      stage.pool.query(
        "select fingerprint ->> 'fileId' as id from connections where company_id = $1",
        [companyId],
      );
    await eventually(async () => {
      await company.order("run", { pc });
      expect((await stamp()).rows).toEqual([{ id: unused.fileId }]);
    });
    const further = await aLogin(stage, { ...company, pc: "Back office" });
    expect(further.connector.ownerId).not.toBeNull();
  }, 60_000);
});

import { beforeAll, describe, expect, test } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { findCompany } from "../../db/companies.ts";
import { wantAutoSync } from "../../db/autosync.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { expectEqualFile, metCompany, withDoor } from "../support/desktop.ts";
import { eventually, isOver, startInitialSync, untilBatch, withStage } from "../support/sync.ts";

describe("the sync of a company file", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  test("brings every record, once, through the same workflow, and proves it; what changes afterwards follows", async () => {
    const company = await metCompany(stage, door, { records: 1_500 });
    const { companyId, file } = company;
    const batchId = await startInitialSync(stage, companyId);
    const batch = await untilBatch(stage, companyId, batchId, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    expect(await expectEqualFile(stage, company)).toBeGreaterThan(1_000);
    expect((await findCompany(stage.pool, companyId))?.workableAt).toBeInstanceOf(Date);

    const { rows } = await stage.pool.query<{ id: string }>(
      "select quickbooks_id as id from records where company_id = $1 and kind = 'invoice' limit 3",
      [companyId],
    );
    await company.order("changes", {
      file,
      changes: [
        { do: "create", kind: "Estimate", draft: {} },
        { do: "create", kind: "Customer", draft: { name: "A new one" } },
        { do: "edit", kind: "Invoice", id: rows[0]?.id, draft: { memo: "seen" } },
        { do: "delete", kind: "Invoice", id: rows[1]?.id },
      ],
    });
    const { batch: wanted } = await wantAutoSync(stage.pool, {
      companyId,
      trigger: "user",
      startedBy: "test",
      label: "Sync",
      everything: false,
    });
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    await untilBatch(stage, companyId, wanted.id, isOver);
    await expectEqualFile(stage, company);
  }, 120_000);

  test("waits without a worker's slot while its PC sleeps, and goes on by itself when it wakes", async () => {
    const company = await metCompany(stage, door, { records: 800 });
    await company.order("power", { pc: company.pc, to: "sleep" });
    const batchId = await startInitialSync(stage, company.companyId);
    const waiting = await untilBatch(
      stage,
      company.companyId,
      batchId,
      ({ waitingFor }) => waitingFor === "connector-away",
    );
    expect(waiting.status).toBe("running");
    // It says what it waits for just before its activity ends.
    await eventually(async () => {
      const { raw } = await stage.client.workflow.getHandle(`batch:${batchId}`).describe();
      expect(raw.pendingActivities ?? []).toEqual([]);
    });
    await company.order("power", { pc: company.pc, to: "wake" });
    await untilBatch(stage, company.companyId, batchId, isOver);
    expect(await findBatch(stage.pool, company.companyId, batchId)).toMatchObject({
      status: "succeeded",
      waitingFor: null,
    });
    await eventually(() => expectEqualFile(stage, company));
  }, 120_000);
});

import { describe, expect, test } from "vitest";

import { findCompany } from "../../db/companies.ts";
import { summarizeSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

describe("a company that changes while it is read", () => {
  const stage = withStage();

  test("rows edited, created and deleted between any two pages: nothing is missing, nothing deleted is left", async () => {
    await stage.worker();
    const realmId = await stage.simulator.company({ records: 12_000 });
    const companyId = await connectedCompany(stage, realmId);
    await stage.simulator.post("between-pages", {
      realm: realmId,
      everyPages: 1,
      changes: [
        { op: "update", entity: "Invoice", count: 3 },
        { op: "update", entity: "Customer", count: 1 },
        { op: "delete", entity: "Payment", count: 1 },
        { op: "delete", entity: "Invoice", count: 1 },
        { op: "create", entity: "Bill", count: 1 },
        { op: "create", entity: "Invoice", count: 1 },
      ],
    });
    // No change feed tells of these.
    await stage.simulator.post("between-pages", {
      realm: realmId,
      everyPages: 7,
      changes: [{ op: "delete", entity: "TimeActivity", count: 1 }],
    });

    const batchId = await startInitialSync(stage, companyId);
    await untilBatch(stage, companyId, batchId, (batch) => batch.phase === "proof");
    await stage.simulator.remove("between-pages");
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("rows move under a second with more rows than a page, imported within one hour", async () => {
    const realmId = await stage.simulator.company({ records: 6_000, spread: "hour" });
    const companyId = await connectedCompany(stage, realmId);
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [
        { op: "update", entity: "Invoice", count: 2_300, at: "2024-05-06T07:08:09Z" },
        { op: "update", entity: "Payment", count: 1_000, at: "2024-05-06T07:08:09Z" },
      ],
    });
    await stage.simulator.post("between-pages", {
      realm: realmId,
      entity: "Invoice",
      everyPages: 2,
      changes: [
        { op: "update", entity: "Invoice", count: 5 },
        { op: "delete", entity: "Invoice", count: 2 },
      ],
    });

    const batchId = await startInitialSync(stage, companyId);
    await untilBatch(stage, companyId, batchId, (batch) => batch.phase === "proof");
    await stage.simulator.remove("between-pages");
    const batch = await untilBatch(stage, companyId, batchId, isOver);

    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
  });

  test("more changes and deletions than the change feed can tell are complete when people begin to work", async () => {
    const realmId = await stage.simulator.company({ records: 9_000 });
    const companyId = await connectedCompany(stage, realmId);
    await stage.simulator.post("between-pages", {
      realm: realmId,
      entity: "Payment",
      everyPages: 3,
      changes: [
        { op: "update", entity: "Invoice", count: 3_000 },
        { op: "delete", entity: "Payment", count: 40 },
        { op: "update", entity: "Payment", count: 1_500 },
        { op: "delete", entity: "Invoice", count: 40 },
      ],
    });

    const batchId = await startInitialSync(stage, companyId);
    await eventually(async () => {
      const steps = await inCompany(stage.pool, companyId, (tx) =>
        summarizeSteps(tx, companyId, batchId),
      );
      expect(steps.find((step) => step.name === "payment")?.status).toBe("succeeded");
    });
    await stage.simulator.remove("between-pages");
    await eventually(async () => {
      expect((await findCompany(stage.pool, companyId))?.workableAt).not.toBeNull();
    });
    await expectEqualBooks(stage, companyId, realmId, ["customer", "vendor", "item", "payment"]);

    const batch = await untilBatch(stage, companyId, batchId, isOver);
    expect(batch).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
  });
});

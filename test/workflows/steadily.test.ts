import { beforeAll, describe, expect, test } from "vitest";

import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import { wishBatch } from "../support/wishes.ts";

const TIMEOUT_MS = 180_000;

describe("work that asks a hundred questions and stores nothing on its way", () => {
  const stage = withStage();
  beforeAll(() => stage.worker(), 60_000);

  async function trouble(realm: string, kind: string, more: Record<string, unknown>) {
    await stage.simulator.post("faults", { kind, match: { realm, path: "query" }, ...more });
  }

  /** The counts that QuickBooks answered since `from`, and answered again. */
  async function answeredTwice(realmId: string, from = 0): Promise<string[]> {
    const { queries } = await stage.simulator.calls(realmId);
    const counts = queries
      .slice(from)
      .filter(({ query, status }) => status === 200 && /count\(\*\)/i.test(query))
      .map(({ query }) => query);
    return counts.filter((query, index) => counts.indexOf(query) !== index);
  }

  test(
    "a plan keeps the counts it has when one of them meets a fault that passes",
    async () => {
      const realmId = await stage.simulator.company({ records: 300 });
      const companyId = await connectedCompany(stage, realmId);
      await trouble(realmId, "server-error", { after: 20 });
      await trouble(realmId, "throttle-json", { after: 30, retryAfterSeconds: 1 });
      const batchId = await startInitialSync(stage, companyId);
      await untilBatch(stage, companyId, batchId, ({ phase }) => phase === "lists");
      // Transactions of some kinds are counted twice in a plan: where open ones cannot be picked out.
      const lists = (await answeredTwice(realmId)).filter((query) => query.includes("Active IN"));
      expect(lists).toEqual([]);
      const batch = await untilBatch(stage, companyId, batchId, isOver);
      expect(batch).toMatchObject({ status: "succeeded", waitingFor: null });
      await expectEqualBooks(stage, companyId, realmId);
    },
    TIMEOUT_MS,
  );

  test(
    "a comparison keeps what it has when an answer breaks off, QuickBooks is away, or wants quiet",
    async () => {
      const realmId = await stage.simulator.company({ records: 300 });
      const companyId = await connectedCompany(stage, realmId);
      await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
      const { queries } = await stage.simulator.calls(realmId);
      await trouble(realmId, "unavailable-html", { after: 20 });
      await trouble(realmId, "cut", { after: 35 });
      await trouble(realmId, "throttle-json", { after: 45, retryAfterSeconds: 1 });
      const { id } = await wishBatch(stage, { companyId, kind: "verify" });
      const waiting = await untilBatch(
        stage,
        companyId,
        id,
        ({ waitingFor }) => waitingFor !== null,
      );
      expect(waiting).toMatchObject({ status: "running", waitingUntil: expect.any(Date) });
      const batch = await untilBatch(stage, companyId, id, isOver);
      expect(batch).toMatchObject({ status: "succeeded", failure: null, waitingFor: null });
      expect(await answeredTwice(realmId, queries.length)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

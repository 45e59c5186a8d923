import { beforeAll, describe, expect, test } from "vitest";

import { claimNextBatch } from "../../db/leases.ts";
import { coordinatorId } from "../../workflows/contract.ts";
import { services } from "../support/services.ts";
import { withStage } from "../support/sync.ts";
import { at, withApi, type Answer, type TestApi } from "./support.ts";

const stage = withStage();
const api = withApi({
  temporal: () => ({ address: services().temporalAddress, namespace: stage.namespace }),
});

const FIELDS = `{ __typename
  ... on Batch { id status kind trigger label workflowUrl queuedAt finishedAt company { name activity waitingFor } }
  ... on Refusal { code message nextStep } }`;

const doTo = async (on: TestApi, field: string, role: "admin" | "app" = "admin"): Promise<Answer> =>
  on.ask(await on.token(role), `mutation { answer: ${field} ${FIELDS} }`);

const start = (on: TestApi, companyId: string, more = "") =>
  doTo(on, `startInitialSync(companyId: "${companyId}" ${more})`);
const cancel = (id: string) => doTo(api, `cancelBatch(id: "${id}")`);
const retry = (id: string) => doTo(api, `retryBatch(id: "${id}")`);

const batches = async (on: TestApi, companyId: string) => {
  const { rows } = await on.pool.query<Record<string, unknown>>(
    `select id, status, trigger, history_from as "historyFrom", started_by as "startedBy"
      from batches where company_id = $1`,
    [companyId],
  );
  return rows;
};

/** Ends a batch as its workflow would. */
const end = async (on: TestApi, id: string, status: string): Promise<void> => {
  await on.pool.query("update batches set status = $2, finished_at = now() where id = $1", [
    id,
    status,
  ]);
};

describe("startInitialSync", () => {
  test("queues a batch and wakes the company's coordinator", async () => {
    const { id } = await api.company({ as: "confirmed", name: "Craig" });
    const answer = await start(api, id, `historyFrom: "2024-02-29"`);
    const batchId = String(at(answer, "answer.id"));
    expect(answer.data).toMatchObject({
      answer: {
        status: "QUEUED",
        kind: "INITIAL",
        trigger: "USER",
        label: "Initial sync of Craig",
        workflowUrl: `http://localhost:8233/namespaces/${stage.namespace}/workflows/batch%3A${batchId}`,
        company: { name: "Craig", activity: "WAITING", waitingFor: "turn" },
      },
    });
    expect(await batches(api, id)).toMatchObject([
      { id: batchId, historyFrom: "2024-02-29", startedBy: "test admin" },
    ]);
    const coordinator = await stage.client.workflow.getHandle(coordinatorId(id)).describe();
    expect(coordinator.status.name).toBe("RUNNING");
  });

  test("by the app says so", async () => {
    const { id } = await api.company({ as: "confirmed" });
    const answer = await doTo(api, `startInitialSync(companyId: "${id}")`, "app");
    expect(at(answer, "answer.trigger")).toBe("APP");
  });

  test("fifty at once are one batch", async () => {
    const { id } = await api.company({ as: "confirmed" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => start(api, id)));
    const ids = new Set(answers.map((answer) => at(answer, "answer.id")));
    expect(ids.size).toBe(1);
    expect(await batches(api, id)).toHaveLength(1);
    await claimNextBatch(api.pool, id);
    const again = await start(api, id, `historyFrom: "2020-01-01"`);
    expect(again.data).toMatchObject({ answer: { id: [...ids][0], status: "RUNNING" } });
  });

  test("is refused until the company is connected and confirmed, and once it is done", async () => {
    const fresh = await api.company();
    expect((await start(api, fresh.id)).data).toMatchObject({ answer: { code: "not-connected" } });
    const connected = await api.company({ as: "connected" });
    expect((await start(api, connected.id)).data).toMatchObject({
      answer: { code: "not-confirmed" },
    });
    const desktop = await api.company({ edition: "desktop" });
    expect((await start(api, desktop.id)).data).toMatchObject({
      answer: { code: "not-connected", nextStep: expect.stringContaining("connectDesktop") },
    });
    const done = await api.company({ as: "confirmed" });
    await end(api, String(at(await start(api, done.id), "answer.id")), "succeeded");
    expect((await start(api, done.id)).data).toMatchObject({ answer: { code: "already-done" } });
    expect(await batches(api, done.id)).toHaveLength(1);
  });

  test("after a failed one begins another", async () => {
    const { id } = await api.company({ as: "confirmed" });
    const first = String(at(await start(api, id), "answer.id"));
    await end(api, first, "failed");
    expect(at(await start(api, id), "answer.id")).not.toBe(first);
    expect((await retry(first)).data).toMatchObject({ answer: { code: "already-running" } });
  });
});

describe("cancelBatch and retryBatch", () => {
  let companyId: string;
  let batchId: string;
  beforeAll(async () => {
    companyId = (await api.company({ as: "confirmed" })).id;
    batchId = String(at(await start(api, companyId), "answer.id"));
  });

  test("a queued batch ends at once, twice is once, and goes on under its own id", async () => {
    for (let time = 0; time < 2; time++) {
      const answer = await cancel(batchId);
      expect(answer.data).toMatchObject({ answer: { id: batchId, status: "CANCELLED" } });
      expect(at(answer, "answer.finishedAt")).not.toBeNull();
    }
    expect((await retry(batchId)).data).toMatchObject({
      answer: { id: batchId, status: "QUEUED", trigger: "RETRY", finishedAt: null },
    });
    expect((await retry(batchId)).data).toMatchObject({ answer: { code: "already-running" } });
  });

  test("a running batch is asked to end, and stays running until it has", async () => {
    await claimNextBatch(api.pool, companyId);
    expect((await cancel(batchId)).data).toMatchObject({
      answer: { id: batchId, status: "RUNNING" },
    });
    const { rows } = await api.pool.query(
      "select 1 from batches where id = $1 and cancel_requested_at is not null",
      [batchId],
    );
    expect(rows).toHaveLength(1);
    expect((await retry(batchId)).data).toMatchObject({ answer: { code: "already-running" } });
  });

  test("a failed one is not cancelled but retried, one that succeeded is neither", async () => {
    await end(api, batchId, "failed");
    expect((await cancel(batchId)).data).toMatchObject({ answer: { code: "already-done" } });
    expect((await retry(batchId)).data).toMatchObject({ answer: { status: "QUEUED" } });
    await end(api, batchId, "succeeded");
    expect((await cancel(batchId)).data).toMatchObject({ answer: { code: "already-done" } });
    expect((await retry(batchId)).data).toMatchObject({ answer: { code: "already-done" } });
  });

  test("nothing is retried while the company is disconnected, and the way back is told", async () => {
    await end(api, batchId, "failed");
    await api.pool.query("update companies set state = 'disconnected' where id = $1", [companyId]);
    expect((await retry(batchId)).data).toMatchObject({
      answer: { code: "not-connected", nextStep: expect.stringContaining("connectOnline") },
    });
    expect(await batches(api, companyId)).toMatchObject([{ status: "failed" }]);
  });
});

test.each([
  "syncNow(companyId: $id)",
  'startHistoricalSync(companyId: $id, from: "2020-01-01")',
  'reapplyPayments(companyId: $id, from: "2020-01-01")',
  "verify(companyId: $id)",
])(
  "%s is refused while the company is disconnected: it could only fail, and hold AutoSync",
  async (call) => {
    const { id } = await api.company({ as: "confirmed" });
    await api.pool.query(
      "update companies set state = 'disconnected', workable_at = now() where id = $1",
      [id],
    );
    expect((await doTo(api, call.replace("$id", JSON.stringify(id)))).data).toMatchObject({
      answer: { code: "not-connected", nextStep: expect.stringContaining("connectOnline") },
    });
    expect(await batches(api, id)).toEqual([]);
  },
);

test("syncNow is not refused where failures have disconnected the company: whoever has mended it may try", async () => {
  const { id } = await api.company({ as: "confirmed" });
  await api.pool.query(
    `update companies set state = 'disconnected', workable_at = now(),
      state_reason = '{"kind": "failures-in-a-row", "message": "", "nextStep": "", "rawCode": null}' where id = $1`,
    [id],
  );
  await doTo(api, `syncNow(companyId: "${id}")`);
  expect((await batches(api, id)).length).toBe(1);
});

test("payments are re-applied for a day that has come, of a company whose initial sync is done", async () => {
  const { id } = await api.company({ as: "confirmed" });
  const early = await doTo(
    api,
    `reapplyPayments(companyId: "${id}", from: "2020-01-01", preview: true)`,
  );
  expect(at(early, "answer.code")).toBe("invalid-input");
  expect(at(early, "answer.nextStep")).toContain("startInitialSync");
  const future = await doTo(api, `reapplyPayments(companyId: "${id}", from: "2999-01-01")`);
  expect(at(future, "answer.message")).toContain("lies in the future");
});

describe("while Temporal is away", () => {
  const alone = withApi();

  test("a batch is queued and answered all the same, and the log warns", async () => {
    const { id } = await alone.company({ as: "confirmed" });
    const began = Date.now();
    const answer = await start(alone, id);
    expect(answer.data).toMatchObject({ answer: { status: "QUEUED" } });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await batches(alone, id)).toHaveLength(1);
    expect(alone.logged()).toContain("a nudge did not reach Temporal");
  });
});

import { describe, expect, test } from "vitest";

import { enqueueBatch } from "../../db/batches.ts";
import { planSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { nextTick } from "../../workflows/contract.ts";
import { services } from "../support/services.ts";
import { withStage } from "../support/sync.ts";
import { at, withApi, type Answer } from "./support.ts";

const stage = withStage();
const api = withApi({
  temporal: () => ({ address: services().temporalAddress, namespace: stage.namespace }),
});

const ON_COMPANY = `{ __typename
  ... on Company { state status autoSync { enabled everyMinutes payments pausedReason nextAt advice failuresInARow } }
  ... on Refusal { code message nextStep } }`;
const ON_BATCH = `{ __typename ... on Batch { id kind trigger status waitingFor label note }
  ... on Refusal { code message nextStep } }`;

type Role = "admin" | "app" | "viewer" | "ops";

const doTo = async (field: string, role: Role = "admin"): Promise<Answer> =>
  api.ask(
    await api.token(role),
    `mutation { answer: ${field} ${/Auto|Company\(/.test(field) ? ON_COMPANY : ON_BATCH} }`,
  );

/** A confirmed company whose initial sync has ended so; it reads transactions since `historyFrom`. */
const aCompany = async (status = "succeeded", historyFrom: string | null = null) => {
  const { id } = await api.company({ as: "confirmed", name: "Craig" });
  const { batch } = await enqueueBatch(api.pool, {
    companyId: id,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "Initial sync of Craig",
    historyFrom,
  });
  const lease = { companyId: id, batchId: batch.id, fence: 0 };
  await inCompany(api.pool, id, (tx) =>
    planSteps(tx, lease, [
      {
        name: "invoice",
        phase: "records",
        kind: "invoice",
        total: 90,
        checkpoint: {},
        unavailable: null,
      },
    ]),
  );
  await api.pool.query(
    "update batches set status = $2, started_at = now(), finished_at = case when $2 = 'running' then null else now() end where id = $1",
    [batch.id, status],
  );
  if (status === "succeeded") {
    await api.pool.query("update companies set workable_at = now() where id = $1", [id]);
  }
  return { id, batchId: batch.id };
};

/** How many runs of AutoSync a company has. */
const runsOf = async (companyId: string): Promise<number | null> => {
  const { rowCount } = await api.pool.query(
    "select from batches where company_id = $1 and kind in ('autosync', 'manual')",
    [companyId],
  );
  return rowCount;
};

describe("setAutoSync", () => {
  test("enables it, keeps what is left out, and says when it runs next", async () => {
    const { id } = await aCompany();
    const first = await doTo(`setAutoSync(companyId: "${id}", input: { enabled: true })`);
    expect(first.data).toMatchObject({
      answer: {
        autoSync: {
          enabled: true,
          everyMinutes: 120,
          payments: true,
          pausedReason: null,
          advice: null,
        },
      },
    });
    expect(at(first, "answer.autoSync.nextAt")).toBe(nextTick(id, 120, new Date()).toISOString());
    const second = await doTo(
      `setAutoSync(companyId: "${id}", input: { enabled: true, everyMinutes: 15, payments: false })`,
    );
    expect(second.data).toMatchObject({
      answer: { autoSync: { everyMinutes: 15, payments: false } },
    });
    const off = await doTo(`setAutoSync(companyId: "${id}", input: { enabled: false })`);
    expect(off.data).toMatchObject({
      answer: { autoSync: { enabled: false, everyMinutes: 15, nextAt: null } },
    });
  });

  test.each([
    ["running", "already-running", "0 of 90 records"],
    ["failed", "invalid-input", "its initial sync failed"],
  ])("is refused, with the count, while the initial sync is %s", async (status, code, message) => {
    const { id } = await aCompany(status);
    const answer = await doTo(`setAutoSync(companyId: "${id}", input: { enabled: true })`);
    expect(answer.data).toMatchObject({
      answer: { code, message: expect.stringContaining(message) },
    });
    expect((await doTo(`syncNow(companyId: "${id}")`)).data).toMatchObject({ answer: { code } });
  });

  test.each([14, 0, -5, 10_081])("every %i minutes is refused", async (minutes) => {
    const { id } = await aCompany();
    const answer = await doTo(
      `setAutoSync(companyId: "${id}", input: { enabled: true, everyMinutes: ${minutes} })`,
    );
    expect(answer.data).toMatchObject({ answer: { code: "invalid-input" } });
  });

  test("says what would fit where runs take too long", async () => {
    const { id } = await aCompany();
    await api.pool.query(
      `insert into batches (company_id, kind, trigger, started_by, label, status, started_at, finished_at)
        values ($1, 'autosync', 'schedule', 'AutoSync', 'a run', 'succeeded', now() - interval '20 minutes', now())`,
      [id],
    );
    const answer = await doTo(
      `setAutoSync(companyId: "${id}", input: { enabled: true, everyMinutes: 15 })`,
    );
    expect(at(answer, "answer.autoSync.advice")).toContain("every 40 minutes");
  });
});

describe("syncNow", () => {
  test("joins what waits and what runs, and says so", async () => {
    const { id } = await aCompany();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => doTo(`syncNow(companyId: "${id}")`)),
    );
    expect(new Set(answers.map((answer) => at(answer, "answer.id"))).size).toBe(1);
    expect(answers[0]?.data).toMatchObject({
      answer: { kind: "MANUAL", trigger: "USER", status: "QUEUED", note: "It starts at once." },
    });
    await api.pool.query("update batches set status = 'running' where id = $1", [
      at(answers[0] as Answer, "answer.id"),
    ]);
    const joined = await doTo(`syncNow(companyId: "${id}")`, "app");
    expect(joined.data).toMatchObject({
      answer: {
        id: at(answers[0] as Answer, "answer.id"),
        note: "Running now, yours is included.",
      },
    });
    await api.pool.query("update batches set waiting_for = 'mass-change' where company_id = $1", [
      id,
    ]);
    expect(at(await doTo(`syncNow(companyId: "${id}")`), "answer.note")).toContain("which waits");
  });

  test("behind a history it is told what makes room", async () => {
    const { id } = await aCompany("succeeded", "2025-01-01");
    const history = await doTo(`startHistoricalSync(companyId: "${id}", from: "2020-05-05")`);
    expect(history.data).toMatchObject({ answer: { kind: "HISTORICAL", status: "QUEUED" } });
    await api.pool.query("update batches set status = 'running' where id = $1", [
      at(history, "answer.id"),
    ]);
    expect(at(await doTo(`syncNow(companyId: "${id}")`), "answer.note")).toContain("makes room");
  });
});

test("syncNow behind an initial sync that reads the records is told that it makes room", async () => {
  const { id, batchId } = await aCompany("running");
  await api.pool.query("update batches set phase = 'records' where id = $1", [batchId]);
  await api.pool.query("update companies set workable_at = now() where id = $1", [id]);
  const answer = await doTo(`syncNow(companyId: "${id}")`);
  expect(answer.data).toMatchObject({
    answer: { kind: "MANUAL", note: expect.stringContaining("makes room") },
  });
});

describe("startHistoricalSync", () => {
  test("is already done where everything since that day is held", async () => {
    const { id } = await aCompany("succeeded", "2024-01-01");
    for (const from of ["2024-01-01", "2025-07-01"]) {
      const answer = await doTo(`startHistoricalSync(companyId: "${id}", from: "${from}")`);
      expect(answer.data).toMatchObject({ answer: { code: "already-done" } });
    }
    const { id: whole } = await aCompany();
    const answer = await doTo(`startHistoricalSync(companyId: "${whole}", from: "1999-01-01")`);
    expect(answer.data).toMatchObject({ answer: { code: "already-done" } });
  });

  test("before the initial sync, and with a day that is none, it is refused", async () => {
    const { id } = await aCompany("failed", "2024-01-01");
    for (const from of ["2020-01-01", "2023-02-30", "2999-01-01"]) {
      const answer = await doTo(`startHistoricalSync(companyId: "${id}", from: "${from}")`);
      expect(answer.data).toMatchObject({ answer: { code: "invalid-input" } });
    }
  });
});

describe("a pause", () => {
  test("holds the company until it is resumed", async () => {
    const { id } = await aCompany();
    await doTo(`setAutoSync(companyId: "${id}", input: { enabled: true })`);
    expect((await doTo(`pauseCompany(companyId: "${id}")`)).data).toMatchObject({
      answer: {
        state: "PAUSED",
        status: expect.stringContaining("resumeCompany"),
        autoSync: { pausedReason: expect.stringContaining("Paused by test admin"), nextAt: null },
      },
    });
    expect((await doTo(`resumeCompany(companyId: "${id}")`)).data).toMatchObject({
      answer: { state: "CONNECTED", autoSync: { pausedReason: null } },
    });
    expect(await runsOf(id), "what was missed meanwhile is wanted").toBe(1);
  });

  test("is followed by no run where AutoSync is off, or nothing was synced yet", async () => {
    const { id } = await aCompany();
    const { id: fresh } = await aCompany("failed");
    for (const companyId of [id, fresh]) {
      await doTo(`pauseCompany(companyId: "${companyId}")`);
      await doTo(`resumeCompany(companyId: "${companyId}")`);
      expect(await runsOf(companyId)).toBe(0);
    }
  });
});

test("a viewer steers nothing, and another company's id is none", async () => {
  const { id } = await aCompany();
  const stranger = "3f0f0b3e-7a0e-4c39-9d8e-0d2d3b1c2a10";
  const fields = (companyId: string) => [
    `setAutoSync(companyId: "${companyId}", input: { enabled: true })`,
    `syncNow(companyId: "${companyId}")`,
    `startHistoricalSync(companyId: "${companyId}", from: "2020-01-01")`,
    `pauseCompany(companyId: "${companyId}")`,
    `resumeCompany(companyId: "${companyId}")`,
  ];
  for (const field of fields(id)) {
    expect(at(await doTo(field, "viewer"), "answer.code")).toBe("forbidden");
  }
  for (const field of fields(stranger)) {
    expect(at(await doTo(field), "answer.code")).toBe("not-found");
  }
});

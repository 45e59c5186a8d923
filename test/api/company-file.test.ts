import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { POLICY, type FaultKind } from "../../core/faults.ts";
import type { Connector } from "../../db/connectors.ts";
import { claimNextBatch, type Lease } from "../../db/leases.ts";
import { createPool } from "../../db/pool.ts";
import { planSteps } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { aRecord, BEGINNING, countsOf, store, takenLease } from "../support/batches.ts";
import {
  aDesktopCompany,
  aWaitingBatch,
  called,
  FILE,
  HOST,
  login,
  look,
  minutesAgo,
  toldOf,
  type Paired,
} from "./desktop-rows.ts";
import { at, withApi, type Answer } from "./support.ts";

const api = withApi();

const NEW_FILE = "D:\\Books\\Larry 2027.qbw";
const REFUSAL = "... on Refusal { code message nextStep }";
const FIELDS = `{ __typename ... on Company { state workable waitingFor connectors { file } } ${REFUSAL} }`;
const BATCH = `{ __typename ... on Batch { id status } ${REFUSAL} }`;

let token: string;
/** Pages travel by COPY, which a pool that pipelines cannot carry. */
let pages: Pool;
beforeAll(async () => {
  token = await api.token();
  pages = createPool(api.url, { max: 2, name: "test" });
});
afterAll(() => pages.end());

async function run(field: string): Promise<unknown> {
  const answer: Answer = await api.ask(token, `mutation { a: ${field} }`);
  expect(answer.errors).toEqual([]);
  return at(answer, "a");
}

const accept = (id: string) => run(`acceptMovedFile(companyId: "${id}") ${FIELDS}`);
const startNew = (id: string) => run(`startNewFile(companyId: "${id}") ${FIELDS}`);
const start = (id: string) => run(`startInitialSync(companyId: "${id}") ${BATCH}`);

/** A PC that had a file open which was refused as this. */
const refused = (connector: Connector, kind: FaultKind, when: Date): Promise<string> =>
  login(api.pool, connector, {
    at: when,
    file: NEW_FILE,
    endedBy: { kind, message: "It is not the file that we know." },
  });

/** A confirmed company whose PC was refused just now. */
async function refusedAs(kind: FaultKind): Promise<Paired> {
  const paired = await aDesktopCompany(api.pool, { confirmed: true });
  await refused(paired.connector, kind, minutesAgo(2));
  return paired;
}

const wakesOf = async (companyId: string): Promise<number | null> =>
  (await api.pool.query("select from wakes where company_id = $1", [companyId])).rowCount;

const NOT_FOR_THIS = {
  acceptMovedFile: Object.keys(POLICY).filter((k) => k !== "file-moved" && k !== "file-copied"),
  startNewFile: Object.keys(POLICY).filter((kind) => kind !== "file-replaced"),
};

describe("acceptMovedFile", () => {
  test.each<FaultKind>(["file-moved", "file-copied"])(
    "takes the path of a file that was refused as %s, once, and wakes what waits",
    async (kind) => {
      const { company } = await refusedAs(kind);
      await aWaitingBatch(api.pool, company.id, { code: kind, since: minutesAgo(3) });
      expect(await accept(company.id)).toEqual({
        __typename: "Company",
        state: "CONNECTED",
        workable: false,
        waitingFor: "connector-away",
        connectors: [{ file: NEW_FILE }],
      });
      expect(await wakesOf(company.id)).toBe(1);
      expect(await accept(company.id)).toMatchObject({
        code: "already-done",
        message: `The company file is accepted at ${NEW_FILE}.`,
      });
      expect(await wakesOf(company.id)).toBe(1);
    },
  );

  test("is refused where the last contact was not refused for that, and changes nothing", async () => {
    const { company, connector } = await aDesktopCompany(api.pool, { confirmed: true });
    for (const kind of NOT_FOR_THIS.acceptMovedFile as FaultKind[]) {
      await refused(connector, kind, new Date());
      expect(await accept(company.id), kind).toMatchObject({
        code: "invalid-input",
        message: expect.stringContaining("file-moved or file-copied"),
      });
    }
    expect(await wakesOf(company.id)).toBe(0);
    const { company: unmet } = await aDesktopCompany(api.pool);
    expect(await accept(unmet.id)).toMatchObject({ code: "invalid-input" });
  });

  test("is refused once the right file was met again; what was in the way of meeting it says nothing", async () => {
    const { company, connector } = await refusedAs("file-moved");
    await login(api.pool, connector, {
      at: minutesAgo(1),
      endedBy: { kind: "quickbooks-closed", message: "x" },
    });
    await login(api.pool, connector, { at: minutesAgo(1) });
    expect(await accept(company.id)).toMatchObject({ __typename: "Company" });
    const other = await refusedAs("file-moved");
    await login(api.pool, other.connector, { at: minutesAgo(1), isJudged: true });
    expect(await accept(other.company.id)).toMatchObject({ code: "invalid-input" });
  });
});

describe("startNewFile", () => {
  /** A company whose initial sync has stored some records and is at work. */
  async function atWork(): Promise<Paired & { lease: Lease; batchId: string }> {
    const paired = await aDesktopCompany(api.pool, { confirmed: true });
    const { id } = paired.company;
    const { id: batchId } = (await start(id)) as { id: string };
    await claimNextBatch(api.pool, id);
    const lease = await takenLease(api.pool, { companyId: id, batchId });
    await inCompany(api.pool, id, (tx) =>
      planSteps(tx, lease, [
        {
          name: "invoice",
          phase: "records",
          kind: "invoice",
          total: 100,
          checkpoint: BEGINNING,
          unavailable: null,
        },
      ]),
    );
    const records = ["1", "2", "3"].map((quickbooksId) => aRecord({ quickbooksId }));
    await store(pages, lease, { records });
    await store(pages, lease, {
      deletions: [{ kind: "invoice", quickbooksId: "3", deletedAt: "2026-01-01T00:00:00Z" }],
    });
    await api.pool.query("update companies set workable_at = now() where id = $1", [id]);
    await api.pool.query(
      "insert into attention (company_id, key, cause, message, next_step) values ($1, 'x', 'count-differs', 'x', 'x')",
      [id],
    );
    await login(api.pool, paired.connector, {
      at: minutesAgo(0),
      file: NEW_FILE,
      endedBy: { kind: "file-replaced", message: "x" },
    });
    return { ...paired, lease, batchId };
  }

  const stored = async (id: string): Promise<unknown> => {
    const answer = await api.ask(
      token,
      `{ company(id: "${id}") { books { name } firstLook { seenAt } counts { kind present deleted } }
        attention(companyId: "${id}") { nodes { id } }
        record(companyId: "${id}", kind: INVOICE, quickbooksId: "1") { number deletedAt } }`,
    );
    return answer.data;
  };

  test("keeps what was synced as deleted, and begins anew", async () => {
    const { company, lease, batchId } = await atWork();
    expect(await startNew(company.id)).toEqual({
      __typename: "Company",
      state: "SETTING_UP",
      workable: false,
      waitingFor: "connector-away",
      connectors: [{ file: null }],
    });
    expect(await stored(company.id)).toMatchObject({
      company: {
        books: null,
        firstLook: null,
        counts: expect.arrayContaining([{ kind: "INVOICE", present: 0, deleted: 3 }]),
      },
      attention: { nodes: [] },
      record: { number: "1001", deletedAt: expect.any(String) },
    });
    const { kept, real } = await countsOf(api.pool, company.id);
    expect(kept).toEqual(real);
    const { rows } = await api.pool.query<Record<string, unknown>>(
      `select status, changes_from, cursor_at, fingerprint, restored_at from connections c
        join batches b on b.company_id = c.company_id where c.company_id = $1`,
      [company.id],
    );
    expect(rows).toEqual([
      {
        status: "cancelled",
        changes_from: null,
        cursor_at: null,
        fingerprint: null,
        restored_at: null,
      },
    ]);
    const page = store(pages, lease, { records: [aRecord({ quickbooksId: "4" })] });
    await expect(page).rejects.toMatchObject({ fault: { kind: "lease-lost" } });
    expect(await run(`retryBatch(id: "${batchId}") ${BATCH}`)).toMatchObject({
      code: "already-done",
      nextStep: expect.stringContaining("startInitialSync"),
    });
  });

  test("twice is once", async () => {
    const { company } = await atWork();
    await startNew(company.id);
    expect(await startNew(company.id)).toMatchObject({ code: "already-done" });
    expect(await run(`syncNow(companyId: "${company.id}") ${BATCH}`)).toMatchObject({
      message: expect.stringContaining("has not been synced yet"),
    });
    const status = (await toldOf(api, company.id))["status"];
    expect(status).toMatch(
      /^A new company file was begun at .* and was not seen yet\. Next: On the PC/,
    );
  });

  test("a sync that succeeded on the old file does not stand for the new one", async () => {
    const paired = await atWork();
    const { company, connector, batchId } = paired;
    await api.pool.query(
      "update batches set status = 'succeeded', finished_at = now() where id = $1",
      [batchId],
    );
    expect(await start(company.id)).toMatchObject({ code: "already-done" });
    await startNew(company.id);
    expect(await start(company.id)).toMatchObject({ code: "not-connected" });
    await look(api.pool, paired, new Date());
    await called(api.pool, connector, { at: new Date(), file: NEW_FILE, host: HOST });
    expect(await start(company.id)).toMatchObject({ code: "not-confirmed" });
    await run(`confirmCompany(companyId: "${company.id}") { __typename }`);
    const batch = (await start(company.id)) as { id: string; status: string };
    expect(batch).toMatchObject({ __typename: "Batch", status: "QUEUED" });
    expect(batch.id).not.toBe(batchId);
    expect(await start(company.id)).toMatchObject({ id: batch.id });
  });

  test("is refused where the last contact was not refused for that, and changes nothing", async () => {
    const { company, connector } = await aDesktopCompany(api.pool, { confirmed: true });
    for (const kind of NOT_FOR_THIS.startNewFile as FaultKind[]) {
      await refused(connector, kind, new Date());
      expect(await startNew(company.id), kind).toMatchObject({
        code: "invalid-input",
        message: expect.stringContaining("file-replaced"),
      });
    }
    const answer = await api.ask(
      token,
      `{ company(id: "${company.id}") { state books { file } } }`,
    );
    expect(at(answer, "company")).toEqual({ state: "CONNECTED", books: { file: FILE } });
  });
});

describe("insideQuickBooksShare", () => {
  const shareOf = async (batchId: string): Promise<unknown> =>
    at(
      await api.ask(token, `{ batch(id: "${batchId}") { insideQuickBooksShare } }`),
      "batch.insideQuickBooksShare",
    );

  async function exchange(sessionId: string, companyId: string, from: Date, to: Date | null) {
    await api.pool.query(
      `insert into desktop_exchanges (company_id, session_id, request, state, sent_at, answered_at)
        values ($1, $2, '', case when $4::timestamptz is null then 'sent' else 'answered' end, $3, $4)`,
      [companyId, sessionId, from, to],
    );
  }

  test("is the share of the batch's time in which QuickBooks was at work for it", async () => {
    const { company, connector } = await aDesktopCompany(api.pool, { confirmed: true });
    const batchId = await aWaitingBatch(api.pool, company.id, {
      code: null,
      since: minutesAgo(10),
    });
    expect(await shareOf(batchId)).toBe(0);
    const sessionId = await login(api.pool, connector, { at: minutesAgo(20), isLive: true });
    await exchange(sessionId, company.id, minutesAgo(12), minutesAgo(9));
    await exchange(sessionId, company.id, minutesAgo(6), minutesAgo(4));
    await exchange(sessionId, company.id, minutesAgo(19), minutesAgo(18));
    await exchange(sessionId, company.id, minutesAgo(2), null);
    expect(await shareOf(batchId)).toBeCloseTo(0.5, 2);
    await api.pool.query(
      "update batches set status = 'succeeded', finished_at = $2 where id = $1",
      [batchId, minutesAgo(5)],
    );
    expect(await shareOf(batchId)).toBeCloseTo(0.4, 2);
  });

  test("is null Online, and before the batch ran", async () => {
    const online = await api.company({ as: "confirmed" });
    const batchId = await aWaitingBatch(api.pool, online.id, { code: null, since: minutesAgo(1) });
    expect(await shareOf(batchId)).toBeNull();
    const { company } = await aDesktopCompany(api.pool, { confirmed: true });
    const { id } = (await start(company.id)) as { id: string };
    expect(await shareOf(id)).toBeNull();
  });
});

import { randomBytes, randomUUID } from "node:crypto";

import type { Pool } from "pg";
import { expect } from "vitest";

import type { Fault } from "../../core/faults.ts";
import { confirmCompany, createCompany, type Company } from "../../db/companies.ts";
import { storeFirstLook, type FirstLook } from "../../db/connections.ts";
import { addConnector, type Connector } from "../../db/connectors.ts";
import { endSession } from "../../db/desktop-endings.ts";
import { inCompany } from "../../db/transactions.ts";
import type { Books } from "../../quickbooks/source.ts";
import { at as valueAt, type TestApi } from "./support.ts";

export const FILE = "C:\\Books\\Larry.qbw";
export const HOST = "ANNA-PC";
export const FILE_ID = /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/;

export const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

export interface Paired {
  company: Company;
  connector: Connector;
  fileId: string;
}

/** A Desktop company with one PC that never called; `confirmed` has a file that a person said yes to. */
export async function aDesktopCompany(
  pool: Pool,
  { name = "Larry's Landscaping", confirmed = false } = {},
): Promise<Paired> {
  const company = await createCompany(pool, { name, edition: "desktop" });
  const made = await addConnector(pool, {
    companyId: company.id,
    name: "Main PC",
    fileId: `{${randomUUID().toUpperCase()}}`,
  });
  const paired = { company, connector: made.connector, fileId: made.fileId };
  if (!confirmed) return paired;
  await look(pool, paired, minutesAgo(60));
  await called(pool, made.connector, { at: minutesAgo(1), file: FILE, host: HOST });
  return { ...paired, company: await confirmCompany(pool, company.id) };
}

/** First contact showed these books. */
export const look = (pool: Pool, { company, fileId }: Paired, seenAt: Date): Promise<void> =>
  storeFirstLook(pool, company.id, {
    books: { ...BOOKS, quickbooksId: fileId },
    look: { ...LOOK, seenAt },
  });

export const BOOKS: Books = {
  name: "Larry's Landscaping & Garden Supply",
  quickbooksId: null,
  file: FILE,
  edition: "QuickBooks Enterprise Solutions 24.0 R8",
  country: "US",
  currency: "USD",
};

export const LOOK: Omit<FirstLook, "seenAt"> = {
  counts: [
    { kind: "customer", count: 212 },
    { kind: "invoice", count: 3412 },
  ],
  lastNumbers: [{ kind: "invoice", number: "FV-1099", date: "2026-11-20" }],
  mode: "multi_user",
  unattendedAccess: true,
  personalDataAccess: false,
};

/** The PC's Web Connector called, and this file was accepted for it. */
export async function called(
  pool: Pool,
  { id }: Connector,
  seen: { at: Date; file: string | null; host: string | null },
): Promise<void> {
  await pool.query("update connectors set seen_at = $2, file = $3, host = $4 where id = $1", [
    id,
    seen.at,
    seen.file,
    seen.host,
  ]);
}

/** A wrong password was tried for this PC. */
export async function refusedLogin(pool: Pool, { id }: Connector, at: Date): Promise<void> {
  await pool.query(
    "update connectors set refused_at = $2, refused_from = '203.0.113.7' where id = $1",
    [id, at],
  );
}

interface Login {
  at: Date;
  /** The company file that was open; null where none was told. */
  file?: string | null;
  isJudged?: boolean;
  /** What was in the way, where it ended by that. */
  endedBy?: Fault | null;
  isLive?: boolean;
}

/** One login of a PC, as its session left it. Answers the session's id. */
export async function login(
  pool: Pool,
  { companyId, id }: Pick<Connector, "companyId" | "id">,
  { at, file = FILE, isJudged = false, endedBy = null, isLive = false }: Login,
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into desktop_sessions (company_id, connector_id, ticket_hash, state, opened_at,
        contact_at, expires_at, file, judged_at)
      values ($1, $2, $3, 'open', $4, $4, now() + interval '1 minute', $5, $6) returning id`,
    [companyId, id, randomBytes(32), at, file, isJudged ? at : null],
  );
  const sessionId = rows[0]?.id ?? "";
  if (isLive) return sessionId;
  await inCompany(pool, companyId, (tx) => endSession(tx, companyId, sessionId, endedBy));
  await pool.query("update desktop_sessions set ended_at = $2 where id = $1", [sessionId, at]);
  return sessionId;
}

/** The batch that runs, and waits for this since then. */
export async function aWaitingBatch(
  pool: Pool,
  companyId: string,
  waiting: { code: string | null; since: Date },
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into batches (company_id, kind, trigger, started_by, label, status, started_at, queued_at,
        waiting_for, waiting_since)
      values ($1, 'initial', 'user', 'test', 'Initial sync', 'running', $3, $3, $2, $3) returning id`,
    [companyId, waiting.code, waiting.since],
  );
  return rows[0]?.id ?? "";
}

/** What the API says about a company, and about its batch, if it has one. */
export async function toldOf(api: TestApi, companyId: string): Promise<Record<string, unknown>> {
  const answer = await api.ask(
    await api.token("viewer"),
    `{ company(id: "${companyId}") { activity status waitingFor openBatch { waitingFor } } }`,
  );
  expect(answer.errors).toEqual([]);
  return valueAt(answer, "company") as Record<string, unknown>;
}

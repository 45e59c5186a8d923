import { randomBytes, randomUUID } from "node:crypto";

import { Client, Connection } from "@temporalio/client";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect } from "vitest";

import type { RecordKind } from "../../core/record-kinds.ts";
import { enqueueBatch, findBatch, type Batch } from "../../db/batches.ts";
import { confirmCompany, createCompany } from "../../db/companies.ts";
import { connectRealm } from "../../db/connections.ts";
import { createPool } from "../../db/pool.ts";
import { createSecretBox } from "../../db/secret-box.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { createOauth } from "../../quickbooks/online/oauth.ts";
import { registerSearchAttributes } from "../../worker/search-attributes.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { createDatabase, services, withProcesses } from "./services.ts";
import { ENTITY_OF_KIND, withSimulator, type Simulator } from "./simulator.ts";

const REDIRECT = "http://localhost/oauth/callback";
/** It bundles and compiles as it starts, on cores that are shared with all else. */
const WORKER_STARTS_WITHIN_MS = 120_000;

/** A database, a namespace, a simulator and workers: what a whole sync needs, without the api. */
export interface Stage {
  pool: Pool;
  client: Client;
  simulator: Simulator;
  databaseUrl: string;
  namespace: string;
  env: Record<string, string>;
  /** Starts a worker process; `over` replaces single settings. */
  worker(over?: Record<string, string>): Promise<NodeProcess>;
}

/** Sets a stage for the calling file. Read its fields inside tests and hooks only. */
export function withStage(simulatorArgs: string[] = []): Stage {
  const stage = { simulator: withSimulator() } as Stage;
  const start = withProcesses();
  let drop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const database = await createDatabase();
    drop = () => database.drop();
    await stage.simulator.start(simulatorArgs);
    stage.databaseUrl = database.url;
    stage.pool = createPool(database.url, { max: 10, name: "test" });
    stage.namespace = `test-${randomUUID()}`;
    stage.client = await clientInNamespace(stage.namespace);
    stage.env = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: services().temporalAddress,
      TEMPORAL_NAMESPACE: stage.namespace,
      ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      INTUIT_CLIENT_ID: "test-client",
      INTUIT_CLIENT_SECRET: "test-secret",
      INTUIT_API_URL: stage.simulator.url,
      INTUIT_DISCOVERY_URL: `${stage.simulator.url}/.well-known/openid_configuration`,
      INTUIT_REQUESTS_PER_MINUTE: "1000000",
      INTUIT_REQUESTS_PER_SECOND: "100000",
      LOG_LEVEL: "info",
    };
    stage.worker = async (over = {}) => {
      const worker = await start("worker/main.ts", { ...stage.env, ...over });
      await worker.line(
        (line) => (line.includes("worker runs") ? true : undefined),
        WORKER_STARTS_WITHIN_MS,
      );
      return worker;
    };
  }, 120_000);
  afterAll(async () => {
    await stage.client?.connection.close();
    await stage.pool?.end();
    await drop?.();
  });
  return stage;
}

async function clientInNamespace(namespace: string): Promise<Client> {
  const connection = await Connection.connect({ address: services().temporalAddress });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as Long },
  });
  const client = new Client({ connection, namespace });
  await eventually(async () => {
    await registerSearchAttributes(client);
    await client.workflow.count();
  });
  return client;
}

type Long = NonNullable<
  NonNullable<
    Parameters<
      Connection["workflowService"]["registerNamespace"]
    >[0]["workflowExecutionRetentionPeriod"]
  >["seconds"]
>;

/** A confirmed company, connected to a realm of the simulator by the real OAuth exchange. */
export async function connectedCompany(
  stage: Stage,
  realmId: string,
  name = "Craig's Design",
): Promise<string> {
  const company = await createCompany(stage.pool, { name, edition: "online" });
  const oauth = createOauth({
    clientId: stage.env["INTUIT_CLIENT_ID"] ?? "",
    clientSecret: stage.env["INTUIT_CLIENT_SECRET"] ?? "",
    discoveryUrl: stage.env["INTUIT_DISCOVERY_URL"] ?? "",
    redirectUri: REDIRECT,
  });
  const url = new URL(await oauth.authorizationUrl("state"));
  url.searchParams.set("simulator_realm", realmId);
  const redirect = await fetch(url, { redirect: "manual" });
  const code = new URL(redirect.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const box = createSecretBox([Buffer.from(stage.env["ENCRYPTION_KEY"] ?? "", "base64")]);
  const tokens = await oauth.exchangeCode(code);
  expect(await connectRealm(stage.pool, box, { companyId: company.id, realmId, tokens })).toBe(
    true,
  );
  await confirmCompany(stage.pool, company.id);
  return company.id;
}

/** Queues an initial sync and wakes the coordinator, as the api does. */
export async function startInitialSync(
  stage: Stage,
  companyId: string,
  historyFrom: string | null = null,
): Promise<string> {
  const { batch } = await enqueueBatch(stage.pool, {
    companyId,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "Initial sync of the test's company",
    historyFrom,
  });
  await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
  return batch.id;
}

/** Waits until a batch is as wanted and answers it. */
export async function untilBatch(
  stage: Stage,
  companyId: string,
  batchId: string,
  wanted: (batch: Batch) => boolean,
): Promise<Batch> {
  let last: Batch | null = null;
  await eventually(async () => {
    last = await findBatch(stage.pool, companyId, batchId);
    expect(last !== null && wanted(last), JSON.stringify(last)).toBe(true);
  }, 55_000);
  if (last === null) throw new Error("no such batch");
  return last;
}

export const isOver = (batch: Batch): boolean =>
  ["succeeded", "failed", "cancelled"].includes(batch.status);

/** Our rows against the simulator's, kind by kind: the same ids, versions and times, and nothing else. */
export async function expectEqualBooks(
  stage: Stage,
  companyId: string,
  realmId: string,
  kinds = Object.keys(ENTITY_OF_KIND) as RecordKind[],
): Promise<number> {
  let rows = 0;
  for (const kind of kinds) {
    const truth = await stage.simulator.truth(realmId, ENTITY_OF_KIND[kind] ?? "");
    const ours = await stage.pool.query<{ id: string; version: string; at: Date }>(
      `select quickbooks_id as id, version, modified_at as at from records
        where company_id = $1 and kind = $2 and deleted_at is null`,
      [companyId, kind],
    );
    const say = (id: string, version: string, at: Date) => `${id} v${version} ${at.toISOString()}`;
    const expected = truth.map((row) => say(row.Id, row.SyncToken, new Date(row.LastUpdatedTime)));
    const held = ours.rows.map((row) => say(row.id, row.version, row.at));
    expect(held.sort(), kind).toEqual(expected.sort());
    rows += held.length;
  }
  return rows;
}

/** Tries until it passes or the time is up, and answers what it found; the last failure is told. */
export async function eventually<T>(check: () => Promise<T>, deadlineMs = 30_000): Promise<T> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
}

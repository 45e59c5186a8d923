import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { Client } from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { z } from "zod";

import { migrate } from "../../db/migrate.ts";
import { readHolder } from "../../dev/embedded/lock-file.ts";
import { answers, until } from "../../dev/embedded/ports.ts";
import { startNode, type NodeProcess } from "../../dev/node-process.ts";

const TEMPLATE = "evenbooks_template";
const TEMPLATE_LOCK = 4_127_999;

/** Where the PostgreSQL and the Temporal of this run are. */
export const services = (): {
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl: string;
} => ({
  databaseUrl: inject("databaseUrl"),
  temporalAddress: inject("temporalAddress"),
  temporalUiUrl: inject("temporalUiUrl"),
});

/**
 * Gives the calling file (or `describe`) a migrated database of its own, dropped after it. Read
 * `url` inside tests and hooks only: it does not exist before.
 */
export function withDatabase(): { readonly url: string } {
  let database: Database | undefined;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    await database?.drop();
  });
  return {
    get url() {
      assert(database, "withDatabase().url is read before the tests run");
      return database.url;
    },
  };
}

interface Database {
  url: string;
  /** Cuts off whoever is still connected. */
  drop(): Promise<void>;
}

/** A migrated database of its own, cloned from the template; the caller drops it. */
export async function createDatabase(): Promise<Database> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asAdmin(async (client) => {
    await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    await migrateTemplate(client);
    await client.query(`create database ${name} template ${TEMPLATE} strategy file_copy`);
  });
  return {
    url: urlOf(name),
    drop: () =>
      asAdmin(async (client) => void (await client.query(`drop database ${name} with (force)`))),
  };
}

let migrated = false;

async function migrateTemplate(client: Client): Promise<void> {
  if (migrated) return;
  const found = await client.query("select 1 from pg_database where datname = $1", [TEMPLATE]);
  if (found.rowCount === 0) await client.query(`create database ${TEMPLATE}`);
  await migrate(urlOf(TEMPLATE));
  migrated = true;
}

async function asAdmin(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: inject("databaseUrl") });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const urlOf = (database: string): string => {
  const url = new URL(inject("databaseUrl"));
  url.pathname = `/${database}`;
  return url.href;
};

/**
 * Answers a function that starts one of our entry files, e.g. `worker/main.ts`, as a process of its
 * own. What still runs after the calling file (or `describe`) is killed; what runs when the test run
 * itself is killed ends by itself.
 */
export function withProcesses(): (
  entry: string,
  env: Record<string, string>,
  args?: string[],
) => Promise<NodeProcess> {
  const started: NodeProcess[] = [];
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await Promise.all(started.map((child) => child.ended));
    started.length = 0;
  });
  return async (entry, env, args = []) => {
    const child = await startNode(entry, { env, args });
    started.push(child);
    return child;
  };
}

/** Kills this run's Temporal server with SIGKILL and waits until it is back, on the same file and address. */
export async function killTemporal(): Promise<void> {
  const before = await temporalPid();
  process.kill(before, "SIGKILL");
  const isBack = await until(
    async () => (await temporalPid()) !== before && (await answers(inject("temporalAddress"))),
    60_000,
  );
  assert(isBack, "Temporal's server did not come back within a minute");
}

/** Takes this run's Temporal server away for a while: it stands still, is killed, and comes back. */
export async function loseTemporalFor(ms: number): Promise<void> {
  process.kill(await temporalPid(), "SIGSTOP");
  await new Promise((wake) => setTimeout(wake, ms));
  await killTemporal();
}

const RunningFile = z.object({ pids: z.object({ temporal: z.int().optional() }) });

async function temporalPid(): Promise<number> {
  const holder = await readHolder(join(inject("servicesFolder"), "running.json"));
  const { pids } = RunningFile.parse(holder);
  assert(pids.temporal, "The Temporal server of this run was started by somebody else");
  return pids.temporal;
}

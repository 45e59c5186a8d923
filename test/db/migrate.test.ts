import { randomUUID } from "node:crypto";

import { Client } from "pg";
import { afterAll, describe, expect, test } from "vitest";

import { migrate } from "../../db/migrate.ts";
import { services } from "../support/services.ts";

const made: string[] = [];

afterAll(async () => {
  for (const name of made)
    await query(services().databaseUrl, `drop database ${name} with (force)`);
});

/** A database without anything in it. */
async function emptyDatabase(): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await query(services().databaseUrl, `create database ${name}`);
  made.push(name);
  const url = new URL(services().databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const ledger = (url: string) => query(url, "select name, hash from migrations order by name");

describe("migrate", () => {
  test("runs every file in order, and nothing when called again", async () => {
    const url = await emptyDatabase();
    const ran = await migrate(url);
    expect(ran).toEqual([...ran].sort());
    expect(ran[0]).toBe("0001_ground.sql");
    expect((await ledger(url)).map(({ name }) => name)).toEqual(ran);
    expect(await migrate(url)).toEqual([]);
  });

  test("called by twenty at once runs every file once", async () => {
    const url = await emptyDatabase();
    const answers = await Promise.all(Array.from({ length: 20 }, () => migrate(url)));
    const busy = answers.filter((ran) => ran.length > 0);
    expect(busy).toHaveLength(1);
    expect((await ledger(url)).map(({ name }) => name)).toEqual(busy[0]);
  });

  test("of several databases at once makes the server's roles without a quarrel", async () => {
    const urls = await Promise.all(Array.from({ length: 4 }, emptyDatabase));
    const answers = await Promise.all(urls.map((url) => migrate(url)));
    for (const ran of answers) expect(ran).toEqual(answers[0]);
  });

  test("refuses a file that was edited after it ran, and changes nothing", async () => {
    const url = await emptyDatabase();
    await migrate(url);
    await query(url, "update migrations set hash = 'another' where name = '0001_ground.sql'");
    await query(url, "delete from migrations where name <> '0001_ground.sql'");
    await expect(migrate(url)).rejects.toThrow(
      "Migration 0001_ground.sql was changed after it ran here.",
    );
    expect(await ledger(url)).toEqual([{ name: "0001_ground.sql", hash: "another" }]);
  });

  test("refuses a database that a newer version has migrated", async () => {
    const url = await emptyDatabase();
    await migrate(url);
    await query(url, "insert into migrations (name, hash) values ('9999_later.sql', 'unknown')");
    await expect(migrate(url)).rejects.toThrow("9999_later.sql");
    await expect(migrate(url)).rejects.toThrow("run the newer version");
  });

  test("leaves nothing of a file that fails, and goes on from there when it can", async () => {
    const url = await emptyDatabase();
    // Something of that name is in the way of the ground's last table.
    await query(url, "create table api_tokens (id int)");
    await expect(migrate(url)).rejects.toThrow(
      "Migration 0001_ground.sql failed and left nothing behind.",
    );
    expect(await ledger(url)).toEqual([]);
    expect(await query(url, "select from pg_tables where tablename = 'companies'")).toEqual([]);
    await query(url, "drop table api_tokens");
    expect((await migrate(url))[0]).toBe("0001_ground.sql");
  });
});

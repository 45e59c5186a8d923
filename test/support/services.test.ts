import { Client } from "pg";
import { expect, test } from "vitest";

import { answers } from "../../dev/embedded/ports.ts";
import { createDatabase, killTemporal, services, withDatabase } from "./services.ts";

const database = withDatabase();

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

test("a file gets a database that is migrated", async () => {
  const rows = await query(database.url, "select name from migrations order by name");
  expect(rows.length).toBeGreaterThan(0);
});

test("two databases know nothing of each other, and a dropped one is gone", async () => {
  const other = await createDatabase();
  await query(other.url, "create table only_here (id int)");
  await expect(query(database.url, "select * from only_here")).rejects.toThrow("does not exist");
  await other.drop();
  await expect(query(other.url, "select 1")).rejects.toThrow("does not exist");
});

test("text is UTF-8, ordered alike on every machine", async () => {
  const [row] = await query(
    database.url,
    "select string_agg(word, ' ' order by word) as words, current_setting('server_encoding') as encoding from unnest(array['b', 'B', 'ä', 'a']) word",
  );
  expect(row).toEqual({ words: "B a b ä", encoding: "UTF8" });
});

test("Temporal comes back on the same address after it was killed", async () => {
  await killTemporal();
  expect(await answers(services().temporalAddress)).toBe(true);
});

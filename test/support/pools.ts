import type { Pool } from "pg";
import { afterAll, beforeAll } from "vitest";

import { createPool } from "../../db/pool.ts";
import { withDatabase } from "./services.ts";

/** A pool on a database of the calling file's own. Read `pool` inside tests and hooks only. */
export function withPool(max = 10): { readonly pool: Pool; readonly url: string } {
  const database = withDatabase();
  let pool: Pool | undefined;
  beforeAll(() => {
    pool = createPool(database.url, { max, name: "test" });
  });
  afterAll(async () => {
    await pool?.end();
  });
  return {
    get pool() {
      if (pool === undefined) throw new Error("withPool().pool is read before the tests run");
      return pool;
    },
    get url() {
      return database.url;
    },
  };
}

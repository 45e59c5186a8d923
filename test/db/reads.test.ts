import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createCompany } from "../../db/companies.ts";
import { createPool } from "../../db/pool.ts";
import { readAsSystem, readInCompany } from "../../db/transactions.ts";
import { withDatabase } from "../support/services.ts";

const database = withDatabase();

describe.each([true, false])("reads on a pool with pipeline: %s", (pipeline) => {
  let pool: Pool;
  let companyId: string;
  beforeAll(async () => {
    pool = createPool(database.url, { max: 1, name: "test", pipeline });
    companyId = (await createCompany(pool, { name: "Mine", edition: "online" })).id;
    await createCompany(pool, { name: "Foreign", edition: "online" });
  });
  afterAll(() => pool.end());

  const roleNow = async (): Promise<unknown> => {
    const { rows } = await pool.query(
      "select current_user = session_user as plain, now() = statement_timestamp() as alone",
    );
    return rows[0];
  };

  test("see one company alone, in one transaction, although they forget to say which", async () => {
    const [first, second] = await readInCompany(pool, companyId, (tx) =>
      Promise.all([
        tx.query("select name, now() as at, current_user as role from companies"),
        tx.query<{ at: Date }>("select now() as at"),
      ]),
    );
    expect(first.rows).toEqual([{ name: "Mine", at: second.rows[0]?.at, role: "evenbooks_app" }]);
    expect(await roleNow()).toEqual({ plain: true, alone: true });
  });

  test("as the system see all, and leave the connection as it was", async () => {
    const { rows } = await readAsSystem(pool, (tx) => tx.query("select name from companies"));
    expect(rows.length).toBeGreaterThan(1);
    expect(await roleNow()).toEqual({ plain: true, alone: true });
  });

  test("that fail throw their own error, and the connection serves on", async () => {
    await expect(
      readInCompany(pool, companyId, (tx) => tx.query("select 1 / 0 as broken")),
    ).rejects.toThrow("division by zero");
    expect(await roleNow()).toEqual({ plain: true, alone: true });
  });

  test("for an id that is none do not begin", async () => {
    expect(() => readInCompany(pool, "x'; drop table companies", async () => 1)).toThrow(
      "not a company id",
    );
  });

  test("survive a connection that was cut, from the next one on", async () => {
    const cut = readInCompany(pool, companyId, (tx) =>
      tx.query("select pg_terminate_backend(pg_backend_pid())"),
    );
    await expect(cut).rejects.toThrow();
    await expect
      .poll(() => readAsSystem(pool, (tx) => tx.query("select 1 as one")).then(({ rows }) => rows))
      .toEqual([{ one: 1 }]);
  });
});

test("a read that comes after its transaction was closed is refused", async () => {
  const pool = createPool(database.url, { max: 1, name: "test", pipeline: true });
  await expect(
    readAsSystem(pool, async (tx) => {
      await tx.query("select 1");
      return tx.query("select 2");
    }),
  ).rejects.toThrow("after its transaction had been closed");
  await pool.end();
});

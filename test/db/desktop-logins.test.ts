import { randomUUID } from "node:crypto";

import { describe, expect, test } from "vitest";

import { createCompany } from "../../db/companies.ts";
import { addConnector, checkLogin, listConnectors, revokeConnector } from "../../db/connectors.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

describe("a login", () => {
  test("keeps who was refused, and from where", async () => {
    const { pool } = database;
    const { id: companyId } = await createCompany(pool, { name: "Larry's", edition: "desktop" });
    const made = await addConnector(pool, { companyId, name: "a", fileId: "{A}" });
    const next = await addConnector(pool, { companyId, name: "b", fileId: "{B}" });
    expect(next.fileId).toBe("{A}");
    expect(made.connector.username).toMatch(/^evenbooks-[a-z0-9]{10}$/);
    expect(made.password).toMatch(/^\w{24}$/);
    const login = { username: made.connector.username, remoteAddress: "192.0.2.7" };
    expect(await checkLogin(pool, { ...login, password: "wrong" })).toBeNull();
    expect(await checkLogin(pool, { ...login, password: `${made.password}x` })).toBeNull();
    expect(await checkLogin(pool, { ...login, password: next.password })).toBeNull();
    expect(await checkLogin(pool, { ...login, password: "x".repeat(100_000) })).toBeNull();
    expect(await checkLogin(pool, { ...login, password: made.password })).toEqual({
      companyId,
      connectorId: made.connector.id,
    });
    const refused = (await listConnectors(pool, companyId)).map(({ refusedFrom }) => refusedFrom);
    expect(refused).toEqual(["192.0.2.7", null]);
  });

  test("has the company's pair while no stamp was seen and nobody else has it", async () => {
    const { pool } = database;
    const { id: companyId } = await createCompany(pool, { name: "Larry's", edition: "desktop" });
    let names = 0;
    const add = async () =>
      (await addConnector(pool, { companyId, name: `PC ${++names}`, fileId: randomUUID() }))
        .connector;
    const both = await Promise.all([add(), add()]);
    const first = both.find(({ ownerId }) => ownerId === null);
    expect(both.filter(({ ownerId }) => ownerId === null)).toHaveLength(1);
    await revokeConnector(pool, companyId, first?.id ?? "");
    const next = await add();
    expect(next.ownerId).toBeNull();
    expect((await add()).ownerId).not.toBeNull();
    await revokeConnector(pool, companyId, next.id);
    await pool.query(
      `update connections set fingerprint = '{"fileId": "{E}"}' where company_id = $1`,
      [companyId],
    );
    expect((await add()).ownerId).not.toBeNull();
  });

  test("takes as long for a name that nobody has", async () => {
    const { pool } = database;
    const { id: companyId } = await createCompany(pool, { name: "Larry's", edition: "desktop" });
    const { connector } = await addConnector(pool, { companyId, name: "a", fileId: "{C}" });
    const timeOf = async (username: string): Promise<number> => {
      const began = performance.now();
      await checkLogin(pool, { username, password: "wrong", remoteAddress: "" });
      return performance.now() - began;
    };
    // In turns, and the shortest of each: what else the machine does makes times longer alone.
    let known = Infinity;
    let unknown = Infinity;
    for (let round = 0; round < 20; round++) {
      known = Math.min(known, await timeOf(connector.username));
      unknown = Math.min(unknown, await timeOf("nobody"));
    }
    expect(unknown / known).toBeGreaterThan(0.6);
    expect(unknown / known).toBeLessThan(1.7);
  });
});

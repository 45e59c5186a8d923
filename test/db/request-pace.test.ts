import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createCompany } from "../../db/companies.ts";
import { createPool } from "../../db/pool.ts";
import { callsThisMonth, createLimiter } from "../../db/request-pace.ts";
import { withDatabase } from "../support/services.ts";

const PACE = { requestsPerMinute: 600, requestsPerSecond: 100, clientId: "app" };

describe("the pace of requests", () => {
  const database = withDatabase();
  const pools = [1, 2, 3].map(() => ({
    pool: undefined as ReturnType<typeof createPool> | undefined,
  }));
  const poolOf = (index: number) => {
    const pool = pools[index]?.pool;
    if (pool === undefined) throw new Error("no pool");
    return pool;
  };
  beforeAll(() => {
    for (const each of pools) each.pool = createPool(database.url, { max: 4, name: "pace" });
  });
  afterAll(async () => {
    for (const each of pools) await each.pool?.end();
  });
  const aCompany = async () =>
    (await createCompany(poolOf(0), { name: "Pace", edition: "online" })).id;

  /** When each of so many requests may be sent, asked for by three processes at once; milliseconds from the first. */
  const moments = async (companyId: string, count: number, pace = PACE): Promise<number[]> => {
    const limiters = pools.map((_, index) => createLimiter(poolOf(index), companyId, pace));
    const asked = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const { taken, waitMs } = await (limiters[index % 3]?.take(0) ?? Promise.reject());
        expect(taken).toBe(true);
        return Date.now() + waitMs;
      }),
    );
    const sorted = asked.sort((a, b) => a - b);
    return sorted.map((moment) => moment - (sorted[0] ?? 0));
  };

  test("processes share it: moments are handed out evenly, none twice, at 98 % of what is allowed", async () => {
    const at = await moments(await aCompany(), 80);
    const budgetMs = 60_000 / 600 / 0.98;
    // Nine that nobody used before are made up for at once, the others follow evenly.
    expect(at[9]).toBeLessThan(budgetMs * 2);
    expect((at[79] ?? 0) - (at[10] ?? 0)).toBeGreaterThan(budgetMs * 67);
    expect((at[79] ?? 0) - (at[10] ?? 0)).toBeLessThan(budgetMs * 71);
  });

  test("no minute holds more than is allowed, whatever was not used before it", async () => {
    const at = await moments(await aCompany(), 1_300);
    const mostInAMinute = Math.max(
      ...at.map((from) => at.filter((moment) => moment >= from && moment < from + 60_000).length),
    );
    expect(mostInAMinute).toBeGreaterThan(595);
    expect(mostInAMinute).toBeLessThanOrEqual(600);
  });

  test("the tighter of the two limits holds, also while requests are made up for", async () => {
    const companyId = await aCompany();
    const limiter = createLimiter(poolOf(0), companyId, { ...PACE, requestsPerSecond: 2 });
    await limiter.take(0);
    const second = await limiter.take(0);
    expect(second.waitMs).toBeGreaterThan(450);
    expect(second.waitMs).toBeLessThan(590);
    const many = await moments(await aCompany(), 60, { ...PACE, requestsPerSecond: 10 });
    const mostInASecond = Math.max(
      ...many.map((from) => many.filter((at) => at >= from && at < from + 1_000).length),
    );
    expect(mostInASecond).toBeLessThanOrEqual(10);
  });

  test("when QuickBooks wants quiet nobody takes a moment, and everybody hears for how long", async () => {
    const companyId = await aCompany();
    const limiter = createLimiter(poolOf(0), companyId, PACE);
    const other = createLimiter(poolOf(1), companyId, PACE);
    await limiter.take(0);
    await limiter.holdOff(900);
    await limiter.holdOff(100);

    const refused = await other.take(0);
    expect(refused.taken).toBe(false);
    expect(refused.waitMs).toBeGreaterThan(700);
    expect(refused.waitMs).toBeLessThanOrEqual(900);
    await new Promise((wake) => setTimeout(wake, refused.waitMs + 5));
    expect((await other.take(0)).taken).toBe(true);
  });

  test("one company's quiet is no other company's", async () => {
    const [quiet, busy] = [await aCompany(), await aCompany()];
    await createLimiter(poolOf(0), quiet, PACE).holdOff(60_000);
    expect((await createLimiter(poolOf(0), busy, PACE).take(0)).taken).toBe(true);
  });

  test("metered calls are counted by app and month over all companies", async () => {
    const pace = { ...PACE, clientId: "counted-app" };
    const [one, two] = [await aCompany(), await aCompany()];
    await createLimiter(poolOf(0), one, pace).take(3);
    await createLimiter(poolOf(1), two, pace).count(4);
    await createLimiter(poolOf(1), two, pace).count(0);
    expect(await callsThisMonth(poolOf(0), "counted-app")).toBe(7);
    expect(await callsThisMonth(poolOf(0), "another-app")).toBe(0);
  });
});

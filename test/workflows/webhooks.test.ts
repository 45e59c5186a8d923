import { beforeAll, describe, expect, test } from "vitest";

import { storeAutoSync } from "../../db/autosync-settings.ts";
import { cloudEvent, signatureOf } from "../api/notices.ts";
import { withProcesses } from "../support/services.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

const TOKEN = "verifier-token";
const READY_MS = 30_000;

interface Company {
  companyId: string;
  realmId: string;
}

describe("webhooks from end to end", () => {
  const stage = withStage();
  const start = withProcesses();
  let door: string;

  beforeAll(async () => {
    await stage.worker();
    const api = await start("api/main.ts", {
      ...stage.env,
      PORT: "0",
      INTUIT_WEBHOOK_TOKEN: TOKEN,
    });
    const url = await api.line((line) => /^Evenbooks API at (http:\S+)$/.exec(line)?.[1], READY_MS);
    door = new URL("/webhooks/intuit", url).href;
  });

  /**
   * A company whose initial sync is done and whose AutoSync is on, but without a Schedule in Temporal:
   * what comes, comes by webhook alone.
   */
  const syncedCompany = async (): Promise<Company> => {
    const realmId = await stage.simulator.company({ records: 300 });
    const companyId = await connectedCompany(stage, realmId);
    await untilBatch(stage, companyId, await startInitialSync(stage, companyId), isOver);
    await storeAutoSync(stage.pool, companyId, {
      enabled: true,
      everyMinutes: 10_080,
      payments: null,
    });
    return { companyId, realmId };
  };

  const order = ({ realmId }: Company, over: object = {}) =>
    stage.simulator.post("webhooks", { realm: realmId, url: door, token: TOKEN, ...over });

  const change = ({ realmId }: Company, ...changes: object[]) =>
    stage.simulator.post("changes", { realm: realmId, changes });

  const runsOf = async ({ companyId }: Company) =>
    (
      await stage.pool.query<{ status: string; trigger: string }>(
        "select status, trigger from batches where company_id = $1 and kind = 'autosync'",
        [companyId],
      )
    ).rows;

  const meteredOf = async ({ realmId }: Company): Promise<number> =>
    (await stage.simulator.calls(realmId)).metered;

  const untilEven = ({ companyId, realmId }: Company, deadlineMs = 15_000) =>
    eventually(() => expectEqualBooks(stage, companyId, realmId), deadlineMs);

  const untilAtRest = (company: Company) =>
    eventually(async () => {
      const runs = await runsOf(company);
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.every(({ status }) => status === "succeeded")).toBe(true);
      return runs;
    });

  test.each(["cloudevents", "events"])(
    "a change is our row within seconds, by webhook alone (%s)",
    async (format) => {
      const company = await syncedCompany();
      await order(company, { format });
      await change(
        company,
        { op: "update", entity: "Invoice", count: 3 },
        { op: "create", entity: "Customer" },
        { op: "delete", entity: "Bill" },
      );
      await untilEven(company);
      expect(await untilAtRest(company)).toEqual([{ status: "succeeded", trigger: "webhook" }]);
    },
  );

  test("a company at rest costs no metered call, and one that was told of costs one", async () => {
    const [quiet, told] = [await syncedCompany(), await syncedCompany()];
    await order(quiet);
    const [quietBefore, toldBefore] = [await meteredOf(quiet), await meteredOf(told)];
    expect(await send([cloudEvent(told.realmId)])).toBe(200);
    await untilAtRest(told);
    expect((await meteredOf(told)) - toldBefore).toBe(1);
    expect((await meteredOf(quiet)) - quietBefore).toBe(0);
    expect(await runsOf(quiet)).toEqual([]);
  });

  test("duplicates and disorder are read once, and all is even", async () => {
    const company = await syncedCompany();
    await order(company, { duplicates: true, outOfOrder: true });
    await change(company, { op: "update", entity: "Invoice", count: 20 });
    await untilEven(company);
    const runs = await untilAtRest(company);
    expect(runs.length).toBeLessThanOrEqual(2);
    const { rows } = await stage.pool.query(
      "select quickbooks_id from records where company_id = $1 group by kind, quickbooks_id having count(*) > 1",
      [company.companyId],
    );
    expect(rows).toEqual([]);
  });

  test("a forged one does nothing; a lost one is made good by the next", async () => {
    const company = await syncedCompany();
    const before = await meteredOf(company);
    await order(company, { forged: true });
    await change(company, { op: "update", entity: "Invoice" });
    await order(company, { lost: true });
    await change(company, { op: "update", entity: "Vendor" });
    await new Promise((wake) => setTimeout(wake, 2_000));
    expect(await runsOf(company)).toEqual([]);
    expect((await meteredOf(company)) - before).toBe(0);

    await order(company);
    await change(company, { op: "update", entity: "Item" });
    await untilEven(company);
  });

  test("10,000 at once are two runs at most", async () => {
    const company = await syncedCompany();
    const before = await meteredOf(company);
    let left = 10_000;
    const sendAll = async (): Promise<void> => {
      while (left-- > 0) expect(await send([cloudEvent(company.realmId)])).toBe(200);
    };
    await Promise.all(Array.from({ length: 50 }, sendAll));
    await new Promise((wake) => setTimeout(wake, 4_000));
    const runs = await untilAtRest(company);
    expect(runs.length).toBeLessThanOrEqual(2);
    expect((await meteredOf(company)) - before).toBeLessThanOrEqual(runs.length);
  }, 120_000);

  const send = async (events: object[]): Promise<number> => {
    const body = JSON.stringify(events);
    const headers = { "intuit-signature": signatureOf(body, TOKEN) };
    return (await fetch(door, { method: "POST", headers, body })).status;
  };
});

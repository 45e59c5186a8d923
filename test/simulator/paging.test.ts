import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  addRealm,
  control,
  count,
  rows,
  startSimulator,
  truth,
  type Row,
  type Running,
} from "./running.ts";

const PAGE = 1000;
let running: Running;
beforeAll(async () => {
  running = await startSimulator("--records", "12000", "--seed", "5");
});
afterAll(() => running.stop());

const updated = (row: Row | undefined): string =>
  String(row?.["LastUpdatedTime"] ?? Object(row?.["MetaData"]).LastUpdatedTime);
const version = (row: Row): string => `${row.Id} ${String(row["SyncToken"])} ${updated(row)}`;

/** Reads a kind upwards by LastUpdatedTime, from the last edge again after every page. */
async function readUpwards(kind: string, realm: string): Promise<Map<string, Row>> {
  const seen = new Map<string, Row>();
  let from = "2000-01-01T00:00:00Z";
  for (;;) {
    const page = await rows(
      running,
      `SELECT * FROM ${kind} WHERE MetaData.LastUpdatedTime >= '${from}' ` +
        `ORDERBY MetaData.LastUpdatedTime MAXRESULTS ${PAGE}`,
      realm,
    );
    for (const row of page) seen.set(row.Id, row);
    if (page.length < PAGE) return seen;
    const edge = updated(page.at(-1));
    if (edge === from) throw new Error(`more than a page of rows at ${edge}`);
    from = edge;
  }
}

describe("paging", () => {
  test.each(["Invoice", "Payment", "Bill"])(
    "over LastUpdatedTime gives the %s that are there",
    async (kind) => {
      const all = await truth(running, kind);
      const read = await readUpwards(kind, running.realm);
      expect(new Set([...read.values()].map(version))).toEqual(new Set(all.map(version)));
    },
  );

  test("by position alone gives every row once while nothing moves", async () => {
    const all = await truth(running, "Invoice");
    for (const order of ["", " ORDERBY MetaData.LastUpdatedTime", " ORDERBY TotalAmt DESC"]) {
      const ids: string[] = [];
      for (let start = 1; start <= all.length; start += PAGE) {
        const statement = `SELECT * FROM Invoice${order} STARTPOSITION ${start} MAXRESULTS ${PAGE}`;
        ids.push(...(await rows(running, statement)).map(({ Id }) => Id));
      }
      expect(ids).toHaveLength(all.length);
      expect(new Set(ids)).toEqual(new Set(all.map(({ Id }) => Id)));
    }
  });

  test("counts a window as it reads it", async () => {
    const window =
      "Invoice WHERE MetaData.LastUpdatedTime >= '2024-02-01T00:00:00-08:00' " +
      "AND MetaData.LastUpdatedTime < '2024-04-01T00:00:00-07:00'";
    const all = (await truth(running, "Invoice")).filter((row) => {
      const at = Date.parse(updated(row));
      return at >= Date.parse("2024-02-01T08:00:00Z") && at < Date.parse("2024-04-01T07:00:00Z");
    });
    expect(await count(running, window)).toBe(all.length);
    const page = await rows(running, `SELECT * FROM ${window} MAXRESULTS 1000`);
    expect(new Set(page.map(({ Id }) => Id))).toEqual(new Set(all.map(({ Id }) => Id)));
  });

  test("gives transactions newest first and lists by name where no order is asked for", async () => {
    const invoices = (await rows(running, "SELECT * FROM Invoice MAXRESULTS 500")).map((row) =>
      Date.parse(updated(row)),
    );
    expect(invoices).toEqual([...invoices].sort((a, b) => b - a));
    const names = (await rows(running, "SELECT * FROM Item MAXRESULTS 500")).map((row) =>
      String(row["Name"]),
    );
    expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
  });

  test("sorts by several keys", async () => {
    const page = await rows(
      running,
      "SELECT * FROM Invoice ORDERBY TxnDate DESC, TotalAmt ASC MAXRESULTS 1000",
    );
    const keys = page.map((row) => [String(row["TxnDate"]), Number(row["TotalAmt"])] as const);
    const sorted = [...keys].sort((a, b) => b[0].localeCompare(a[0]) || a[1] - b[1]);
    expect(keys).toEqual(sorted);
  });
});

describe("rows of one second", () => {
  let realm: string;
  beforeEach(async () => {
    realm = await addRealm(running, { records: 5000, seed: 9 });
    const at = "2026-01-15T12:00:00Z";
    const changes = [{ op: "update", entity: "Invoice", count: 1500, at }];
    await control(running, "POST changes", { realm, changes });
  });
  const second =
    "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime = '2026-01-15T12:00:00Z' " +
    "ORDERBY MetaData.LastUpdatedTime";
  const ids = async (tail: string): Promise<string[]> =>
    (await rows(running, `${second} ${tail}`, realm)).map(({ Id }) => Id);

  test("come in an order that is stable and is not the order of ids", async () => {
    const page = await ids("MAXRESULTS 1000");
    expect(await ids("MAXRESULTS 1000")).toEqual(page);
    const rest = await ids("STARTPOSITION 1001 MAXRESULTS 1000");
    expect(new Set([...page, ...rest]).size).toBe(1500);
    expect(page).not.toEqual([...page].sort((a, b) => Number(a) - Number(b)));
  });

  test("come in another order each time when ties are unstable", async () => {
    await control(running, "POST settings", { unstableTies: true });
    try {
      const page = await ids("MAXRESULTS 1000");
      expect(await ids("MAXRESULTS 1000")).not.toEqual(page);
      const all = await rows(
        running,
        "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime MAXRESULTS 1000",
        realm,
      );
      const times = all.map((row) => Date.parse(updated(row)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    } finally {
      await control(running, "POST settings", { unstableTies: false });
    }
  });
});

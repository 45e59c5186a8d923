import { describe, expect, onTestFinished, test } from "vitest";

import { createPool } from "../../db/pool.ts";
import { aBatch, aRecord, pageOf } from "./batches.ts";
import { startCommitProxy, type Commit, type CommitProxy } from "./commit-proxy.ts";
import { createFraming } from "./message-framing.ts";
import { withPool } from "./pools.ts";
import { commitPage } from "../../db/pages.ts";

const message = (type: string, text: string): Buffer => {
  const body = Buffer.from(text);
  const head = Buffer.alloc(type.length + 4);
  head.write(type, 0);
  head.writeInt32BE(body.length + 4, type.length);
  return Buffer.concat([head, body]);
};

describe("framing", () => {
  const WANTED = new Set(["Q"]);
  // Data that looks like a message of a wanted type must not be taken for one.
  const copied = message("d", message("Q", "commit\0").toString("latin1").repeat(50));
  const spoken = Buffer.concat([
    message("", "\0\u0003\0\0user\0postgres\0\0"),
    message("Q", "begin\0"),
    copied,
    message("c", ""),
    message("Q", "commit\0"),
    message("P", "\0select\0"),
    message("Q", ""),
  ]);

  test.each([1, 2, 3, 5, 7, 64, 1_000, spoken.length])(
    "finds the same messages in chunks of %i bytes, and passes every byte in its order",
    (size) => {
      const push = createFraming(WANTED, { startup: true });
      const pieces = [];
      for (let at = 0; at < spoken.length; at += size) {
        pieces.push(...push(spoken.subarray(at, at + size)));
      }
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes))).toEqual(spoken);
      const found = pieces.flatMap((piece) => piece.message?.text ?? []);
      expect(found).toEqual(["begin\0", "commit\0", ""]);
    },
  );

  test("holds a wanted message back until it is whole, and nothing else", () => {
    const push = createFraming(WANTED, { startup: false });
    expect(
      push(Buffer.concat([message("d", "abc"), message("Q", "commit\0").subarray(0, 9)])),
    ).toEqual([{ bytes: message("d", "abc"), message: null }]);
    const [rest] = push(message("Q", "commit\0").subarray(9));
    expect(rest).toEqual({
      bytes: message("Q", "commit\0"),
      message: { type: "Q", text: "commit\0" },
    });
  });
});

describe("the proxy before PostgreSQL", () => {
  const database = withPool();

  async function throughProxy() {
    const proxy: CommitProxy = await startCommitProxy(database.url);
    const pool = createPool(proxy.url, { max: 5, name: "through" });
    onTestFinished(async () => {
      await pool.end().catch(() => undefined);
      await proxy.close();
    });
    return { proxy, pool };
  }

  const rowsOf = async (companyId: string): Promise<number> =>
    (await database.pool.query("select from records where company_id = $1", [companyId]))
      .rowCount ?? 0;

  test("passes pages on, fast, and tells each transaction by its statements", async () => {
    const { proxy, pool } = await throughProxy();
    const lease = await aBatch(database.pool);
    const told: Commit[] = [];
    proxy.after = (commit) => {
      told.push(commit);
      return "pass";
    };
    const records = Array.from({ length: 1_000 }, (_, index) =>
      aRecord({
        quickbooksId: String(index),
        payload: Buffer.from("/* moveStep */ commit".padEnd(5_000, "ä")),
      }),
    );
    const began = Date.now();
    await commitPage(pool, pageOf(lease, { records }));
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await rowsOf(lease.companyId)).toBe(1_000);
    expect(told).toEqual([
      {
        companyId: lease.companyId,
        names: ["holdFence", "mergePage", "replaceApplied", "moveStep"],
      },
    ]);
  });

  test("cuts before a commit: nothing is stored, and the client hears of it", async () => {
    const { proxy, pool } = await throughProxy();
    const lease = await aBatch(database.pool);
    proxy.before = ({ names }) => {
      if (!names.includes("moveStep")) return "pass";
      setImmediate(() => proxy.cut());
      return "hold";
    };
    const storing = commitPage(pool, pageOf(lease, { records: [aRecord()] }));
    await expect(storing).rejects.toThrow("Connection terminated");
    expect(await rowsOf(lease.companyId)).toBe(0);
  });

  test("cuts after a commit: everything is stored, and the client does not know", async () => {
    const { proxy, pool } = await throughProxy();
    const lease = await aBatch(database.pool);
    proxy.after = ({ names }) => {
      if (!names.includes("moveStep")) return "pass";
      setImmediate(() => proxy.cut());
      return "hold";
    };
    const storing = commitPage(pool, pageOf(lease, { records: [aRecord()] }));
    await expect(storing).rejects.toThrow("Connection terminated");
    expect(await rowsOf(lease.companyId)).toBe(1);
  });
});

import { describe, expect, test } from "vitest";

import { isRecordKind } from "../../../core/record-kinds.ts";
import { createLimiter } from "../../../db/request-pace.ts";
import { createSecretBox } from "../../../db/secret-box.ts";
import { createTokenStore } from "../../../db/connections.ts";
import { createOnlineClient } from "../../../quickbooks/online/client.ts";
import { createOnlineSource } from "../../../quickbooks/online/source.ts";
import type { Checkpoint, Listing, Page, Source, Trouble } from "../../../quickbooks/source.ts";
import { connectedCompany, withStage } from "../../support/sync.ts";

const LISTING: Listing = {
  kind: "invoice",
  scope: "all",
  datedFrom: null,
  datedUntil: null,
  modifiedFrom: null,
  modifiedUntil: null,
};
const signal = new AbortController().signal;

describe("walking a listing", () => {
  const stage = withStage();

  async function aSource(input: { records: number; spread?: "years" | "hour" }) {
    const realmId = await stage.simulator.company(input);
    const companyId = await connectedCompany(stage, realmId);
    const box = createSecretBox([Buffer.from(stage.env["ENCRYPTION_KEY"] ?? "", "base64")]);
    const client = createOnlineClient({
      apiUrl: stage.simulator.url,
      realmId,
      tokens: createTokenStore(stage.pool, box, companyId),
      exchange: () => Promise.reject(new Error("no refresh is due")),
      limiter: createLimiter(stage.pool, companyId, {
        requestsPerMinute: 1_000_000,
        requestsPerSecond: 100_000,
        clientId: "test",
      }),
    });
    return { realmId, source: createOnlineSource(client, realmId) };
  }

  interface Walked {
    ids: string[];
    troubles: Trouble[];
    pages: number;
  }

  async function walk(
    source: Source,
    listing: Listing,
    from = source.start(listing, null),
  ): Promise<Walked> {
    const walked: Walked = { ids: [], troubles: [], pages: 0 };
    let at: Checkpoint | null = from;
    while (at !== null) {
      const page: Page = await source.listPage(listing, at, signal);
      walked.ids.push(...page.records.map((record) => record.quickbooksId));
      walked.troubles.push(...page.troubles);
      walked.pages++;
      at = page.next;
    }
    return walked;
  }

  const idsOf = async (realmId: string, entity = "Invoice") =>
    (await stage.simulator.truth(realmId, entity)).map((row) => row.Id).sort();

  test.each(["years", "hour"] as const)(
    "meets every row exactly once when records are spread over %s",
    async (spread) => {
      const { realmId, source } = await aSource({ records: 9_000, spread });
      const { ids } = await walk(source, LISTING);
      expect(ids.sort()).toEqual(await idsOf(realmId));
    },
  );

  test("walks a second with three thousand rows by offset, ties in an order of their own", async () => {
    const { realmId, source } = await aSource({ records: 9_000 });
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", count: 3_000, at: "2025-01-02T03:04:05Z" }],
    });
    const { ids } = await walk(source, LISTING);
    expect(ids.sort()).toEqual(await idsOf(realmId));
  });

  test("starts such a second again when a row left it, and misses none", async () => {
    const { realmId, source } = await aSource({ records: 9_000 });
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", count: 3_000, at: "2025-01-02T03:04:05Z" }],
    });
    await stage.simulator.post("between-pages", {
      realm: realmId,
      entity: "Invoice",
      everyPages: 4,
      changes: [{ op: "delete", entity: "Invoice", count: 25 }],
    });
    const { ids } = await walk(source, LISTING);
    await stage.simulator.remove("between-pages");
    const met = new Set(ids);
    expect((await idsOf(realmId)).filter((id) => !met.has(id))).toEqual([]);
  });

  test("ends although ties keep no order at all", async () => {
    const { realmId, source } = await aSource({ records: 9_000 });
    await stage.simulator.post("settings", { unstableTies: true });
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", count: 2_500, at: "2025-01-02T03:04:05Z" }],
    });
    const { pages } = await walk(source, LISTING);
    await stage.simulator.post("settings", { unstableTies: false });
    expect(pages).toBeLessThan(40);
  });

  test("pieces cut from pieces still meet every row exactly once", async () => {
    const { realmId, source } = await aSource({ records: 24_000, spread: "hour" });
    const listing = { ...LISTING, modifiedUntil: new Date() };
    const total = await source.count(listing, signal);
    const parts: { at: Checkpoint; left: number }[] = [
      { at: source.start(listing, null), left: total },
    ];
    const ids: string[] = [];
    let cuts = 0;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      let { at, left }: { at: Checkpoint | null; left: number } = part;
      while (at !== null) {
        const page: Page = await source.listPage(listing, at, signal);
        ids.push(...page.records.map((record) => record.quickbooksId));
        left -= page.records.length;
        at = page.next;
        if (at === null || left < 500) continue;
        const [near, ...far] = (await source.cut(listing, at, { left, ways: 3 }, signal)) ?? [];
        if (near === undefined) continue;
        cuts += far.length;
        at = near.checkpoint;
        left = near.total;
        parts.push(...far.map((piece) => ({ at: piece.checkpoint, left: piece.total })));
      }
    }
    expect(cuts).toBeGreaterThan(5);
    expect(ids.sort()).toEqual(await idsOf(realmId));
  });

  test("a row that QuickBooks refuses to produce is found alone, in some forty questions, wherever it stands", async () => {
    const { realmId, source } = await aSource({ records: 3_000 });
    const rows = await stage.simulator.truth(realmId, "Invoice");
    const bad = [rows[0]?.Id, rows[500]?.Id, rows.at(-1)?.Id];
    for (const id of bad) {
      await stage.simulator.post("poison", {
        realm: realmId,
        entity: "Invoice",
        id,
        how: "refuse",
      });
    }
    const { ids, troubles } = await walk(source, LISTING);
    expect(ids.sort()).toEqual((await idsOf(realmId)).filter((id) => !bad.includes(id)));
    expect(troubles).toHaveLength(3);
    expect(new Set(troubles.map((trouble) => trouble.key)).size).toBe(3);
    const { queries } = await stage.simulator.calls(realmId);
    expect(queries.length).toBeLessThan(3 * 60);
  });

  test("counts what it lists, for every kind", async () => {
    const { realmId, source } = await aSource({ records: 2_000 });
    for (const [entity, count] of Object.entries(await stage.simulator.counts(realmId))) {
      const kind = entity
        .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
        .toLowerCase()
        .replace("purchase", (word) => (entity === "Purchase" ? "expense" : word));
      if (!isRecordKind(kind)) continue;
      expect(await source.count({ ...LISTING, kind }, signal), kind).toBe(count);
      expect((await walk(source, { ...LISTING, kind })).ids, kind).toHaveLength(count);
    }
  });

  test("cuts a walk into pieces of about equal size, though all rows were imported within one hour of years", async () => {
    const { realmId, source } = await aSource({ records: 24_000, spread: "hour" });
    const listing = { ...LISTING, modifiedUntil: new Date() };
    const left = await source.count(listing, signal);
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", count: 1, at: "2001-02-03T04:05:06Z" }],
    });
    const before = (await stage.simulator.calls(realmId)).total;
    const pieces = await source.cut(
      listing,
      source.start(listing, null),
      { left, ways: 8 },
      signal,
    );

    expect(pieces?.length).toBeGreaterThanOrEqual(5);
    expect(pieces?.reduce((sum, piece) => sum + piece.total, 0)).toBe(left);
    for (const piece of pieces ?? []) expect(piece.total).toBeLessThan((left / 8) * 3);
    expect((await stage.simulator.calls(realmId)).total - before).toBeLessThan(30);
  });

  test("does not cut a single second, a walk within one, or nothing", async () => {
    const { realmId, source } = await aSource({ records: 9_000 });
    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Invoice", count: 3_000, at: "2025-01-02T03:04:05Z" }],
    });
    const second = new Date("2025-01-02T03:04:05Z");
    const listing = { ...LISTING, modifiedFrom: second, modifiedUntil: second };
    const start = source.start(listing, null);
    expect(await source.cut(listing, start, { left: 3_000, ways: 4 }, signal)).toBeNull();
    const { next } = await source.listPage(listing, start, signal);
    expect(await source.cut(listing, next ?? {}, { left: 2_000, ways: 4 }, signal)).toBeNull();
    const empty = new Date("1999-01-01T00:00:00Z");
    const nothing = { ...LISTING, modifiedUntil: empty };
    expect(
      await source.cut(nothing, source.start(nothing, null), { left: 10, ways: 4 }, signal),
    ).toBeNull();
  });
});

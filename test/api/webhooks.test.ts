import { randomBytes } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listen, type Listening } from "../../api/server.ts";
import { storeAutoSync } from "../../db/autosync-settings.ts";
import { eventually } from "../support/sync.ts";
import { cloudEvent, older, signatureOf } from "./notices.ts";
import { PUBLIC_URL, withApi } from "./support.ts";

const TOKEN = "c62a5f0d-a verifier token";
const api = withApi({ webhookToken: TOKEN });
const PATH = "/webhooks/intuit";

let served: Listening;
beforeAll(async () => {
  served = await listen(api.api, { port: 0, publicUrl: PUBLIC_URL });
});
afterAll(() => served.close());

const signed = (body: string | Uint8Array, token = TOKEN) => signatureOf(body, token);

/** `POST /webhooks/intuit`, signed rightly unless headers say otherwise. */
const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { "intuit-signature": signed(body) },
): Promise<Response> =>
  fetch(`http://127.0.0.1:${served.port}${PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });

/** A company whose initial sync is done and whose AutoSync is on, and its realm. */
async function syncedCompany(): Promise<{ companyId: string; realmId: string }> {
  const { id: companyId } = await api.company({ as: "confirmed" });
  await api.pool.query(
    "update connections set cursor_at = now(), uncovered_cursor_at = now() where company_id = $1",
    [companyId],
  );
  await storeAutoSync(api.pool, companyId, { enabled: true, everyMinutes: 60, payments: null });
  const { rows } = await api.pool.query<{ realm: string }>(
    "select realm_id as realm from connections where company_id = $1",
    [companyId],
  );
  return { companyId, realmId: rows[0]?.realm ?? "" };
}

const runsOf = async (companyId: string) =>
  (
    await api.pool.query<{ trigger: string; startedBy: string; label: string; status: string }>(
      `select trigger, started_by as "startedBy", label, status from batches where company_id = $1`,
      [companyId],
    )
  ).rows;

const untilQueued = (companyId: string) =>
  eventually(async () => {
    const runs = await runsOf(companyId);
    expect(runs).toHaveLength(1);
    return runs;
  });

/** Waits until what was answered has been worked off: a notice for another company came by. */
async function untilWorkedOff(): Promise<void> {
  const { companyId, realmId } = await syncedCompany();
  expect((await post(JSON.stringify([cloudEvent(realmId)]))).status).toBe(200);
  await untilQueued(companyId);
}

async function counted(outcome: string): Promise<number> {
  const text = await (await api.get("/metrics")).text();
  const found = new RegExp(`^evenbooks_webhooks_total\\{outcome="${outcome}"\\} (\\d+)$`, "m");
  return Number(found.exec(text)?.[1] ?? 0);
}

const sentence = async (response: Response): Promise<string> =>
  ((await response.json()) as { errors: { message: string }[] }).errors[0]?.message ?? "";

describe("an authentic notice", () => {
  test.each([
    ["as CloudEvents", (realm: string) => [cloudEvent(realm)]],
    ["of a deletion", (realm: string) => [cloudEvent(realm, "qbo.invoice.deleted.v1")]],
    ["of a merge", (realm: string) => [cloudEvent(realm, "qbo.customer.merged.v1")]],
    ["of a kind nobody knows", (realm: string) => [cloudEvent(realm, "qbo.spaceship.launched.v9")]],
    ["in the older format", (realm: string) => older(realm)],
    ["in the older format, of a merge", (realm: string) => older(realm, "Merge")],
    ["beside events that cannot be used", (realm: string) => [null, 7, {}, cloudEvent(realm)]],
  ])("%s queues a run of AutoSync", async (_, bodyOf) => {
    const { companyId, realmId } = await syncedCompany();
    const response = await post(JSON.stringify(bodyOf(realmId)));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(await untilQueued(companyId)).toEqual([
      {
        trigger: "webhook",
        startedBy: "Intuit",
        label: "[Craig's Design] AutoSyncModule [AUTOSYNC]",
        status: "queued",
      },
    ]);
  });

  test("may mix realms, and comes with any content type", async () => {
    const [one, two] = [await syncedCompany(), await syncedCompany()];
    const body = JSON.stringify([cloudEvent(one.realmId), cloudEvent(two.realmId)]);
    const type = { "content-type": "application/cloudevents+json" };
    expect((await post(body, { ...type, "intuit-signature": signed(body) })).status).toBe(200);
    await untilQueued(one.companyId);
    await untilQueued(two.companyId);
  });

  test("is signed as OpenSSL signs it", async () => {
    const headers = { "intuit-signature": "WWaQjDo8renOB1BGz7tV2Oe0MrXgvj53mOheTNACyzE=" };
    expect((await post('{"eventNotifications":[]}', headers)).status).toBe(200);
  });

  test("is heard by whoever watches the company", async () => {
    const { companyId, realmId } = await syncedCompany();
    let moves = 0;
    const stop = api.feed.follow({ companyId }, () => moves++);
    await post(JSON.stringify([cloudEvent(realmId)]));
    await eventually(async () => expect(moves).toBeGreaterThan(0));
    stop();
  });

  test("sent again, and after a later one, is one run", async () => {
    const { companyId, realmId } = await syncedCompany();
    const [first, later] = [[cloudEvent(realmId)], [{ ...cloudEvent(realmId), time: "2099" }]];
    for (const body of [later, first, first, later]) {
      expect((await post(JSON.stringify(body))).status).toBe(200);
    }
    await untilWorkedOff();
    expect(await runsOf(companyId)).toHaveLength(1);
  });

  test("of a realm that is nobody's is answered with 200, counted, and does nothing", async () => {
    const before = await counted("unknown");
    expect((await post(JSON.stringify([cloudEvent("9130000000000099")]))).status).toBe(200);
    expect((await post(JSON.stringify(older("9130000000000098")))).status).toBe(200);
    await eventually(async () => expect(await counted("unknown")).toBe(before + 2));
  });

  test.each(["{}", "[]", "null", '"x"', "[[[]]]", '{"eventNotifications":[{}]}'])(
    "that names nobody is answered with 200: Intuit would send it again (%s)",
    async (body) => {
      expect((await post(body)).status).toBe(200);
    },
  );

  test.each([
    ["AutoSync is not enabled", "auto_sync_enabled = false"],
    ["it is paused", "state = 'paused'"],
    ["it is disconnected", "state = 'disconnected'"],
    [
      "AutoSync is held",
      `auto_sync_held = '{"kind":"x","message":"x","nextStep":"x","rawCode":null,"isApplied":true}'`,
    ],
  ])("leaves a company alone while %s", async (_, setting) => {
    const { companyId, realmId } = await syncedCompany();
    await api.pool.query(`update companies set ${setting} where id = $1`, [companyId]);
    expect((await post(JSON.stringify([cloudEvent(realmId)]))).status).toBe(200);
    await untilWorkedOff();
    expect(await runsOf(companyId)).toEqual([]);
  });

  test("leaves a company alone before its initial sync", async () => {
    const { companyId, realmId } = await syncedCompany();
    await api.pool.query("update connections set cursor_at = null where company_id = $1", [
      companyId,
    ]);
    expect((await post(JSON.stringify([cloudEvent(realmId)]))).status).toBe(200);
    await untilWorkedOff();
    expect(await runsOf(companyId)).toEqual([]);
  });

  test("is made good where the database was away in the meantime", async () => {
    const { companyId, realmId } = await syncedCompany();
    await api.pool.query("alter table connections rename to connections_gone");
    try {
      expect((await post(JSON.stringify([cloudEvent(realmId)]))).status).toBe(200);
      await eventually(async () =>
        expect(api.logged()).toContain("could not be read; tried again"),
      );
    } finally {
      await api.pool.query("alter table connections_gone rename to connections");
    }
    await untilQueued(companyId);
  });

  test("soon after another one of the same company waits until it is quiet", async () => {
    const { companyId, realmId } = await syncedCompany();
    await post(JSON.stringify([cloudEvent(realmId)]));
    await untilQueued(companyId);
    const first = Date.now();
    // The run is over at once; so the next wish is a run of its own.
    await api.pool.query("update batches set status = 'succeeded' where company_id = $1", [
      companyId,
    ]);
    for (let times = 0; times < 20; times++) {
      await post(JSON.stringify([cloudEvent(realmId)]));
      await new Promise((wake) => setTimeout(wake, 50));
    }
    await eventually(async () => expect(await runsOf(companyId)).toHaveLength(2));
    expect(Date.now() - first).toBeGreaterThan(2_000);
  });
});

describe("what is not authentic", () => {
  let realmId: string;
  let companyId: string;
  let body: string;
  beforeAll(async () => {
    ({ realmId, companyId } = await syncedCompany());
    body = JSON.stringify([cloudEvent(realmId)]);
  });

  test.each<[string, () => Record<string, string>]>([
    ["without a signature", () => ({})],
    ["with an empty one", () => ({ "intuit-signature": "" })],
    ["with one that is too short", () => ({ "intuit-signature": signed(body).slice(0, 20) })],
    ["with one of another token", () => ({ "intuit-signature": signed(body, "another token") })],
    ["with one of another body", () => ({ "intuit-signature": signed(`${body} `) })],
    ["with noise", () => ({ "intuit-signature": randomBytes(32).toString("base64") })],
    ["in hex", () => ({ "intuit-signature": Buffer.from(signed(body), "base64").toString("hex") })],
  ])("%s is refused with 403, counted, and does nothing", async (_, headersOf) => {
    const [refused, received] = [await counted("refused"), await counted("received")];
    const response = await post(body, headersOf());
    expect(response.status).toBe(403);
    expect(await sentence(response)).toContain("does not prove that Intuit sent this");
    expect(await counted("refused")).toBe(refused + 1);
    expect(await counted("received")).toBe(received);
    await untilWorkedOff();
    expect(await runsOf(companyId)).toEqual([]);
  });

  test("is said in the log once, however much of it comes", async () => {
    await Promise.all(Array.from({ length: 20 }, () => post(body, {})));
    expect(api.logged().split("a webhook was refused").length - 1).toBe(1);
  });
});

describe("a body", () => {
  test("that is no JSON under a right signature is taken with a sentence, or Intuit would send it for ever", async () => {
    for (const body of ["", "{", "<xml/>", new Uint8Array([0xff, 0xfe, 0x00])]) {
      const before = await counted("refused");
      const response = await post(body);
      expect(response.status).toBe(200);
      expect(await sentence(response)).toBe("The signature is right, but the body is no JSON.");
      expect(await counted("refused")).toBe(before + 1);
    }
  });

  test("is compared to the byte: letters beyond ASCII and white space belong to it", async () => {
    const { companyId, realmId } = await syncedCompany();
    const body = `\n [ ${JSON.stringify({ ...cloudEvent(realmId), data: "Ünïcode – 帳簿" })} ]\r\n`;
    expect((await post(body)).status).toBe(200);
    await untilQueued(companyId);
  });

  test("of nearly two megabytes is taken; larger ones are refused, whether they say so or not", async () => {
    const { companyId, realmId } = await syncedCompany();
    const padded = (bytes: number) => JSON.stringify([cloudEvent(realmId), "x".repeat(bytes)]);
    expect((await post(padded(1_900_000))).status).toBe(200);
    await untilQueued(companyId);
    for (const bytes of [2_100_000, 30_000_000]) {
      const response = await post(padded(bytes));
      expect(response.status).toBe(413);
      expect(await sentence(response)).toContain("at most");
    }
  });
});

test("other verbs are told what there is", async () => {
  const response = await fetch(`http://127.0.0.1:${served.port}${PATH}`);
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST");
});

test("10,000 at once are answered in milliseconds each, are one run, and cost little memory", async () => {
  const { companyId, realmId } = await syncedCompany();
  const body = JSON.stringify([cloudEvent(realmId)]);
  const received = await counted("received");
  const before = process.memoryUsage().rss;
  const tookMs: number[] = [];
  let left = 10_000;
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const began = performance.now();
      expect((await post(body)).status).toBe(200);
      tookMs.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: 100 }, send));
  tookMs.sort((a, b) => a - b);
  await untilQueued(companyId);
  expect(await counted("received")).toBe(received + 10_000);
  // A hundred are under way at any time, in one process with whoever sends them.
  expect(tookMs[5_000]).toBeLessThan(500);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
}, 120_000);

describe("without a token", () => {
  const closed = withApi();

  test("nothing is taken, which is said in the answer, and in the log once", async () => {
    for (let times = 0; times < 3; times++) {
      const response = await closed.api.fetch(`${PUBLIC_URL}${PATH}`, {
        method: "POST",
        headers: { "intuit-signature": signed("[]", "") },
        body: "[]",
      });
      expect(response.status).toBe(404);
      expect(await sentence(response)).toContain("set INTUIT_WEBHOOK_TOKEN");
    }
    expect(closed.logged().split("INTUIT_WEBHOOK_TOKEN is not set").length - 1).toBe(1);
  });
});

test("an api that ends does first what it has answered for", async () => {
  const { companyId, realmId } = await syncedCompany();
  await post(JSON.stringify([cloudEvent(realmId)]));
  await api.api.dispose();
  expect(await runsOf(companyId)).toHaveLength(1);
});

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { eventually } from "../support/sync.ts";
import { addRealm, control, query, startSimulator, type Running } from "./running.ts";

const TOKEN = "verifier-token";

interface Heard {
  at: number;
  headers: IncomingHttpHeaders;
  body: string;
}

let running: Running;
let realm: string;
let server: Server;
let url: string;
let heard: Heard[] = [];
/** Answers the status of the next answers; a number below 100 hangs up. */
let answers: number[] = [];

beforeAll(async () => {
  running = await startSimulator("--records", "0");
  server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ at: performance.now(), headers: request.headers, body });
      const status = answers.shift() ?? 200;
      if (status < 100) request.socket.destroy();
      else response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/intuit`;
});
beforeEach(async () => {
  realm = await addRealm(running, { records: 500, seed: 4 });
  heard = [];
  answers = [];
});
afterEach(() => control(running, "DELETE webhooks"));
afterAll(async () => {
  await running.stop();
  server.close();
});

const order = (over: object = {}) =>
  control(running, "POST webhooks", { url, token: TOKEN, realm, ...over });

const change = async (...changes: object[]): Promise<string[]> =>
  [(await control(running, "POST changes", { realm, changes }))["ids"]].flat().map(String);

const untilHeard = (count: number): Promise<Heard[]> =>
  eventually(async () => {
    expect(heard.length).toBeGreaterThanOrEqual(count);
    return heard;
  });

const untilReport = (wanted: object) =>
  eventually(async () => {
    const { orders } = (await control(running, "GET webhooks")) as { orders: object[] };
    expect(orders[0]).toMatchObject(wanted);
  });

const signatureOf = (body: string): string =>
  createHmac("sha256", TOKEN).update(body).digest("base64");

const idsIn = (notices: Heard[]): string[] =>
  notices.flatMap(({ body }) =>
    (JSON.parse(body) as { intuitentityid: string }[]).map((event) => event.intuitentityid),
  );

describe("a change is told", () => {
  test("as CloudEvents, signed, what belongs together in one notice", async () => {
    await order();
    const [invoice = "", customer = "", bill = ""] = await change(
      { op: "create", entity: "Invoice" },
      { op: "delete", entity: "Customer" },
      { op: "delete", entity: "Bill" },
    );
    const [notice] = await untilHeard(1);
    expect(notice?.headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      "intuit-signature": signatureOf(notice?.body ?? ""),
    });
    const events = JSON.parse(notice?.body ?? "") as Record<string, unknown>[];
    expect(events.map(({ type, intuitentityid: id }) => [type, id])).toEqual([
      ["qbo.invoice.created.v1", invoice],
      ["qbo.customer.updated.v1", customer],
      ["qbo.bill.deleted.v1", bill],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({
        specversion: "1.0",
        source: expect.stringMatching(/^intuit\./),
        datacontenttype: "application/json",
        intuitaccountid: realm,
        data: {},
      });
      expect(Math.abs(Date.now() - Date.parse(String(event["time"])))).toBeLessThan(10_000);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    await untilReport({ tries: 1, accepted: 1, refused: 0, lastStatus: 200, waiting: 0 });
  });

  test("in the older format", async () => {
    await order({ format: "events" });
    const [id] = await change({ op: "update", entity: "Vendor" });
    const [notice] = await untilHeard(1);
    expect(notice?.headers["intuit-signature"]).toBe(signatureOf(notice?.body ?? ""));
    expect(JSON.parse(notice?.body ?? "")).toEqual({
      eventNotifications: [
        {
          realmId: realm,
          dataChangeEvent: {
            entities: [
              { name: "Vendor", id, operation: "Update", lastUpdated: expect.any(String) },
            ],
          },
        },
      ],
    });
  });

  test("also when it happens between two pages, and before a change that cannot be made", async () => {
    await order();
    const changes = [{ op: "create", entity: "Term" }];
    await control(running, "POST between-pages", { realm, everyPages: 1, changes });
    await query(running, "SELECT * FROM Invoice", realm);
    const between = await untilHeard(1);
    expect(between[0]?.body).toContain("qbo.term.created.v1");
    const refused = change(
      { op: "create", entity: "Invoice" },
      { op: "delete", entity: "Invoice", id: "999999999" },
    );
    await expect(refused).rejects.toThrow("422");
    expect((await untilHeard(2))[1]?.body).toContain("qbo.invoice.created.v1");
  });

  test("but not of kinds without webhooks, and not of companies that nobody ordered", async () => {
    await order({ delayMs: 0 });
    await change({ op: "update", entity: "TaxCode" });
    const other = await addRealm(running, { records: 100, seed: 5 });
    const changes = [{ op: "create", entity: "Invoice" }];
    await control(running, "POST changes", { realm: other, changes });
    await change({ op: "create", entity: "Class" });
    const notices = await untilHeard(1);
    expect(notices.map(({ body }) => body).join("")).toMatch(
      /^\[\{[^{]*qbo\.class\.[^{]*\{\}\}\]$/,
    );
  });

  test("of all companies where no company is named; a company's own order stands above", async () => {
    await order({ realm: undefined });
    const mine = await addRealm(running, { records: 100, seed: 6 });
    await order({ realm: mine, lost: true });
    const changes = [{ op: "create", entity: "Invoice" }];
    await control(running, "POST changes", { realm: mine, changes });
    await change(...changes);
    const [notice] = await untilHeard(1);
    expect(notice?.body).toContain(realm);
    await new Promise((wake) => setTimeout(wake, 300));
    expect(heard).toHaveLength(1);
  });

  test("a thousand events a notice, in their order", async () => {
    await order();
    const ids = await change({ op: "create", entity: "Payment", count: 2_500 });
    const notices = await untilHeard(3);
    expect(notices).toHaveLength(3);
    expect(idsIn(notices)).toEqual(ids);
  });
});

describe("a notice that is not taken", () => {
  test("is tried again as it is, and the next one waits behind it", async () => {
    answers = [500, 0, 302];
    await order({ delayMs: 0, retriesMs: [100, 200, 300] });
    const [first] = await change({ op: "update", entity: "Invoice" });
    await untilHeard(1);
    const [second] = await change({ op: "update", entity: "Customer" });
    const notices = await untilHeard(5);
    expect(idsIn(notices)).toEqual([first, first, first, first, second]);
    expect(new Set(notices.slice(0, 4).map(({ body }) => body)).size).toBe(1);
    const waits = [1, 2, 3].map((n) => (notices[n]?.at ?? 0) - (notices[n - 1]?.at ?? 0));
    expect(waits[0]).toBeGreaterThan(90);
    expect(waits[1]).toBeGreaterThan(190);
    expect(waits[2]).toBeGreaterThan(290);
    await untilReport({ tries: 5, accepted: 2, refused: 3, givenUp: 0 });
  });

  test("is given up at the end", async () => {
    answers = [503, 503];
    await order({ retriesMs: [10] });
    await change({ op: "update", entity: "Invoice" });
    await untilReport({ tries: 2, accepted: 0, givenUp: 1, lastStatus: 503, waiting: 0 });
  });

  test("is not sent any more once the order is taken back", async () => {
    answers = [503];
    await order({ retriesMs: [200, 200] });
    await change({ op: "update", entity: "Invoice" });
    await untilHeard(1);
    await control(running, "DELETE webhooks");
    await new Promise((wake) => setTimeout(wake, 500));
    expect(heard).toHaveLength(1);
  });
});

describe("troubles on demand", () => {
  test("duplicates are the same to the byte", async () => {
    await order({ duplicates: true });
    await change({ op: "update", entity: "Invoice" });
    const [one, again] = await untilHeard(2);
    expect([again?.body, again?.headers["intuit-signature"]]).toEqual([
      one?.body,
      one?.headers["intuit-signature"],
    ]);
  });

  test("out of order, the newest comes first", async () => {
    await order({ outOfOrder: true });
    const ids = await change({ op: "create", entity: "Invoice", count: 3 });
    expect(idsIn(await untilHeard(3))).toEqual(ids.toReversed());
  });

  test("a forged one has a signature that is wrong, and is not tried again", async () => {
    answers = [401];
    await order({ forged: true, retriesMs: [10] });
    await change({ op: "update", entity: "Invoice" });
    await untilReport({ tries: 1, givenUp: 1, lastStatus: 401 });
    const signature = heard[0]?.headers["intuit-signature"];
    expect(signature).toMatch(/^[\w+/]{43}=$/);
    expect(signature).not.toBe(signatureOf(heard[0]?.body ?? ""));
  });

  test("a lost one is counted and never comes", async () => {
    await order({ lost: true });
    await change({ op: "update", entity: "Invoice" });
    await untilReport({ lost: 1, tries: 0 });
    expect(heard).toEqual([]);
  });
});

test("an order that is wrong is answered with a sentence", async () => {
  await expect(control(running, "POST webhooks", { url: "ftp://x", token: "" })).rejects.toThrow(
    /^400 .*url.*token/,
  );
  await expect(order({ realm: "nobody" })).rejects.toThrow("404");
});

import { describe, expect, test } from "vitest";

import { closeBatch } from "../../../db/leases.ts";
import { notifyBatch } from "../../../db/notify.ts";
import { withApi } from "../support.ts";
import { aDesktopCompany, openQuickBooks, HOST_ANSWER } from "./calls.ts";
import { NEVER, withExchanges } from "./worker.ts";

const api = withApi();
const worker = withExchanges(api);

/** A running batch whose PC has QuickBooks open. */
async function anOpenSession() {
  const company = await aDesktopCompany(api, "running");
  await company.pc.logIn();
  await openQuickBooks(api.pool, company.pc);
  const exchanges = worker.of(company.companyId);
  const { id: sessionId } = await exchanges.session();
  const ask = (request: string, signal = NEVER) => exchanges.ask({ sessionId, request }, signal);
  return { ...company, exchanges, sessionId, ask };
}

const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const began = performance.now();
  return [await work, performance.now() - began];
};

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function endBatch(companyId: string): Promise<void> {
  const { rows } = await api.pool.query<{ id: string; fence: number }>(
    "select id, fence from batches where company_id = $1 and status = 'running'",
    [companyId],
  );
  const lease = { companyId, batchId: rows[0]?.id ?? "", fence: rows[0]?.fence ?? 0 };
  await closeBatch(api.pool, lease, { is: "succeeded" });
  await notifyBatch(api.pool, lease);
}

describe("an exchange", () => {
  test("takes a request to QuickBooks and its answer back, byte for byte", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    const request = '<?xml version="1.0"?>\r\n<?qbxml version="13.0"?><QBXML a="&amp;"/>';
    const response = '<?xml version="1.0" ?>\n<QBXML>é \u{1F600} &lt;&amp;amp; ]]> "\'\t</QBXML>\n';
    const asked = ask(request);
    expect(await pc.send()).toBe(request);
    const received = pc.receive(response);
    expect((await asked).response).toBe(response);
    expect((await asked).insideMs).toBeGreaterThan(0);
    expect(await received).toBe(50);
    const { rows } = await api.pool.query(
      "select response, state, read_at from desktop_exchanges where company_id = $1",
      [companyId],
    );
    expect(rows).toEqual([{ response: null, state: "answered", read_at: expect.any(Date) }]);
  });

  test("comes one after the other, in the order asked", async () => {
    const { pc, ask } = await anOpenSession();
    const asked = ["<a/>", "<b/>", "<c/>"].map((request) => ask(request));
    await later(100);
    const seen: string[] = [];
    for (let round = 0; round < 3; round++) {
      const request = await pc.send();
      seen.push(request);
      await pc.receive(`<answer to="${request}"/>`);
    }
    expect(seen.sort()).toEqual(["<a/>", "<b/>", "<c/>"]);
    const answers = await Promise.all(asked);
    expect(answers.map(({ response }) => response)).toEqual([
      '<answer to="<a/>"/>',
      '<answer to="<b/>"/>',
      '<answer to="<c/>"/>',
    ]);
  });

  test("that QuickBooks throws at is the fault that its HRESULT means", async () => {
    const { pc, ask } = await anOpenSession();
    const asked = ask("<a/>").catch((error: unknown) => error);
    await pc.send();
    expect(await pc.receive("", "0x80040400", "QuickBooks found an error when parsing")).toBe(50);
    expect(await asked).toMatchObject({ fault: { rawCode: "0x80040400" } });
  });

  test("whose way to the PC was lost is sent again", async () => {
    const { pc, ask } = await anOpenSession();
    const asked = ask("<a/>");
    expect(await pc.send()).toBe("<a/>");
    expect(await pc.send()).toBe("<a/>");
    await pc.receive("<answer/>");
    expect((await asked).response).toBe("<answer/>");
  });

  test("is answered once: a second answer, and one after the end, are harmless and counted", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    const asked = ask("<a/>");
    await pc.send();
    await pc.receive("<first/>");
    expect((await asked).response).toBe("<first/>");
    expect(await pc.receive("<second/>")).toBe(50);
    const next = ask("<b/>").catch((error: unknown) => error);
    await pc.send();
    await pc.close();
    expect(await next).toMatchObject({ fault: { kind: "connector-away" } });
    expect(await pc.receive("<late/>")).toBe(100);
    const { rows } = await api.pool.query(
      "select request, state, response from desktop_exchanges where company_id = $1 order by id",
      [companyId],
    );
    expect(rows).toEqual([
      { request: "<a/>", state: "answered", response: null },
      { request: "<b/>", state: "failed", response: null },
    ]);
    const metrics = await (await api.get("/metrics")).text();
    expect(metrics).toMatch(/stray_answers_total\{why="not-asked"\} 2/);
    expect(api.logged()).toContain("an answer came that belongs to no request");
  });

  test("of one company is never another's", async () => {
    const [one, other] = [await anOpenSession(), await anOpenSession()];
    const asked = one.ask("<one/>");
    const otherAsked = other.ask("<other/>");
    expect(await other.pc.send()).toBe("<other/>");
    await other.pc.receive("<to-other/>");
    expect((await otherAsked).response).toBe("<to-other/>");
    await expect(
      other.exchanges.ask({ sessionId: one.sessionId, request: "<x/>" }, NEVER),
    ).rejects.toMatchObject({ fault: { kind: "connector-away" } });
    expect(await one.pc.send()).toBe("<one/>");
    await one.pc.receive("<to-one/>");
    expect((await asked).response).toBe("<to-one/>");
  });
});

describe("an answer", () => {
  test("is taken at once where the next request is down", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    const asked = ask("<a/>");
    await pc.send();
    const next = ask("<b/>");
    const wanted = "select from desktop_exchanges where company_id = $1 and state = 'wanted'";
    while ((await api.pool.query(wanted, [companyId])).rowCount === 0) await later(10);
    expect(await pc.receive("<answer/>")).toBe(50);
    expect(await pc.send()).toBe("<b/>");
    await pc.receive("<answer/>");
    await Promise.all([asked, next]);
  });

  test("after which nothing is to come ends the session", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    const asked = ask("<a/>").catch(() => undefined);
    await pc.send();
    await endBatch(companyId);
    expect(await pc.receive("<answer/>")).toBe(100);
    await asked;
  });
});

describe("a call that is held", () => {
  test("ends as soon as there is a request", async () => {
    const { pc, ask } = await anOpenSession();
    const sent = timed(pc.send());
    await later(300);
    const asked = ask("<a/>");
    const [request, ms] = await sent;
    expect(request).toBe("<a/>");
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(1_000);
    const received = timed(pc.receive("<answer/>"));
    await asked;
    const next = ask("<b/>");
    const [percent, receivedMs] = await received;
    expect(percent).toBe(50);
    expect(receivedMs).toBeLessThan(1_000);
    expect(await pc.send()).toBe("<b/>");
    await pc.receive("<answer/>");
    await next;
  });

  test("is NoOp after two seconds, which getLastError repeats", async () => {
    const { pc } = await anOpenSession();
    const [request, ms] = await timed(pc.send());
    expect(request).toBe("NoOp");
    expect(ms).toBeGreaterThan(1_900);
    expect(ms).toBeLessThan(3_000);
    expect(await pc.lastError()).toBe("NoOp");
  });

  test("ends with the batch: 100 for an answer, nothing for a request", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    const asked = ask("<a/>");
    await pc.send();
    const received = timed(pc.receive("<answer/>"));
    await asked;
    await later(200);
    await endBatch(companyId);
    const [percent, ms] = await received;
    expect(percent).toBe(100);
    expect(ms).toBeLessThan(1_000);
    expect(await pc.send()).toBe("");
    expect(await pc.lastError()).toBe("Everything is up to date.");
    expect(await pc.close()).toBe("Done: QuickBooks answered 1 request.");
  });

  test("ends when the file is refused, and the person at the PC reads why", async () => {
    const { pc, ask, exchanges, sessionId } = await anOpenSession();
    const asked = ask("<a/>");
    await pc.send();
    const received = timed(pc.receive("<answer/>"));
    await asked;
    await later(200);
    await exchanges.refuse(sessionId, {
      kind: "other-file-open",
      message: "Another company file is open: Rock Castle.",
    });
    const other = ask("<b/>").catch((error: unknown) => error);
    const [percent, ms] = await received;
    expect(percent).toBeLessThan(0);
    expect(ms).toBeLessThan(1_000);
    expect(await pc.lastError()).toMatch(/^Another company file is open: Rock Castle\. Close/);
    expect(await pc.send()).toBe("");
    expect(await pc.close()).toBe("Another company file is open: Rock Castle.");
    expect(await other).toMatchObject({ fault: { kind: "other-file-open" } });
    await expect(exchanges.session()).rejects.toMatchObject({ fault: { kind: "other-file-open" } });
  });

  test("knows how far the batch is", async () => {
    const { pc, ask, companyId } = await anOpenSession();
    await api.pool.query(
      `insert into batch_steps (company_id, batch_id, name, position, phase, total, done)
       select company_id, id, 'customer', 0, 'lists', 200, 46 from batches where company_id = $1`,
      [companyId],
    );
    const asked = ask("<a/>");
    await pc.send();
    const received = pc.receive("<answer/>");
    await asked;
    const next = ask("<b/>").catch(() => undefined);
    expect(await received).toBe(23);
    await pc.close();
    await next;
  });

  test("is not held for a worker that asks nothing for two minutes: QuickBooks gets its file back", async () => {
    const { pc, companyId } = await anOpenSession();
    await api.pool.query(
      `update desktop_sessions set asked_at = asked_at - interval '3 minutes',
         opened_at = opened_at - interval '3 minutes' where company_id = $1`,
      [companyId],
    );
    const [request, ms] = await timed(pc.send());
    expect(request).toBe("");
    expect(ms).toBeLessThan(1_000);
    expect(await pc.lastError()).toContain("next run");
  });
});

describe("first contact", () => {
  test("is asked while nobody has confirmed the file, and ends when it was looked at", async () => {
    const { pc, companyId } = await aDesktopCompany(api, "new");
    await pc.logIn();
    const sent = pc.send(HOST_ANSWER);
    await later(200);
    const exchanges = worker.of(companyId);
    const { id: sessionId } = await exchanges.session();
    const asked = exchanges.ask({ sessionId, request: "<company/>" }, NEVER);
    expect(await sent).toBe("<company/>");
    const received = pc.receive("<answer/>");
    await asked;
    await api.pool.query("update connections set first_look = $2 where company_id = $1", [
      companyId,
      JSON.stringify({ seenAt: new Date() }),
    ]);
    expect(await received).toBe(100);
  });
});

test("a hundred companies poll at once, each with its own", async () => {
  const sessions = await Promise.all(Array.from({ length: 100 }, anOpenSession));
  await Promise.all(
    sessions.map(async ({ pc, ask, companyId }) => {
      const asked = ask(`<for id="${companyId}"/>`);
      const request = await pc.sendUntilAsked();
      expect(request).toBe(`<for id="${companyId}"/>`);
      const received = pc.receive(`<from id="${companyId}"/>`);
      expect((await asked).response).toBe(`<from id="${companyId}"/>`);
      await endBatch(companyId);
      // On a busy machine it was told to come again before the batch ended.
      if ((await received) !== 100) expect(await pc.send()).toBe("");
      await pc.close();
    }),
  );
});

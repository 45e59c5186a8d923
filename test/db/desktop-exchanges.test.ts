import { describe, expect, test } from "vitest";

import { closeSession, pruneDesktop } from "../../db/desktop-sessions.ts";
import { faultOf, later, NEVER, withDesktop, type Open } from "./desktop.ts";

const desktop = withDesktop();

const wakes = async ({ companyId }: Open): Promise<number> =>
  (await desktop.pool.query("select from wakes where company_id = $1", [companyId])).rowCount ?? 0;

describe("an answer", () => {
  test("that is overdue by a minute is probably a window; asked again, it is found when it came", async () => {
    const open = await desktop.open();
    const { exchanges, holder } = open;
    const question = { sessionId: holder.sessionId, request: "<a/>" };
    const first = faultOf(exchanges.ask(question, NEVER));
    expect(await desktop.taken(open)).toBe("<a/>");
    await desktop.work(open, 50);
    await later(2_500);
    await desktop.work(open, 15);
    expect(await first).toMatchObject({
      kind: "modal-open",
      message: expect.stringMatching(/not answered since .* UTC; probably/),
    });
    const before = await wakes(open);
    await desktop.bring(open, "<late/>");
    expect(await wakes(open)).toBe(before + 1);
    expect((await exchanges.ask(question, NEVER)).response).toBe("<late/>");
    const { rows } = await desktop.pool.query(
      "select from desktop_exchanges where company_id = $1",
      [open.companyId],
    );
    expect(rows).toHaveLength(1);
  }, 20_000);

  test("may take six times as long as the slowest of the last sessions", async () => {
    const open = await desktop.open();
    await desktop.pool.query(
      "update desktop_sessions set slowest_ms = 30000 where company_id = $1",
      [open.companyId],
    );
    const question = { sessionId: open.holder.sessionId, request: "<a/>" };
    const asked = faultOf(open.exchanges.ask(question, NEVER));
    await desktop.taken(open);
    await desktop.work(open, 170);
    await later(2_500);
    await desktop.work(open, 15);
    const began = performance.now();
    expect(await asked).toMatchObject({ kind: "modal-open" });
    expect(performance.now() - began).toBeLessThan(3_000);
  }, 20_000);

  test("is given to one of two who ask the same; the other one's question is asked again", async () => {
    const open = await desktop.open();
    const question = { sessionId: open.holder.sessionId, request: "<a/>" };
    const both = [1, 2].map(() => open.exchanges.ask(question, NEVER));
    await desktop.taken(open);
    await later(100);
    await desktop.bring(open, "<one/>");
    await desktop.taken(open);
    await desktop.bring(open, "<two/>");
    const answers = await Promise.all(both);
    expect(answers.map(({ response }) => response).sort()).toEqual(["<one/>", "<two/>"]);
  });

  test("is not waited for when its asker was stopped: what was not sent is taken back", async () => {
    const open = await desktop.open();
    const stop = new AbortController();
    const question = { sessionId: open.holder.sessionId, request: "<a/>" };
    const asked = open.exchanges.ask(question, stop.signal).catch((error: unknown) => error);
    await later(100);
    stop.abort();
    expect(await asked).toMatchObject({ name: "AbortError" });
    expect(await desktop.take(open)).toBeNull();
  });

  test("is heard of within moments, and found without any word when the listener is cut off", async () => {
    const open = await desktop.open();
    const ask = (request: string) =>
      open.exchanges.ask({ sessionId: open.holder.sessionId, request }, NEVER);
    const asked = ask("<a/>");
    await desktop.taken(open);
    const began = performance.now();
    await desktop.bring(open, "<b/>");
    await asked;
    expect(performance.now() - began).toBeLessThan(500);
    const again = ask("<c/>");
    await desktop.taken(open);
    await desktop.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'evenbooks-worker-listen' and datname = current_database()`,
    );
    await desktop.bring(open, "<d/>");
    expect((await again).response).toBe("<d/>");
  });

  test("never comes when the PC says goodbye or is silent for too long", async () => {
    const open = await desktop.open();
    const ask = (request: string) =>
      faultOf(open.exchanges.ask({ sessionId: open.holder.sessionId, request }, NEVER));
    const asked = ask("<a/>");
    await later(100);
    await closeSession(desktop.pool, open.holder);
    expect(await asked).toMatchObject({
      kind: "connector-away",
      message: expect.stringContaining("Front desk is over"),
    });
    expect(await ask("<b/>")).toMatchObject({ kind: "connector-away" });
    const holder = await desktop.logIn(open.companyId, open.connectorId);
    const silent = faultOf(
      open.exchanges.ask({ sessionId: holder.sessionId, request: "<c/>" }, NEVER),
    );
    await later(100);
    await desktop.pool.query(
      "update desktop_sessions set expires_at = now() where company_id = $1 and state = 'open'",
      [open.companyId],
    );
    expect(await silent).toMatchObject({ kind: "connector-away" });
    expect(await faultOf(open.exchanges.session())).toMatchObject({
      kind: "connector-away",
      message: expect.stringMatching(
        /Front desk was last heard of at \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
      ),
    });
  });

  test("counts how long QuickBooks worked", async () => {
    const open = await desktop.open();
    const question = { sessionId: open.holder.sessionId, request: "<a/>" };
    const asked = open.exchanges.ask(question, NEVER);
    await desktop.taken(open);
    await desktop.work(open, 7);
    await desktop.bring(open, "<b/>");
    const { insideMs } = await asked;
    expect(insideMs).toBeGreaterThan(6_999);
    expect(insideMs).toBeLessThan(9_000);
    const { rows } = await desktop.pool.query(
      "select exchanges, inside_ms >= 6999 as is_counted, slowest_ms = inside_ms as is_slowest from desktop_sessions where company_id = $1",
      [open.companyId],
    );
    expect(rows).toEqual([{ exchanges: 1, is_counted: true, is_slowest: true }]);
  });
});

describe("what is old", () => {
  test("is pruned after seven days, and nothing else", async () => {
    const old = await desktop.open();
    const question = { sessionId: old.holder.sessionId, request: "<a/>" };
    const asked = old.exchanges.ask(question, NEVER);
    await desktop.taken(old);
    await desktop.bring(old, "<b/>");
    await asked;
    const young = await desktop.open();
    const living = young.exchanges
      .ask({ sessionId: young.holder.sessionId, request: "<a/>" }, NEVER)
      .catch(() => undefined);
    await later(50);
    await desktop.pool.query(
      `update desktop_sessions set contact_at = contact_at - interval '8 days',
         expires_at = expires_at - interval '8 days' where company_id = $1`,
      [old.companyId],
    );
    await desktop.pool.query(
      "update desktop_exchanges set wanted_at = wanted_at - interval '8 days' where company_id = any($1)",
      [[old.companyId, young.companyId]],
    );
    expect(await pruneDesktop(desktop.pool)).toBe(1);
    const left = await desktop.pool.query(
      "select company_id from desktop_exchanges where company_id = any($1)",
      [[old.companyId, young.companyId]],
    );
    expect(left.rows).toEqual([{ company_id: young.companyId }]);
    await closeSession(desktop.pool, young.holder);
    await living;
  });
});

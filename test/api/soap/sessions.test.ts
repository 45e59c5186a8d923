import { describe, expect, test } from "vitest";
import { z } from "zod";

import { confirmCompany } from "../../../db/companies.ts";
import {
  revokeConnector,
  rotateConnectorPassword,
  listConnectors,
} from "../../../db/connectors.ts";
import { many, one, sql } from "../../../db/sql.ts";
import { withApi } from "../support.ts";
import { addPc, aDesktopCompany, enqueue, HOST_ANSWER, openQuickBooks, Pc } from "./calls.ts";
import { NEVER, withExchanges } from "./worker.ts";

const api = withApi();
const worker = withExchanges(api);

const Session = z.object({
  state: z.string(),
  connectorId: z.string(),
  file: z.string().nullable(),
  refusedPath: z.string().nullable(),
  endedBy: z.object({ kind: z.string() }).nullable(),
});

const sessionsOf = (companyId: string) =>
  many(
    api.pool,
    Session,
    sql`select state, connector_id as "connectorId", file, refused_path as "refusedPath",
      ended_by as "endedBy" from desktop_sessions where company_id = ${companyId} order by opened_at`,
  );

const wakesOf = async (companyId: string): Promise<number> => {
  const row = await one(
    api.pool,
    z.object({ count: z.number() }),
    sql`select count(*) from wakes where company_id = ${companyId}`,
  );
  return row.count;
};

/** As if so many seconds had gone by since the PC's last call. */
const silentFor = (companyId: string, seconds: number) =>
  api.pool.query(
    `update desktop_sessions set contact_at = contact_at - $2 * interval '1 second',
       expires_at = expires_at - $2 * interval '1 second' where company_id = $1`,
    [companyId, seconds],
  );

describe("a login", () => {
  test("with a wrong password, an unknown name or none is nvu, and the wrong password is kept", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "new");
    const wrong = new Pc(api.api, { username: pc.login.strUserName, password: "wrong" });
    expect(await wrong.logIn()).toBe("nvu");
    expect(await new Pc(api.api, { username: "nobody", password: "x" }).logIn()).toBe("nvu");
    expect(await new Pc(api.api, { username: "", password: "" }).logIn()).toBe("nvu");
    const [connector] = await listConnectors(api.pool, companyId);
    expect(connector).toMatchObject({ refusedFrom: "unknown", seenAt: null, isInSession: false });
    expect(connector?.refusedAt).toBeInstanceOf(Date);
    expect(await sessionsOf(companyId)).toEqual([]);
    expect(await wrong.lastError()).not.toBe("");
    expect(await wrong.close()).not.toBe("");
  });

  test("with a password that was pasted with a space and a new line works", async () => {
    const { pc } = await aDesktopCompany(api, "new");
    const password = ` ${pc.login.strPassword}\r\n`;
    const pasted = new Pc(api.api, { username: pc.login.strUserName, password });
    expect(await pasted.logIn()).toBe("");
  });

  test("with a new password works with that one alone", async () => {
    const { companyId, pc, connectorId } = await aDesktopCompany(api, "new");
    const rotated = await rotateConnectorPassword(api.pool, companyId, connectorId);
    expect(await pc.logIn()).toBe("nvu");
    const { strUserName: username } = pc.login;
    const again = new Pc(api.api, { username, password: rotated?.password ?? "" });
    expect(await again.logIn()).toBe("");
  });

  test("of a file that nobody confirmed has work; of a confirmed one only with a batch; of a paused one never", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "new");
    expect(await pc.logIn()).toBe("");
    expect(await pc.close()).toBe("There was nothing to do.");
    await confirmCompany(api.pool, companyId);
    expect(await pc.logIn()).toBe("none");
    await enqueue(api, companyId);
    expect(await pc.logIn()).toBe("");
    await api.pool.query("update companies set state = 'paused' where id = $1", [companyId]);
    expect(await pc.logIn()).toBe("none");
    expect((await sessionsOf(companyId)).map(({ state }) => state)).toEqual(["ended", "ended"]);
    const [connector] = await listConnectors(api.pool, companyId);
    expect(connector?.seenAt).toBeInstanceOf(Date);
  });

  test("says which file to open once one was accepted on this PC", async () => {
    const { pc, companyId } = await aDesktopCompany(api, "running");
    await api.pool.query("update connectors set file = $2 where company_id = $1", [
      companyId,
      "C:\\Books\\Müller & Co.qbw",
    ]);
    expect(await pc.logIn()).toBe("C:\\Books\\Müller & Co.qbw");
  });

  test("twice at once is one session, and the other ticket is over", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    const same = new Pc(api.api, {
      username: pc.login.strUserName,
      password: pc.login.strPassword,
    });
    await Promise.all([pc.logIn(), same.logIn()]);
    const states = (await sessionsOf(companyId)).map(({ state }) => state).sort();
    expect(states).toEqual(["ended", "opening"]);
    const said = await Promise.all([pc.lastError(), same.lastError()]);
    expect(said.filter((text) => text.includes("logged in anew"))).toHaveLength(1);
  });

  test("of another PC is busy while the first one lives, even at the same moment", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    const { pc: other } = await addPc(api, companyId, "Back office");
    const answers = await Promise.all([pc.logIn(), other.logIn()]);
    expect(answers.sort()).toEqual(["", "busy"]);
    expect((await sessionsOf(companyId)).filter(({ state }) => state !== "ended")).toHaveLength(1);
  });

  test("of another PC takes over from one that was silent for two minutes", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    const { pc: other, connectorId } = await addPc(api, companyId, "Back office");
    await pc.logIn();
    await silentFor(companyId, 110);
    expect(await other.logIn()).toBe("busy");
    await silentFor(companyId, 15);
    expect(await other.logIn()).toBe("");
    expect(await sessionsOf(companyId)).toMatchObject([
      { state: "ended" },
      { state: "opening", connectorId },
    ]);
    expect(await pc.send(HOST_ANSWER)).toBe("");
    expect(await pc.lastError()).toContain("Another PC has taken over");
  });

  test("of another PC waits ten minutes while QuickBooks works on a request", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    const { pc: other } = await addPc(api, companyId, "Back office");
    await pc.logIn();
    await openQuickBooks(api.pool, pc);
    const { id } = await worker.of(companyId).session();
    const asked = worker.of(companyId).ask({ sessionId: id, request: "<a/>" }, NEVER);
    asked.catch(() => undefined);
    expect(await pc.send()).toBe("<a/>");
    await silentFor(companyId, 590);
    expect(await other.logIn()).toBe("busy");
    await silentFor(companyId, 15);
    expect(await other.logIn()).toBe("");
    await expect(asked).rejects.toMatchObject({ fault: { kind: "connector-away" } });
  });

  test("of a silent PC that calls again goes on, where nobody took over", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await pc.logIn();
    await silentFor(companyId, 500);
    expect(await pc.send(HOST_ANSWER)).toBe("NoOp");
    expect(await worker.of(companyId).session()).toMatchObject({ hostAnswer: HOST_ANSWER });
  });

  test("that was revoked is nvu, and its session is over at once", async () => {
    const { companyId, pc, connectorId } = await aDesktopCompany(api, "running");
    await pc.logIn();
    await pc.send(HOST_ANSWER);
    await revokeConnector(api.pool, companyId, connectorId);
    expect(await pc.send()).toBe("");
    expect(await pc.lastError()).toContain("revoked");
    expect(await pc.logIn()).toBe("nvu");
  });
});

describe("the first request", () => {
  test("opens the session with what QuickBooks says, and wakes whoever waits for the PC", async () => {
    const { companyId, pc, connectorId } = await aDesktopCompany(api, "running");
    await expect(worker.of(companyId).session()).rejects.toMatchObject({
      fault: { kind: "connector-away" },
    });
    await pc.logIn();
    await expect(worker.of(companyId).session()).rejects.toMatchObject({
      fault: { kind: "connector-away", message: expect.stringContaining("is opening QuickBooks") },
    });
    expect(await wakesOf(companyId)).toBe(0);
    await pc.send(HOST_ANSWER);
    expect(await wakesOf(companyId)).toBe(1);
    expect(await worker.of(companyId).session()).toEqual({
      id: expect.any(String),
      connectorId,
      file: "C:\\Books\\Larry & Söhne.qbw",
      country: "US",
      majorVersion: 13,
      minorVersion: 0,
      hostAnswer: HOST_ANSWER,
      isJudged: false,
      refusedPath: null,
    });
    await pc.send();
    expect(await wakesOf(companyId)).toBe(1);
  });
});

describe("a ticket", () => {
  test("that is not ours gets an answer of the contract from every method", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await pc.logIn();
    await pc.send(HOST_ANSWER);
    const foreign = new Pc(api.api, { username: "x", password: "y" });
    for (const ticket of ["", "x", "A".repeat(43), "é".repeat(1_000), pc.ticket.toUpperCase()]) {
      foreign.ticket = ticket;
      expect(await foreign.send(HOST_ANSWER)).toBe("");
      expect(await foreign.receive("<a/>")).toBe(-1);
      expect(await foreign.lastError()).toContain("not known here");
      expect(await foreign.connectionError("0x80040414", "x")).toBe("done");
      expect(await foreign.close()).toBe("There was nothing to do.");
      expect(await foreign.call("getInteractiveURL", { wcTicket: ticket, sessionID: "1" })).toBe(
        "http://localhost:4000/qbwc",
      );
      expect(await foreign.call("interactiveDone", { wcTicket: ticket })).toBe("Done");
      expect(
        await foreign.call("interactiveRejected", { wcTicket: ticket, reason: "late" }),
      ).not.toBe("");
    }
    expect((await sessionsOf(companyId)).map(({ state }) => state)).toEqual(["open"]);
  });

  test("is stored as its hash alone", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "new");
    await pc.logIn();
    const { rows } = await api.pool.query(
      "select desktop_sessions::text as row, connectors::text as connector from desktop_sessions join connectors using (company_id) where company_id = $1",
      [companyId],
    );
    expect(JSON.stringify(rows)).not.toContain(pc.ticket);
    expect(JSON.stringify(rows)).not.toContain(pc.login.strPassword);
  });

  test("of a session that was closed stays closed", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await pc.logIn();
    await pc.send(HOST_ANSWER);
    expect(await pc.close()).toBe("There was nothing to do.");
    expect(await pc.send(HOST_ANSWER)).toBe("");
    expect(await pc.lastError()).toContain("over");
    expect(await pc.receive("<a/>")).toBe(100);
    expect(await pc.connectionError("0x80040414", "x")).toBe("done");
    expect(await pc.close()).toBe("There was nothing to do.");
    expect((await sessionsOf(companyId)).map(({ state }) => state)).toEqual(["ended"]);
    expect(await wakesOf(companyId)).toBe(1);
  });
});

test("a Web Connector that is too old is told so", async () => {
  const pc = new Pc(api.api, { username: "x", password: "y" });
  for (const strVersion of ["2.0.0.107", "2.3.0.215", "34.0.0.1", "", "strange"]) {
    expect(await pc.call("clientVersion", { strVersion })).toBe("");
  }
  expect(await pc.call("clientVersion", { strVersion: "1.5.0.43" })).toMatch(/^E:.*too old/);
});

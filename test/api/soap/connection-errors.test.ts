import { describe, expect, test } from "vitest";
import { z } from "zod";

import { many, one, sql } from "../../../db/sql.ts";
import { withApi } from "../support.ts";
import { aDesktopCompany, HOST_ANSWER } from "./calls.ts";
import { withExchanges } from "./worker.ts";

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

describe("a connection error", () => {
  test("ends the session, is shown by the batch that waits, and wakes it", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await api.pool.query(
      "update batches set waiting_for = 'connector-away', waiting_since = now() where company_id = $1",
      [companyId],
    );
    await pc.logIn();
    expect(await pc.connectionError("0x80040414", "A modal dialog box is showing.")).toBe("done");
    const fault = await worker
      .of(companyId)
      .session()
      .catch((error: unknown) => error);
    const kind = (fault as { fault: { kind: string } }).fault.kind;
    expect(kind).not.toBe("connector-away");
    expect(await sessionsOf(companyId)).toMatchObject([{ state: "ended", endedBy: { kind } }]);
    const { rows } = await api.pool.query("select waiting_for from batches where company_id = $1", [
      companyId,
    ]);
    expect(rows).toEqual([{ waiting_for: kind }]);
    expect(await wakesOf(companyId)).toBe(1);
    expect(await pc.lastError()).not.toBe("");
    expect(await pc.close()).not.toBe("");
  });

  test("leaves a batch alone that does not wait", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await pc.logIn();
    await pc.connectionError("0x80040414", "A modal dialog box is showing.");
    const { rows } = await api.pool.query("select waiting_for from batches where company_id = $1", [
      companyId,
    ]);
    expect(rows).toEqual([{ waiting_for: null }]);
  });

  test("about the path that we gave tries the open file once", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await api.pool.query("update connectors set file = 'C:\\old.qbw' where company_id = $1", [
      companyId,
    ]);
    expect(await pc.logIn()).toBe("C:\\old.qbw");
    expect(await pc.connectionError("0x80040406", "not found")).toBe("");
    expect(await pc.send(HOST_ANSWER)).toBe("NoOp");
    expect(await worker.of(companyId).session()).toMatchObject({ refusedPath: "0x80040406" });
    expect(await pc.connectionError("0x80040406", "not found")).toBe("done");
  });

  test.each(["0x80040403", "0x80040408", "0x8004040A", "0x8004040a"])(
    "%s is about the path, but not where none was given",
    async (hresult) => {
      const { companyId, pc } = await aDesktopCompany(api, "running");
      await pc.logIn();
      expect(await pc.connectionError(hresult, "could not be opened")).toBe("done");
      await api.pool.query("update connectors set file = 'C:\\old.qbw' where company_id = $1", [
        companyId,
      ]);
      await pc.logIn();
      expect(await pc.connectionError(hresult, "could not be opened")).toBe("");
      expect(await pc.connectionError(hresult, "could not be opened")).toBe("done");
    },
  );

  test("of another sort does not try the open file", async () => {
    const { companyId, pc } = await aDesktopCompany(api, "running");
    await api.pool.query("update connectors set file = 'C:\\old.qbw' where company_id = $1", [
      companyId,
    ]);
    await pc.logIn();
    expect(await pc.connectionError("0x8004041A", "no permission")).toBe("done");
  });
});

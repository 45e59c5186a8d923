import { describe, expect, test } from "vitest";

import { moment } from "../../api/progress/moment.ts";
import { POLICY, type Fault, type FaultKind } from "../../core/faults.ts";
import { acceptMovedFile } from "../../db/company-files.ts";
import { addConnector } from "../../db/connectors.ts";
import {
  aDesktopCompany,
  aWaitingBatch,
  called,
  FILE,
  HOST,
  login,
  minutesAgo,
  refusedLogin,
  toldOf,
  type Paired,
} from "./desktop-rows.ts";
import { withApi } from "./support.ts";

const api = withApi();

const PC = `"Main PC" (${HOST})`;
const NEW_FILE = "D:\\Moved\\Larry.qbw";

const told = (companyId: string) => toldOf(api, companyId);

const next = (kind: FaultKind): string => `Next: ${POLICY[kind].nextStep}`;

describe("a batch that waits for the PC", () => {
  const SINCE = minutesAgo(90);
  const begin = `The initial sync waits since ${moment(SINCE)}: `;

  async function waiting(code: string): Promise<Paired> {
    const paired = await aDesktopCompany(api.pool, { confirmed: true });
    await aWaitingBatch(api.pool, paired.company.id, { code, since: SINCE });
    return paired;
  }

  test("says when it was last heard of", async () => {
    const { company, connector } = await waiting("connector-away");
    const soon = minutesAgo(2);
    await called(api.pool, connector, { at: soon, file: FILE, host: HOST });
    expect(await told(company.id)).toEqual({
      activity: "WAITING",
      status: `${begin}the Web Connector on ${PC} was last heard of at ${moment(soon)}. ${next("connector-away")}`,
      waitingFor: "connector-away",
      openBatch: { waitingFor: "connector-away" },
    });
  });

  test("says what is probable when it is silent for long", async () => {
    const { company, connector } = await waiting("connector-away");
    const long = minutesAgo(80);
    await called(api.pool, connector, { at: long, file: FILE, host: HOST });
    expect((await told(company.id))["status"]).toBe(
      `${begin}the Web Connector on ${PC} was last heard of at ${moment(long)}; the PC is probably off, asleep or logged off, or its Web Connector closed. ${next("connector-away")}`,
    );
  });

  test("names the PC that called last when there are several", async () => {
    const { company, connector } = await waiting("connector-away");
    await called(api.pool, connector, { at: minutesAgo(50), file: FILE, host: HOST });
    const { connector: second } = await addConnector(api.pool, {
      companyId: company.id,
      name: "Front desk",
      fileId: "unused",
    });
    await called(api.pool, second, { at: minutesAgo(40), file: FILE, host: null });
    expect((await told(company.id))["status"]).toContain('the Web Connector on "Front desk" was');
  });

  test("says that a wrong password was tried since", async () => {
    const { company, connector } = await waiting("connector-away");
    await refusedLogin(api.pool, connector, minutesAgo(0));
    expect((await told(company.id))["status"]).toContain(
      `somebody tried a wrong password for ${PC} at`,
    );
  });

  const at = minutesAgo(5);
  const fault = (kind: FaultKind, message = "x"): Fault => ({ kind, message, rawCode: "0x8004" });
  const FOUND: [Fault, string, "WAITING" | "NEEDS_YOU"][] = [
    [fault("quickbooks-closed"), `QuickBooks was closed on ${PC} at ${moment(at)}`, "WAITING"],
    [
      fault("quickbooks-unreachable", "The request processor does not answer."),
      `QuickBooks on ${PC} could not be reached at ${moment(at)}: The request processor does not answer`,
      "WAITING",
    ],
    [
      fault("other-file-open"),
      `another company file was open on ${PC} at ${moment(at)} (${NEW_FILE})`,
      "WAITING",
    ],
    [
      fault("single-user-mode"),
      `QuickBooks on ${PC} was in single-user mode at ${moment(at)}`,
      "WAITING",
    ],
    [fault("modal-open"), `a window was open in QuickBooks on ${PC} at ${moment(at)}`, "WAITING"],
    [
      fault("permission-missing", "No."),
      `QuickBooks on ${PC} did not let us in at ${moment(at)}: No`,
      "WAITING",
    ],
    [
      fault("file-unavailable"),
      `${PC} could not open the company file (${FILE}) at ${moment(at)}`,
      "WAITING",
    ],
    [
      fault("file-moved"),
      `the company file (${FILE}) was probably moved: ${PC} had it open (${NEW_FILE}) at ${moment(at)}`,
      "NEEDS_YOU",
    ],
    [
      fault("file-copied"),
      `${PC} had a file open (${NEW_FILE}) at ${moment(at)} that is probably a copy of the company file (${FILE})`,
      "NEEDS_YOU",
    ],
    [
      fault("file-replaced"),
      `${PC} had another file open (${NEW_FILE}) at ${moment(at)} in place of the company file (${FILE})`,
      "NEEDS_YOU",
    ],
    [
      fault("file-of-another-company", "It is Rock Castle's, not Larry's."),
      `${PC} had the file of another company open at ${moment(at)}: It is Rock Castle's, not Larry's`,
      "NEEDS_YOU",
    ],
    [
      fault("release-unsupported", "It is QuickBooks 2003."),
      `QuickBooks on ${PC} is of a release that cannot be used at ${moment(at)}: It is QuickBooks 2003`,
      "WAITING",
    ],
  ];

  test.each(FOUND)("says what was in the way: %o", async (endedBy, says, activity) => {
    const expected = {
      activity,
      status: `${begin}${says}. ${next(endedBy.kind)}`,
      waitingFor: endedBy.kind,
      openBatch: { waitingFor: endedBy.kind },
    };
    for (const code of ["connector-away", endedBy.kind]) {
      const { company, connector } = await waiting(code);
      await login(api.pool, connector, { at, file: NEW_FILE, endedBy });
      expect(await told(company.id), code).toEqual(expected);
    }
  });

  test("every fault that waits for a contact has its sentence above", () => {
    const said = new Set([...FOUND.map(([{ kind }]) => kind), "connector-away"]);
    const kinds = Object.entries(POLICY).filter(([, { retry }]) => retry === "contact");
    expect([...said].sort()).toEqual(kinds.map(([kind]) => kind).sort());
  });

  test("says that nothing was heard since what was in the way", async () => {
    const { company, connector } = await waiting("connector-away");
    const before = minutesAgo(70);
    await called(api.pool, connector, { at: before, file: FILE, host: HOST });
    await login(api.pool, connector, { at: before, endedBy: fault("quickbooks-closed") });
    expect((await told(company.id))["status"]).toContain(
      `QuickBooks was closed on ${PC} at ${moment(before)}, and nothing was heard since ${moment(before)}.`,
    );
  });

  test("a window is probable while QuickBooks owes an answer", async () => {
    const { company, connector } = await waiting("modal-open");
    await login(api.pool, connector, { at: minutesAgo(30), endedBy: fault("quickbooks-closed") });
    const sent = minutesAgo(12);
    const sessionId = await login(api.pool, connector, { at: minutesAgo(13), isLive: true });
    await api.pool.query(
      `insert into desktop_exchanges (company_id, session_id, request, state, sent_at)
        values ($1, $2, '', 'sent', $3)`,
      [company.id, sessionId, sent],
    );
    expect(await told(company.id)).toMatchObject({
      status: `${begin}a window is probably open in QuickBooks on ${PC} since ${moment(sent)}. ${next("modal-open")}`,
      waitingFor: "modal-open",
    });
  });

  test("a login that has shown nothing yet hides nothing, and one that showed the right file does", async () => {
    const { company, connector } = await waiting("connector-away");
    await login(api.pool, connector, { at, file: NEW_FILE, endedBy: fault("file-moved") });
    await login(api.pool, connector, { at: minutesAgo(2) });
    expect(await told(company.id)).toMatchObject({ waitingFor: "file-moved" });
    await login(api.pool, connector, { at: minutesAgo(1), isJudged: true });
    expect(await told(company.id)).toMatchObject({ waitingFor: "connector-away" });
  });

  test("a file that was accepted where it is waits for the next contact", async () => {
    const { company, connector } = await waiting("file-moved");
    await login(api.pool, connector, { at, file: NEW_FILE, endedBy: fault("file-moved") });
    await acceptMovedFile(api.pool, company.id);
    expect(await told(company.id)).toEqual({
      activity: "WAITING",
      status: `${begin}the company file is accepted (${NEW_FILE}), and we go on when ${PC} calls next. ${next("connector-away")}`,
      waitingFor: "connector-away",
      openBatch: { waitingFor: "connector-away" },
    });
  });

  test("a record that is locked is waited for by itself", async () => {
    const { company } = await waiting("record-locked");
    expect((await told(company.id))["status"]).toBe(
      `The initial sync waits since ${moment(SINCE)} for a record that somebody probably has open in QuickBooks. ${POLICY["record-locked"].nextStep}`,
    );
  });
});

describe("a company at rest", () => {
  const at = minutesAgo(5);

  async function synced(finishedAt: Date): Promise<Paired> {
    const paired = await aDesktopCompany(api.pool, { confirmed: true });
    const batchId = await aWaitingBatch(api.pool, paired.company.id, {
      code: null,
      since: finishedAt,
    });
    await api.pool.query(
      `update batches set status = 'succeeded', finished_at = $2 where id = $1`,
      [batchId, finishedAt],
    );
    return paired;
  }

  test("tells what the last contact found, unless it is older than the last result", async () => {
    const replaced: Fault = { kind: "file-replaced", message: "x" };
    const { company, connector } = await synced(minutesAgo(20));
    await login(api.pool, connector, { at, file: NEW_FILE, endedBy: replaced });
    expect(await told(company.id)).toMatchObject({
      activity: "NEEDS_YOU",
      status: `The initial sync succeeded at ${moment(minutesAgo(20))}. ${PC} had another file open (${NEW_FILE}) at ${moment(at)} in place of the company file (${FILE}). ${next("file-replaced")}`,
      waitingFor: "file-replaced",
    });
    const later = await synced(minutesAgo(1));
    await login(api.pool, later.connector, { at, file: NEW_FILE, endedBy: replaced });
    expect(await told(later.company.id)).toMatchObject({
      activity: "IDLE",
      status: `The initial sync succeeded at ${moment(minutesAgo(1))}. Nothing to do.`,
      waitingFor: null,
    });
  });

  test("tells that the file was restored, while it runs too", async () => {
    const { company } = await aDesktopCompany(api.pool, { confirmed: true });
    const restored = minutesAgo(3);
    await api.pool.query("update connections set restored_at = $2 where company_id = $1", [
      company.id,
      restored,
    ]);
    const sentence = `The company file was restored from a backup (found at ${moment(restored)}): what it holds is verified again.`;
    expect((await told(company.id))["status"]).toBe(
      `Connected, and never synced. Next: call startInitialSync. ${sentence}`,
    );
    const since = minutesAgo(1);
    await aWaitingBatch(api.pool, company.id, { code: null, since });
    expect((await told(company.id))["status"]).toBe(
      `The initial sync runs since ${moment(since)}. ${sentence}`,
    );
  });
});

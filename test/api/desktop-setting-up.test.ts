import { expect, test } from "vitest";

import { moment } from "../../api/progress/moment.ts";
import { OPEN_QWC } from "../../api/progress/pc.ts";
import { POLICY } from "../../core/faults.ts";
import { createCompany, keepRefusedFile } from "../../db/companies.ts";
import { revokeConnector } from "../../db/connectors.ts";
import {
  aDesktopCompany,
  called,
  FILE,
  HOST,
  login,
  look,
  minutesAgo,
  refusedLogin,
  toldOf,
} from "./desktop-rows.ts";
import { withApi } from "./support.ts";

const api = withApi();

const told = (companyId: string) => toldOf(api, companyId);

test("a new company is told to be connected", async () => {
  const company = await createCompany(api.pool, { name: "New", edition: "desktop" });
  expect(await told(company.id)).toMatchObject({
    activity: "NEEDS_YOU",
    status:
      "Not connected yet. Next: call connectDesktop, and open its .qwc with the Web Connector on the PC that has QuickBooks.",
    waitingFor: null,
  });
});

test("a PC that never called is waited for", async () => {
  const { company } = await aDesktopCompany(api.pool);
  expect(await told(company.id)).toMatchObject({
    activity: "NEEDS_YOU",
    status: `Not connected yet: the Web Connector on "Main PC" has never called. Next: ${OPEN_QWC}`,
    waitingFor: "connector-away",
  });
});

test("a wrong password is told with its moment and where it came from", async () => {
  const { company, connector } = await aDesktopCompany(api.pool);
  const at = minutesAgo(3);
  await refusedLogin(api.pool, connector, at);
  expect(await told(company.id)).toMatchObject({
    status: `Not connected yet: somebody tried a wrong password for "Main PC" at ${moment(at)} from 203.0.113.7. Next: Type the password into the Web Connector again, or call rotateConnectorPassword for a new one.`,
    waitingFor: "connector-away",
  });
  await called(api.pool, connector, { at: minutesAgo(1), file: null, host: null });
  expect((await told(company.id))["status"]).not.toContain("wrong password");
});

test("a company whose only PC was revoked needs another", async () => {
  const { company, connector } = await aDesktopCompany(api.pool);
  await revokeConnector(api.pool, company.id, connector.id);
  expect(await told(company.id)).toMatchObject({
    status:
      "Not connected yet: every PC's login was revoked. Next: Call addConnector, and open its .qwc with the Web Connector on the PC.",
  });
});

test("what was in the way at the first contact is told", async () => {
  const { company, connector } = await aDesktopCompany(api.pool);
  const at = minutesAgo(2);
  await called(api.pool, connector, { at, file: null, host: HOST });
  await login(api.pool, connector, {
    at,
    endedBy: {
      kind: "permission-missing",
      message: "The administrator has not let this application in.",
      rawCode: "0x80040418",
    },
  });
  expect(await told(company.id)).toMatchObject({
    activity: "NEEDS_YOU",
    status: `Not connected yet: QuickBooks on "Main PC" (${HOST}) did not let us in at ${moment(at)}: The administrator has not let this application in. Next: ${POLICY["permission-missing"].nextStep}`,
    waitingFor: "permission-missing",
  });
});

test("first contact under way is told as that", async () => {
  const { company, connector } = await aDesktopCompany(api.pool);
  await login(api.pool, connector, { at: minutesAgo(0), isLive: true });
  expect(await told(company.id)).toMatchObject({
    activity: "RUNNING",
    status: "First contact: we look whose books these are. Nothing to do: it takes a minute.",
    waitingFor: null,
  });
});

test("a file that was seen waits for a person to say yes", async () => {
  const paired = await aDesktopCompany(api.pool);
  await look(api.pool, paired, minutesAgo(2));
  expect(await told(paired.company.id)).toMatchObject({
    activity: "NEEDS_YOU",
    status: `The company file of "Larry's Landscaping & Garden Supply" (${FILE}) was seen. Next: look at whose books these are (books, firstLook), then call confirmCompany.`,
    waitingFor: null,
  });
  const at = minutesAgo(1);
  await login(api.pool, paired.connector, {
    at,
    endedBy: { kind: "single-user-mode", message: "x", rawCode: "0x80040410" },
  });
  expect(await told(paired.company.id)).toMatchObject({
    status: expect.stringContaining(
      `was seen. At the last contact since then, QuickBooks on "Main PC" was in single-user mode at ${moment(at)}. Next:`,
    ),
    waitingFor: "single-user-mode",
  });
});

test("a file that another company is bound to is refused with both names", async () => {
  const { company } = await aDesktopCompany(api.pool);
  const kind = "file-of-another-company";
  const message = `This file is bound to "Rock Castle", not to "${company.name}".`;
  await keepRefusedFile(api.pool, company.id, { kind, message });
  expect(await told(company.id)).toMatchObject({
    status: `Not connected yet: ${message} Next: ${POLICY[kind].nextStep}`,
    waitingFor: "file-of-another-company",
  });
});

test("a confirmed one says how to begin", async () => {
  const { company } = await aDesktopCompany(api.pool, { confirmed: true });
  expect(await told(company.id)).toMatchObject({
    activity: "IDLE",
    status: "Connected, and never synced. Next: call startInitialSync.",
    waitingFor: null,
  });
});

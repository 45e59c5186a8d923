import { expect, test } from "vitest";

import { statusOf as statusAt } from "../../api/progress/status.ts";
import type { Batch } from "../../db/batches.ts";
import type { Company } from "../../db/companies.ts";
import type { Overview } from "../../db/overviews.ts";

const AT = new Date("2026-11-22T10:02:00Z");

const company = (over: Partial<Company> = {}): Company => ({
  id: "5f0f0b3e-7a0e-4c39-9d8e-0d2d3b1c2a10",
  name: "Craig's Design",
  edition: "online",
  state: "connected",
  stateReason: null,
  confirmedAt: AT,
  workableAt: null,
  autoSyncEnabled: false,
  autoSyncEveryMinutes: 120,
  autoSyncPayments: true,
  autoSyncHeld: null,
  failuresInARow: 0,
  createdAt: AT,
  ...over,
});

const batch = (over: Partial<Batch> = {}): Batch => ({
  id: "c33d9de3-2f5b-4ef3-8e2a-1f7e9a6f4b21",
  companyId: company().id,
  kind: "initial",
  trigger: "user",
  startedBy: "test",
  label: "Initial sync of Craig's Design",
  status: "running",
  waitingFor: null,
  waitingSince: null,
  waitingUntil: null,
  phase: null,
  historyFrom: null,
  reapply: null,
  result: null,
  failure: null,
  position: 1,
  queuedAt: AT,
  startedAt: AT,
  finishedAt: null,
  ...over,
});

const overview = (over: Partial<Overview> = {}): Overview => ({
  connection: {
    realmId: "1",
    state: "authorized",
    books: {
      name: "Sandbox Company",
      quickbooksId: "1",
      file: null,
      edition: null,
      country: null,
      currency: null,
    },
    changesFrom: null,
    cursorAt: null,
    fileId: null,
    firstLook: null,
    fileSince: null,
    restoredAt: null,
  },
  openBatch: null,
  lastBatch: null,
  attention: 0,
  connectors: [],
  session: null,
  ...over,
});

const statusOf = (of: Company, its: Overview) => statusAt(of, its, AT);

const newcomer = company({ state: "setting_up", confirmedAt: null });

test("a new company needs somebody to connect it", () => {
  expect(statusOf(newcomer, overview({ connection: null }))).toEqual({
    activity: "needs_you",
    status:
      "Not connected yet. Next: call connectOnline and send an administrator of the QuickBooks company to its address.",
    waitingFor: null,
  });
});

test("a connected one needs somebody to say whose books these are", () => {
  expect(statusOf(newcomer, overview())).toEqual({
    activity: "needs_you",
    status:
      'Connected to "Sandbox Company". Next: look at whose books these are, then call confirmCompany.',
    waitingFor: null,
  });
});

test("a confirmed one that was never synced says how to begin", () => {
  expect(statusOf(company(), overview())).toEqual({
    activity: "idle",
    status: "Connected, and never synced. Next: call startInitialSync.",
    waitingFor: null,
  });
});

test.each([
  [
    "autosync",
    "changes",
    "The AutoSync runs since 2026-11-22 10:02 UTC: reading what changed since the last run.",
  ],
  [
    "historical",
    "history",
    "The sync of the history runs since 2026-11-22 10:02 UTC: reading the years before.",
  ],
] as const)("a running %s says what it is at", (kind, phase, status) => {
  const openBatch = batch({ kind, phase });
  expect(statusOf(company(), overview({ openBatch }))).toEqual({
    activity: "running",
    status,
    waitingFor: null,
  });
});

test("a batch that has made room waits for its turn since then", () => {
  const waitingSince = new Date("2026-11-22T10:01:00Z");
  const openBatch = batch({
    status: "queued",
    waitingFor: "turn",
    waitingSince,
    queuedAt: new Date("2026-11-22T08:00:00Z"),
  });
  expect(statusOf(company(), overview({ openBatch })).status).toContain(
    "waits since 2026-11-22 10:01 UTC for its turn",
  );
});

test("a batch in the queue waits for its turn", () => {
  const openBatch = batch({ status: "queued", startedAt: null });
  expect(statusOf(company(), overview({ openBatch }))).toEqual({
    activity: "waiting",
    status:
      "The initial sync waits since 2026-11-22 10:02 UTC for its turn. Nothing to do: a worker takes it up by itself.",
    waitingFor: "turn",
  });
});

test("a running one says what it is at, and whether people can work", () => {
  const openBatch = batch({ phase: "open-balances" });
  expect(statusOf(company(), overview({ openBatch }))).toEqual({
    activity: "running",
    status: "The initial sync runs since 2026-11-22 10:02 UTC: reading open balances.",
    waitingFor: null,
  });
  const later = statusOf(company({ workableAt: AT }), overview({ openBatch }));
  expect(later.status).toContain("People can work meanwhile.");
  const strange = statusOf(company(), overview({ openBatch: batch({ phase: "handing over" }) }));
  expect(strange.status).toContain(": handing over.");
});

test("a waiting one says for what, since when, and who acts next", () => {
  const openBatch = batch({
    waitingFor: "throttled",
    waitingSince: AT,
    waitingUntil: new Date("2026-11-22T10:03:00Z"),
  });
  expect(statusOf(company(), overview({ openBatch }))).toEqual({
    activity: "waiting",
    status:
      "The initial sync waits since 2026-11-22 10:02 UTC for QuickBooks, which asked us to slow down. It looks again at 2026-11-22 10:03 UTC. Nothing to do: QuickBooks asked us to slow down, and we go on by ourselves.",
    waitingFor: "throttled",
  });
});

test("what only a person can end names that person", () => {
  const waitingFor = (code: string) =>
    statusOf(company(), overview({ openBatch: batch({ waitingFor: code, waitingSince: AT }) }));
  expect(waitingFor("monthly-quota").status).toContain("Raise its tier");
  expect(waitingFor("authorization-ended").status).toContain("call connectOnline");
  expect(waitingFor("something-new").status).toContain("UTC for something-new.");
});

test("a disconnected one says why and how to connect it again", () => {
  const lost = company({
    state: "disconnected",
    stateReason: {
      kind: "authorization-ended",
      message: "Intuit says that the authorisation is over",
      nextStep: "Reconnect: call connectOnline.",
      rawCode: "invalid_grant",
    },
  });
  expect(statusOf(lost, overview())).toEqual({
    activity: "needs_you",
    status:
      "Disconnected: Intuit says that the authorisation is over. Next: Reconnect: call connectOnline.",
    waitingFor: null,
  });
});

test("a paused one says so, whatever else there is", () => {
  const openBatch = batch({ status: "queued" });
  expect(statusOf(company({ state: "paused" }), overview({ openBatch }))).toMatchObject({
    activity: "idle",
    status: expect.stringContaining("Paused by a person."),
  });
});

test("the last result is told when nothing goes on", () => {
  const after = (lastBatch: Partial<Batch>, attention = 0) =>
    statusOf(
      company({ workableAt: AT }),
      overview({ lastBatch: batch({ finishedAt: AT, ...lastBatch }), attention }),
    );
  expect(after({ status: "succeeded" })).toEqual({
    activity: "idle",
    status: "The initial sync succeeded at 2026-11-22 10:02 UTC. Nothing to do.",
    waitingFor: null,
  });
  expect(after({ status: "succeeded" }, 1)).toMatchObject({
    activity: "needs_you",
    status: "The initial sync succeeded at 2026-11-22 10:02 UTC. 1 thing needs attention.",
  });
  expect(after({ status: "cancelled" })).toMatchObject({
    activity: "idle",
    status: expect.stringContaining("Call retryBatch to go on."),
  });
  const failure = {
    kind: "query-refused",
    message: "QuickBooks refused a question",
    nextStep: "Report this with the trace id.",
    rawCode: "4000",
  };
  expect(after({ status: "failed", failure })).toMatchObject({
    activity: "needs_you",
    status:
      "The initial sync failed at 2026-11-22 10:02 UTC: QuickBooks refused a question. Next: Report this with the trace id.",
  });
});

import { beforeAll, describe, expect, test } from "vitest";

import { withProcesses } from "../support/services.ts";
import {
  connectedCompany,
  expectEqualBooks,
  isOver,
  untilBatch,
  withStage,
} from "../support/sync.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { eventsOf } from "./events.ts";
import { answerOf, at, NOBODY } from "./support.ts";

const stage = withStage();
const start = withProcesses();

const READY_MS = 30_000;

/** Starts `api/main.ts` on a free port and answers its address. */
async function startApi(over: Record<string, string> = {}) {
  const child = await start("api/main.ts", { ...stage.env, PORT: "0", ...over });
  const url = await child.line((line) => /^Evenbooks API at (http:\S+)$/.exec(line)?.[1], READY_MS);
  return { child, url };
}

const mint = async (...args: string[]): Promise<NodeProcess> => {
  const child = await start("api/auth/mint-token.ts", { DATABASE_URL: stage.databaseUrl }, args);
  await child.ended;
  return child;
};

const ask = (url: string, token: string, query: string, accept = "application/json") =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, accept },
    body: JSON.stringify({ query }),
  });

test("an api killed with SIGKILL in the middle of a sync takes nothing along; the next one shows how it ended", async () => {
  await stage.worker();
  const realmId = await stage.simulator.company({ records: 5_000 });
  const companyId = await connectedCompany(stage, realmId);
  const token = (await mint("--role", "ADMIN")).output().trim();
  const first = await startApi();
  const started = await answerOf(
    await ask(
      first.url,
      token,
      `mutation { startInitialSync(companyId: "${companyId}") { ... on Batch { id } } }`,
    ),
  );
  const batchId = String(at(started, "startInitialSync.id"));
  await untilBatch(stage, companyId, batchId, (batch) => batch.phase !== null);
  first.child.kill("SIGKILL");
  expect((await first.child.ended).signal).toBe("SIGKILL");

  await untilBatch(stage, companyId, batchId, isOver);
  const next = await startApi();
  const answer = await answerOf(
    await ask(next.url, token, `{ batch(id: "${batchId}") { status } }`),
  );
  expect(answer.data).toEqual({ batch: { status: "SUCCEEDED" } });
  await expectEqualBooks(stage, companyId, realmId);
  expect((await next.child.stop()).code).toBe(0);
});

describe("npm run token", () => {
  test("prints a token alone on its line; with it the api answers", async () => {
    const child = await mint("--role", "viewer", "--name", "the console");
    const token = child.output().trim();
    expect(token).toMatch(/^evb_[\w-]{43}$/);
    const api = await startApi();
    const answer = await answerOf(await ask(api.url, token, "{ viewer { name role companyIds } }"));
    expect(answer.data).toEqual({
      viewer: { name: "the console", role: "VIEWER", companyIds: null },
    });
    expect((await api.child.stop()).code).toBe(0);
  });

  test.each([
    [["--role", "KING"], "Say which role"],
    [[], "Say which role"],
    [["--role", "OPS", "--name", "x\ny"], "--name has 1 to 100 characters"],
    [["--role", "OPS", "--company", "nonsense"], "There is no company nonsense"],
    [["--role", "OPS", "--what"], "--what"],
  ])("answers %j with a sentence and exit code 1", async (args, sentence) => {
    const child = await mint(...args);
    expect((await child.ended).code).toBe(1);
    expect(child.output()).toContain(sentence);
    expect(child.output()).not.toContain("    at ");
  });
});

test("settings that are wrong are named together, without a stack", async () => {
  const child = await start("api/main.ts", {
    ...stage.env,
    ENCRYPTION_KEY: "short",
    INTUIT_CLIENT_ID: "",
    PORT: "x",
  });
  expect((await child.ended).code).toBe(1);
  const said = child.output();
  for (const name of ["ENCRYPTION_KEY", "INTUIT_CLIENT_ID", "PORT"]) expect(said).toContain(name);
  expect(said).not.toContain("    at ");
});

test("a port that is taken is a sentence", async () => {
  const { child, url } = await startApi();
  const second = await start("api/main.ts", { ...stage.env, PORT: new URL(url).port });
  expect((await second.ended).code).toBe(1);
  expect(second.output()).toContain("Set PORT");
  await child.stop();
});

describe("with Temporal, a worker and QuickBooks", () => {
  let token: string;
  beforeAll(async () => {
    token = (await mint("--role", "ADMIN")).output().trim();
  });

  test("a company goes the whole way over HTTP, and SIGTERM completes who still watches", async () => {
    const realm = await stage.simulator.company({ records: 500 });
    const { child, url } = await startApi();
    await stage.worker();
    const gql = async (query: string) => answerOf(await ask(url, token, query));
    const created = await gql(
      `mutation { createCompany(input: { name: "Craig", edition: ONLINE }) { ... on Company { id } } }`,
    );
    const id = String(at(created, "createCompany.id"));
    const connecting = await gql(
      `mutation { connectOnline(companyId: "${id}") { ... on OnlineAuthorization { authorizationUrl } } }`,
    );
    const consent = new URL(String(at(connecting, "connectOnline.authorizationUrl")));
    consent.searchParams.set("simulator_realm", realm);
    const back = (await fetch(consent, { redirect: "manual" })).headers.get("location") ?? "";
    const page = await fetch(new URL(new URL(back).pathname + new URL(back).search, url));
    expect(page.status).toBe(200);
    await gql(`mutation { confirmCompany(companyId: "${id}") { __typename } }`);
    const started = await gql(
      `mutation { startInitialSync(companyId: "${id}") { ... on Batch { id } } }`,
    );
    const batchId = String(at(started, "startInitialSync.id"));

    const watching = await ask(
      url,
      token,
      `subscription { batchProgress(id: "${batchId}") { status done total } }`,
      "text/event-stream",
    );
    const told: unknown[] = [];
    for await (const event of eventsOf(watching)) {
      told.push(event.name === "complete" ? "complete" : event.data);
    }
    expect(told.at(-1)).toBe("complete");
    expect(told.at(-2)).toMatchObject({ data: { batchProgress: { status: "SUCCEEDED" } } });

    const answer = await gql(`{
      company(id: "${id}") { activity workable status counts { kind present } }
      records(companyId: "${id}", kind: INVOICE, first: 500) { totalCount nodes { quickbooksId payload } }
    }`);
    expect(at(answer, "company.workable")).toBe(true);
    const counts = await stage.simulator.counts(realm);
    expect(at(answer, "records.totalCount")).toBe(counts["Invoice"]);
    const nodes = at(answer, "records.nodes") as { quickbooksId: string; payload: string }[];
    expect(nodes).toHaveLength(counts["Invoice"] ?? -1);
    for (const node of nodes) {
      expect(JSON.parse(node.payload)).toMatchObject({ Id: node.quickbooksId });
    }

    const open = await ask(
      url,
      token,
      `subscription { companyStatus(companyId: "${id}") { status } }`,
      "text/event-stream",
    );
    const events = eventsOf(open);
    await events.next();
    child.kill("SIGTERM");
    expect((await events.next()).value).toMatchObject({ name: "complete" });
    expect(await child.ended).toEqual({ code: 0, signal: null });
  }, 120_000);

  test("it starts and answers although Temporal and Intuit are away", async () => {
    const { child, url } = await startApi({
      TEMPORAL_ADDRESS: NOBODY,
      INTUIT_DISCOVERY_URL: `http://${NOBODY}/x`,
    });
    expect((await answerOf(await ask(url, token, "{ viewer { role } }"))).data).toEqual({
      viewer: { role: "ADMIN" },
    });
    const ready = await fetch(new URL("/readyz", url));
    expect(await ready.json()).toMatchObject({ status: "ready", temporal: "away" });
    child.kill("SIGINT");
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  test("it starts although PostgreSQL is away, says that it is not ready, and is back by itself", async () => {
    const { child, url } = await startApi({ DATABASE_URL: `postgres://x:y@${NOBODY}/z` });
    const ready = await fetch(new URL("/readyz", url));
    expect(ready.status).toBe(503);
    const answer = await ask(url, token, "{ viewer { role } }");
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("The database does not answer just now");
    expect((await fetch(new URL("/healthz", url))).status).toBe(200);
    expect((await child.stop()).code).toBe(0);
  });
});

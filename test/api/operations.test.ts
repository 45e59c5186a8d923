import { connect } from "node:net";

import { beforeAll, describe, expect, test } from "vitest";

import { listen, type Listening } from "../../api/server.ts";
import { raiseCompanyAttention } from "../../db/attention.ts";
import { inCompany } from "../../db/transactions.ts";
import { aBatch } from "../support/batches.ts";
import { graphqlRequest, PUBLIC_URL, withApi } from "./support.ts";

const api = withApi();

test("the process is up whatever else is away", async () => {
  const response = await api.get("/healthz");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "up" });
  expect((await api.api.fetch(`${PUBLIC_URL}/healthz`, { method: "HEAD" })).status).toBe(200);
});

describe("/readyz", () => {
  test("is ready without Temporal, and says that it is away", async () => {
    const response = await api.get("/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ready", database: "up", temporal: "away" });
  });

  test("is not ready while a migration is missing", async () => {
    const { rows } = await api.pool.query<{ name: string }>(
      "delete from migrations where name like '0002%' returning *",
    );
    const response = await api.get("/readyz");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: "not ready",
      database: expect.stringContaining("npm run migrate"),
    });
    await api.pool.query(
      "insert into migrations select * from json_populate_recordset(null::migrations, $1)",
      [JSON.stringify(rows)],
    );
    expect((await api.get("/readyz")).status).toBe(200);
  });
});

test("/metrics counts batches, waits, attention and metered calls, and names no company", async () => {
  const lease = await aBatch(api.pool);
  await api.company({ as: "confirmed" });
  await api.pool.query("update batches set waiting_for = 'throttled' where id = $1", [
    lease.batchId,
  ]);
  await inCompany(api.pool, lease.companyId, (tx) =>
    raiseCompanyAttention(tx, lease, {
      key: "x",
      cause: "count-differs",
      message: "x",
      nextStep: "x",
      kind: null,
    }),
  );
  await api.pool.query(
    "insert into metered_calls values ('test-client', date_trunc('month', now() at time zone 'utc'), $1, 41)",
    [lease.companyId],
  );
  const response = await api.get("/metrics");
  expect(response.headers.get("content-type")).toContain("text/plain");
  const text = await response.text();
  for (const line of [
    'evenbooks_batches{status="running"} 1',
    'evenbooks_waiting_companies{reason="throttled"} 1',
    'evenbooks_companies{state="connected"} 1',
    "evenbooks_attention_open 1",
    "evenbooks_metered_calls_month 41",
    'evenbooks_http_request_seconds_count{door="/healthz",status="200"}',
    "process_cpu_seconds_total",
  ]) {
    expect(text).toContain(line);
  }
  expect(text).not.toContain("Craig");
});

test("the front page says what this is and where to go", async () => {
  const response = await api.get("/");
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("POST /graphql");
});

describe("an error that nobody expected", () => {
  test("is masked, and its request id leads to the stack in the log", async () => {
    const token = await api.token();
    const { id } = await api.company();
    await api.pool.query("alter table record_counts rename to gone");
    const response = await api.api.fetch(
      graphqlRequest(token, { query: `{ company(id: "${id}") { counts { present } } }` }),
    );
    await api.pool.query("alter table gone rename to record_counts");
    const text = await response.text();
    const error = (
      JSON.parse(text) as { errors: { message: string; extensions: Record<string, string> }[] }
    ).errors[0];
    expect(error?.message).toContain("Something went wrong on our side");
    expect(error?.extensions["code"]).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toMatch(/record_counts|relation|\.ts/);
    const requestId = error?.extensions["requestId"] ?? "";
    expect(response.headers.get("x-request-id")).toBe(requestId);
    const logged = api
      .logged()
      .split("\n")
      .find((line) => line.includes(requestId) && line.includes('"stack"'));
    expect(logged).toContain("record_counts");
  });
});

describe("over a socket", () => {
  let server: Listening;
  beforeAll(async () => {
    server = await listen(api.api, { port: 0, publicUrl: PUBLIC_URL });
    return () => server.close();
  });

  const send = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
    });

  test.each(["a b", "][", "\u0001"])(
    "a Host of %j harms nobody and shows no stack",
    async (host) => {
      const answer = await send(
        `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 400/);
      expect(answer).not.toContain("node_modules");
    },
  );

  test("an address that cannot be read harms nobody either", async () => {
    for (const path of [
      "http://[",
      "//",
      "/oauth/callback?state=%ff&code=%00&realmId=1",
      "/%E0%A4%A",
    ]) {
      const answer = await send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 4\d\d/);
      expect(answer).not.toContain("node_modules");
    }
    expect((await api.get("/healthz")).status).toBe(200);
  });
});

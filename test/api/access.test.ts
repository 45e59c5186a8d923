import { beforeAll, describe, expect, test } from "vitest";

import { createApiSchema } from "../../api/schema.ts";
import { ROLES, type Role } from "../../db/api-tokens.ts";
import { enqueueBatch } from "../../db/batches.ts";
import { aDesktopCompany } from "./desktop-rows.ts";
import { eventually } from "../support/sync.ts";
import { at, graphqlRequest, withApi, type Answer } from "./support.ts";

const api = withApi();

interface Ids {
  companyId: string;
  batchId: string;
  connectorId: string;
}

/** Every field of Query and Mutation that is about one company, asked with that company's ids. */
const READS: Record<string, (ids: Ids) => string> = {
  company: ({ companyId }) =>
    `{ company(id: "${companyId}") { id status connectors { username } firstLook { seenAt } } }`,
  batch: ({ batchId }) => `{ batch(id: "${batchId}") { id } }`,
  batches: ({ companyId }) => `{ batches(companyId: "${companyId}") { nodes { id } } }`,
  record: ({ companyId }) =>
    `{ record(companyId: "${companyId}", kind: INVOICE, quickbooksId: "1") { payload } }`,
  records: ({ companyId }) =>
    `{ records(companyId: "${companyId}", kind: INVOICE) { nodes { payload } totalCount } }`,
  changes: ({ companyId }) => `{ changes(companyId: "${companyId}") { nodes { fromId } } }`,
  reconciliation: ({ companyId }) =>
    `{ reconciliation(companyId: "${companyId}") { agrees lines { note } csv } }`,
  attention: ({ companyId }) => `{ attention(companyId: "${companyId}") { nodes { id } } }`,
};

const RESULT = "{ __typename ... on Refusal { code message nextStep } }";
const WRITES: Record<string, (ids: Ids) => string> = {
  connectOnline: ({ companyId }) => `connectOnline(companyId: "${companyId}") ${RESULT}`,
  connectDesktop: ({ companyId }) => `connectDesktop(companyId: "${companyId}") ${RESULT}`,
  confirmCompany: ({ companyId }) => `confirmCompany(companyId: "${companyId}") ${RESULT}`,
  setAutoSync: ({ companyId }) =>
    `setAutoSync(companyId: "${companyId}", input: { enabled: true }) ${RESULT}`,
  startInitialSync: ({ companyId }) => `startInitialSync(companyId: "${companyId}") ${RESULT}`,
  startHistoricalSync: ({ companyId }) =>
    `startHistoricalSync(companyId: "${companyId}", from: "2025-01-01") ${RESULT}`,
  pauseCompany: ({ companyId }) => `pauseCompany(companyId: "${companyId}") ${RESULT}`,
  resumeCompany: ({ companyId }) => `resumeCompany(companyId: "${companyId}") ${RESULT}`,
  syncNow: ({ companyId }) => `syncNow(companyId: "${companyId}") ${RESULT}`,
  reapplyPayments: ({ companyId }) =>
    `reapplyPayments(companyId: "${companyId}", from: "2025-01-01") ${RESULT}`,
  verify: ({ companyId }) => `verify(companyId: "${companyId}") ${RESULT}`,
  addConnector: ({ companyId }) => `addConnector(companyId: "${companyId}", name: "x") ${RESULT}`,
  rotateConnectorPassword: ({ connectorId }) =>
    `rotateConnectorPassword(connectorId: "${connectorId}") ${RESULT}`,
  revokeConnector: ({ connectorId }) => `revokeConnector(connectorId: "${connectorId}") ${RESULT}`,
  acceptMovedFile: ({ companyId }) => `acceptMovedFile(companyId: "${companyId}") ${RESULT}`,
  acceptMassChange: ({ companyId }) => `acceptMassChange(companyId: "${companyId}") ${RESULT}`,
  startNewFile: ({ companyId }) => `startNewFile(companyId: "${companyId}") ${RESULT}`,
  cancelBatch: ({ batchId }) => `cancelBatch(id: "${batchId}") ${RESULT}`,
  retryBatch: ({ batchId }) => `retryBatch(id: "${batchId}") ${RESULT}`,
};

const SETTING_UP = [
  "connectOnline",
  "connectDesktop",
  "addConnector",
  "rotateConnectorPassword",
  "revokeConnector",
  "acceptMovedFile",
  "acceptMassChange",
  "startNewFile",
  "confirmCompany",
  "setAutoSync",
];
const MAY: Record<Role, string[]> = {
  admin: Object.keys(WRITES),
  implementer: Object.keys(WRITES),
  ops: Object.keys(WRITES).filter((name) => !SETTING_UP.includes(name)),
  app: ["startInitialSync", "startHistoricalSync", "syncNow"],
  accountant: [],
  viewer: [],
};

let mine: Ids;
let foreign: Ids;
const UNKNOWN: Ids = {
  companyId: "00000000-0000-4000-8000-000000000000",
  batchId: "00000000-0000-4000-8000-000000000001",
  connectorId: "00000000-0000-4000-8000-000000000002",
};
const NONSENSE: Ids = { companyId: "1 or 1=1", batchId: "x".repeat(10_000), connectorId: "''" };

beforeAll(async () => {
  mine = await aCompanyWithABatch("Mine");
  foreign = await aCompanyWithABatch("Foreign");
  foreignPc = await aPc("Foreign");
});

let foreignPc: Ids;

/** A Desktop company with a PC; its batch is nobody's. */
async function aPc(name: string): Promise<Ids> {
  const { company, connector } = await aDesktopCompany(api.pool, { name });
  return { ...UNKNOWN, companyId: company.id, connectorId: connector.id };
}

async function aCompanyWithABatch(name: string): Promise<Ids> {
  const { id } = await api.company({ name, as: "confirmed" });
  const { batch } = await enqueueBatch(api.pool, {
    companyId: id,
    kind: "verify",
    trigger: "user",
    startedBy: "test",
    label: "x",
    historyFrom: null,
  });
  return { ...UNKNOWN, companyId: id, batchId: batch.id };
}

const codeOf = (answer: Answer, name: string): unknown => at(answer, `${name}.code`) ?? null;

test("the tables above name every query, mutation and subscription there is", () => {
  const schema = createApiSchema();
  const about = (type: string, apart: string[]) =>
    Object.keys(
      (type === "Query" ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {},
    )
      .filter((name) => !apart.includes(name))
      .sort();
  expect(about("Query", ["companies", "viewer", "errorGuide"])).toEqual(Object.keys(READS).sort());
  expect(about("Mutation", ["createCompany"])).toEqual(Object.keys(WRITES).sort());
  expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toHaveLength(2);
});

describe.each(ROLES)("a token with the role %s, limited to one company", (role) => {
  let token: string;
  beforeAll(async () => {
    token = await api.token(role, [mine.companyId]);
  });

  test("reads its own company and nothing of another", async () => {
    for (const [name, query] of Object.entries(READS)) {
      const own = await api.ask(token, query(mine));
      expect(own.errors, name).toEqual([]);
      for (const ids of [foreign, foreignPc, UNKNOWN, NONSENSE]) {
        const other = await api.ask(token, query(ids));
        const isNull = other.errors.length === 0 && at(other, name) === null;
        const isNotFound = other.errors[0]?.extensions["code"] === "NOT_FOUND";
        expect(isNull || isNotFound, `${name} ${JSON.stringify(other)}`).toBe(true);
        expect(JSON.stringify(other)).not.toContain("Foreign");
      }
    }
  });

  test("lists its own company alone", async () => {
    const answer = await api.ask(token, "{ companies { nodes { name } } }");
    expect(answer.data).toEqual({ companies: { nodes: [{ name: "Mine" }] } });
  });

  test("is told not-found or forbidden for whatever it does to another company", async () => {
    const before = await everything();
    for (const [name, field] of Object.entries(WRITES)) {
      for (const ids of [foreign, foreignPc, UNKNOWN, NONSENSE]) {
        const answer = await api.ask(token, `mutation { ${field(ids)} }`);
        const expected = MAY[role].includes(name) ? "not-found" : "forbidden";
        expect(codeOf(answer, name), `${name} ${JSON.stringify(answer)}`).toBe(expected);
      }
    }
    expect(await everything()).toEqual(before);
  });

  test("does to its own what the role may, and nothing else", async () => {
    for (const [name, field] of Object.entries(WRITES)) {
      const answer = await api.ask(token, `mutation { ${field(mine)} }`);
      expect(codeOf(answer, name) !== "forbidden", name).toBe(MAY[role].includes(name));
    }
  });

  test("creates no company", async () => {
    const answer = await api.ask(token, CREATE);
    expect(codeOf(answer, "createCompany")).toBe("forbidden");
  });

  test("watches nothing of another company", async () => {
    for (const query of [
      `subscription { batchProgress(id: "${foreign.batchId}") { id } }`,
      `subscription { companyStatus(companyId: "${foreign.companyId}") { id } }`,
      `subscription { batchProgress(id: "nonsense") { id } }`,
    ]) {
      const response = await api.api.fetch(
        graphqlRequest(token, { query }, { accept: "text/event-stream" }),
      );
      const text = await response.text();
      expect(text).toContain("NOT_FOUND");
      expect(text).toContain("event: complete");
    }
  });
});

const CREATE = `mutation { createCompany(input: { name: "New", edition: ONLINE }) ${RESULT} }`;

test("only an administrator or implementer who sees all companies makes one", async () => {
  for (const role of ROLES) {
    const answer = await api.ask(await api.token(role), CREATE);
    const isMade = at(answer, "createCompany.__typename") === "Company";
    expect(isMade, role).toBe(role === "admin" || role === "implementer");
  }
});

test("a token that sees all companies sees both", async () => {
  const token = await api.token("viewer");
  const answer = await api.ask(
    token,
    `{ viewer { role companyIds } a: company(id: "${mine.companyId}") { name } b: company(id: "${foreign.companyId}") { name } }`,
  );
  expect(answer.data).toEqual({
    viewer: { role: "VIEWER", companyIds: null },
    a: { name: "Mine" },
    b: { name: "Foreign" },
  });
});

describe("without a token that is known", () => {
  const refused = async (request: Request) => {
    const response = await api.api.fetch(request);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
  };

  test("nothing is answered, introspection neither", async () => {
    await refused(graphqlRequest(null, { query: "{ companies { nodes { id } } }" }));
    await refused(graphqlRequest(null, { query: "{ __schema { types { name } } }" }));
    await refused(
      graphqlRequest("evb_wrong-wrong-wrong-wrong-wrong", { query: "{ viewer { name } }" }),
    );
    await refused(graphqlRequest(null, "not json"));
    await refused(
      graphqlRequest(null, { query: "{ viewer { name } }" }, { authorization: "Basic eDp5" }),
    );
  });

  test("a revoked token is none, one that was let in a moment ago neither", async () => {
    const fresh = await api.token();
    const used = await api.token();
    expect((await api.ask(used, "{ viewer { name } }")).errors).toEqual([]);
    await api.pool.query("update api_tokens set revoked_at = now()");
    await refused(graphqlRequest(fresh, { query: "{ viewer { name } }" }));
    await eventually(() => refused(graphqlRequest(used, { query: "{ viewer { name } }" })));
  });

  test("nor one that is revoked while the api cannot hear of it", async () => {
    const used = await api.token();
    await eventually(async () => expect(api.feed.isHearing()).toBe(true));
    expect((await api.ask(used, "{ viewer { name } }")).errors).toEqual([]);
    await api.pool.query(
      `with deaf as (select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'evenbooks-api-listen' and datname = current_database())
        update api_tokens set revoked_at = now() where exists (select from deaf)`,
    );
    // Well before what is remembered would be asked again anyway.
    await eventually(() => refused(graphqlRequest(used, { query: "{ viewer { name } }" })), 10_000);
  });
});

/** All rows that a mutation could have touched. */
async function everything(): Promise<unknown> {
  const tables = [
    "companies",
    "connections",
    "connectors",
    "desktop_sessions",
    "wakes",
    "oauth_states",
    "batches",
    "batch_steps",
  ];
  return Promise.all(
    tables.map(async (table) => {
      const { rows } = await api.pool.query(`select t::text as row from ${table} t order by 1`);
      return rows as unknown;
    }),
  );
}

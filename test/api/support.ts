import { randomBytes } from "node:crypto";

import { Client, Connection } from "@temporalio/client";
import type { Pool } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";

import { createApi, type Api } from "../../api/api.ts";
import { createCoordinators } from "../../api/coordinators.ts";
import { startFeed, type Feed } from "../../api/progress/feed.ts";
import { mintToken, type Role } from "../../db/api-tokens.ts";
import { confirmCompany, createCompany, type Company } from "../../db/companies.ts";
import { connectRealm, storeBooks } from "../../db/connections.ts";
import { createPool } from "../../db/pool.ts";
import { createSecretBox, type SecretBox } from "../../db/secret-box.ts";
import { createOauth } from "../../quickbooks/online/oauth.ts";
import { withDatabase } from "../support/services.ts";

export const PUBLIC_URL = "http://localhost:4000";
/** Nothing listens here: Temporal and Intuit as they are when they are away. */
export const NOBODY = "127.0.0.1:1";

/** The api on a database of the calling file's own. Read its fields inside tests and hooks only. */
export interface TestApi {
  readonly pool: Pool;
  readonly url: string;
  readonly api: Api;
  readonly box: SecretBox;
  readonly feed: Feed;
  /** What was logged so far, one line an event. */
  logged(): string;
  token(role?: Role, companyIds?: string[] | null): Promise<string>;
  ask(token: string, query: string, variables?: object): Promise<Answer>;
  get(path: string): Promise<Response>;
  /** A company, and as much of its way as is asked for. */
  company(how?: CompanyOptions): Promise<Company>;
}

export interface Answer {
  status: number;
  data: unknown;
  errors: { message: string; extensions: Record<string, unknown> }[];
}

interface CompanyOptions {
  name?: string;
  edition?: Company["edition"];
  as?: "new" | "connected" | "confirmed";
}

interface Elsewhere {
  /** Answers where Intuit is; nowhere unless given. */
  intuit?: () => string;
  /** Answers the address that the world is told; PUBLIC_URL unless given. */
  publicUrl?: () => string;
  /** The verifier token of webhooks; none unless given. */
  webhookToken?: string;
  /** Answers where Temporal is; nowhere unless given. */
  temporal?: () => { address: string; namespace: string };
}

let realms = 0;

/** Starts nothing but the api itself: Intuit and Temporal are away unless `elsewhere` says where they are. */
export function withApi(elsewhere: Elsewhere = {}): TestApi {
  const database = withDatabase();
  const lines: string[] = [];
  let pool: Pool | undefined;
  let made: { api: Api; feed: Feed; box: SecretBox; close(): Promise<void> } | undefined;
  beforeAll(() => {
    pool = createPool(database.url, { max: 20, name: "test", pipeline: true });
    made = make({ pool, url: database.url }, elsewhere, (line) => lines.push(line));
  });
  afterAll(async () => {
    await made?.close();
    await pool?.end();
  });
  const parts = () => {
    if (made === undefined) throw new Error("the api is read before the tests run");
    return made;
  };
  const thePool = () => {
    if (pool === undefined) throw new Error("the pool is read before the tests run");
    return pool;
  };
  return {
    get pool() {
      return thePool();
    },
    get url() {
      return database.url;
    },
    get api() {
      return parts().api;
    },
    get box() {
      return parts().box;
    },
    get feed() {
      return parts().feed;
    },
    logged: () => lines.join(""),
    token: (role = "admin", companyIds = null) =>
      mintToken(thePool(), { name: `test ${role}`, role, companyIds }),
    ask: async (token, query, variables = {}) =>
      answerOf(await parts().api.fetch(graphqlRequest(token, { query, variables }))),
    get: async (path) => parts().api.fetch(`${PUBLIC_URL}${path}`),
    company: (how = {}) => aCompany(thePool(), parts().box, how),
  };
}

function make(
  { pool, url }: { pool: Pool; url: string },
  elsewhere: Elsewhere,
  onLine: (line: string) => void,
) {
  const log = pino({ level: "debug" }, { write: onLine });
  const temporal = elsewhere.temporal?.() ?? { address: NOBODY, namespace: "default" };
  const connection = Connection.lazy({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const intuit = elsewhere.intuit?.() ?? `http://${NOBODY}`;
  const box = createSecretBox([randomBytes(32)]);
  const feed = startFeed(url, log);
  const api = createApi({
    pool,
    box,
    feed,
    log,
    oauth: createOauth({
      clientId: "test-client",
      clientSecret: "test-secret",
      discoveryUrl: `${intuit}/.well-known/openid_configuration`,
      redirectUri: `${PUBLIC_URL}/oauth/callback`,
    }),
    coordinators: createCoordinators(client, log),
    settings: {
      publicUrl: elsewhere.publicUrl?.() ?? PUBLIC_URL,
      intuitApiUrl: intuit,
      webhookToken: elsewhere.webhookToken ?? null,
      pace: { clientId: "test-client", requestsPerMinute: 100_000, requestsPerSecond: 10_000 },
      temporal: { uiUrl: "http://localhost:8233", namespace: temporal.namespace },
    },
  });
  return {
    api,
    feed,
    box,
    async close() {
      await api.dispose();
      await feed.close();
      await connection.close();
    },
  };
}

/** `POST /graphql`; without a token when it is null. */
export const graphqlRequest = (
  token: string | null,
  body: object | string,
  headers: Record<string, string> = {},
): Request =>
  new Request(`${PUBLIC_URL}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

export async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Partial<Answer>;
  return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
}

/** What stands at a path such as `startInitialSync.id` in an answer's data. */
export const at = (answer: Answer, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], answer.data);

async function aCompany(
  pool: Pool,
  box: SecretBox,
  { name = "Craig's Design", edition = "online", as = "new" }: CompanyOptions,
): Promise<Company> {
  const company = await createCompany(pool, { name, edition });
  if (as === "new") return company;
  const realmId = `test-${++realms}`;
  const later = new Date(Date.now() + 3_600_000);
  await connectRealm(pool, box, {
    companyId: company.id,
    realmId,
    tokens: {
      accessToken: "access",
      refreshToken: "refresh",
      accessExpiresAt: later,
      refreshExpiresAt: null,
    },
  });
  await storeBooks(pool, company.id, {
    name: `Books of ${name}`,
    quickbooksId: realmId,
    file: null,
    edition: "Plus",
    country: "US",
    currency: "USD",
  });
  return as === "confirmed" ? confirmCompany(pool, company.id) : company;
}

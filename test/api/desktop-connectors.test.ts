import { beforeAll, describe, expect, test } from "vitest";

import { createCompany, type Company } from "../../db/companies.ts";
import { checkLogin } from "../../db/connectors.ts";
import {
  aDesktopCompany,
  called,
  FILE,
  FILE_ID,
  HOST,
  login,
  minutesAgo,
  refusedLogin,
} from "./desktop-rows.ts";
import { at, PUBLIC_URL, withApi, type Answer, type TestApi } from "./support.ts";

const api = withApi();

const PAIRING = `{ __typename
  ... on DesktopPairing { username password qwc } ... on Refusal { code message nextStep } }`;

let token: string;
beforeAll(async () => {
  token = await api.token();
});

const aCompany = (name = "Larry's Landscaping"): Promise<Company> =>
  createCompany(api.pool, { name, edition: "desktop" });

const connect = (companyId: string, on: TestApi = api): Promise<Answer> =>
  run(`connectDesktop(companyId: "${companyId}") ${PAIRING}`, on);
const add = (companyId: string, name: string): Promise<Answer> =>
  run(`addConnector(companyId: "${companyId}", name: ${JSON.stringify(name)}) ${PAIRING}`);

async function run(field: string, on: TestApi = api): Promise<Answer> {
  const answer = await on.ask(on === api ? token : await on.token(), `mutation { a: ${field} }`);
  expect(answer.errors).toEqual([]);
  return answer;
}

const isLogin = async (username: unknown, password: unknown): Promise<boolean> =>
  (await checkLogin(api.pool, {
    username: String(username),
    password: String(password),
    remoteAddress: "203.0.113.9",
  })) !== null;

const element = (qwc: unknown, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(String(qwc))?.[1];

async function connectorsOf(companyId: string): Promise<Record<string, unknown>[]> {
  const answer = await api.ask(
    token,
    `{ company(id: "${companyId}") { connectors { id name username file host serving lastSeenAt revokedAt lastRefusedAt lastRefusedFrom } } }`,
  );
  expect(answer.errors).toEqual([]);
  return at(answer, "company.connectors") as Record<string, unknown>[];
}

const fileIdOf = async (companyId: string): Promise<unknown> => {
  const { rows } = await api.pool.query<{ id: string }>(
    "select file_id as id from connections where company_id = $1",
    [companyId],
  );
  return rows[0]?.id;
};

describe("connectDesktop", () => {
  test("gives the first PC a login, a password and a .qwc", async () => {
    const company = await aCompany("Büro & Söhne");
    const answer = await connect(company.id);
    const { username, password, qwc } = at(answer, "a") as Record<string, string>;
    expect(await isLogin(username, password)).toBe(true);
    expect(await isLogin(username, `${password}x`)).toBe(false);
    expect(qwc).toMatch(/^<\?xml /);
    expect(Buffer.from(qwc ?? "", "ascii").toString("ascii")).toBe(qwc);
    expect(qwc).not.toContain(password);
    expect(element(qwc, "AppURL")).toBe(`${PUBLIC_URL}/qbwc`);
    expect(element(qwc, "AppSupport")).toMatch(new RegExp(`^${PUBLIC_URL}/qbwc`));
    expect(element(qwc, "UserName")).toBe(username);
    expect(element(qwc, "QBType")).toBe("QBFS");
    expect(element(qwc, "FileID")).toMatch(FILE_ID);
    expect(element(qwc, "FileID")).toBe(await fileIdOf(company.id));
    expect(await connectorsOf(company.id)).toEqual([
      {
        id: expect.any(String),
        name: "Main PC",
        username,
        file: null,
        host: null,
        serving: false,
        lastSeenAt: null,
        revokedAt: null,
        lastRefusedAt: expect.any(String),
        lastRefusedFrom: "203.0.113.9",
      },
    ]);
  });

  test("shows a password once: called again it names what to call instead", async () => {
    const company = await aCompany();
    const first = await connect(company.id);
    const second = await connect(company.id);
    expect(at(second, "a")).toMatchObject({
      code: "already-done",
      nextStep: expect.stringMatching(/addConnector.*rotateConnectorPassword/),
    });
    expect(await isLogin(at(first, "a.username"), at(first, "a.password"))).toBe(true);
  });

  test("ten at once make one connector", async () => {
    const company = await aCompany();
    const answers = await Promise.all(Array.from({ length: 10 }, () => connect(company.id)));
    const refused = answers.filter((answer) => at(answer, "a.code") === "already-done");
    expect(refused).toHaveLength(9);
    expect(await connectorsOf(company.id)).toHaveLength(1);
  });

  test("companies of the same name get files that the Web Connector tells apart", async () => {
    const [one, other] = await Promise.all([aCompany("Twins"), aCompany("Twins")]);
    const [first, second] = await Promise.all([connect(one.id), connect(other.id)]);
    const fileIds = [first, second].map((answer) => element(at(answer, "a.qwc"), "FileID"));
    expect(new Set(fileIds).size).toBe(2);
    const names = [first, second].map((answer) => element(at(answer, "a.qwc"), "AppName"));
    expect(new Set(names).size).toBe(2);
  });
});

describe.each([
  "http://books.example.com",
  "http://192.168.1.20:4000",
  "https://203.0.113.7",
  "https://[2001:db8::1]",
])("the address %s, which the Web Connector would refuse", (address) => {
  const elsewhere = withApi({ publicUrl: () => address });

  test("is refused before a login is made", async () => {
    expect(await pairAt(elsewhere, address)).toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining(address),
      nextStep: expect.stringContaining("PUBLIC_URL"),
    });
  });
});

/** What connectDesktop answers on an api that tells the world this address. */
async function pairAt(on: TestApi, address: string): Promise<unknown> {
  const company = await createCompany(on.pool, { name: `At ${address}`, edition: "desktop" });
  const answer = await connect(company.id, on);
  if (at(answer, "a.__typename") === "Refusal") {
    const { rowCount } = await on.pool.query("select from connectors where company_id = $1", [
      company.id,
    ]);
    expect(rowCount).toBe(0);
  }
  return at(answer, "a");
}

describe.each([
  ["http://127.0.0.1:4123", "http://localhost:4123/qbwc"],
  ["http://localhost:4000", "http://localhost:4000/qbwc"],
  ["https://books.example.com", "https://books.example.com/qbwc"],
  ["https://books.example.com/evenbooks", "https://books.example.com/evenbooks/qbwc"],
])("the address %s", (address, url) => {
  const elsewhere = withApi({ publicUrl: () => address });

  test(`is written into the .qwc as ${url}`, async () => {
    const { qwc } = (await pairAt(elsewhere, address)) as { qwc: string };
    expect(element(qwc, "AppURL")).toBe(url);
  });
});

describe("more PCs", () => {
  test("each has a login and a pair of its own, also with a new password", async () => {
    const company = await aCompany();
    const first = await connect(company.id);
    const second = await add(company.id, "  Front desk ");
    expect(at(second, "a.username")).not.toBe(at(first, "a.username"));
    const of = (answer: Answer, name: string) => element(at(answer, "a.qwc"), name);
    for (const field of ["FileID", "OwnerID"]) {
      expect(of(second, field)).toMatch(/^\{[0-9A-F-]{36}\}$/);
      expect(of(second, field)).not.toBe(of(first, field));
    }
    const [, other] = await connectorsOf(company.id);
    const rotated = await run(
      `rotateConnectorPassword(connectorId: "${String(other?.["id"])}") { ... on DesktopPairing { qwc } }`,
    );
    expect(of(rotated, "FileID")).toBe(of(second, "FileID"));
    expect(of(rotated, "OwnerID")).toBe(of(second, "OwnerID"));
    expect(of(second, "AppName")).not.toBe(of(first, "AppName"));
    expect(of(second, "AppName")).toContain("Front desk");
    const names = (await connectorsOf(company.id)).map(({ name }) => name);
    expect(names).toEqual(["Main PC", "Front desk"]);
  });

  test.each(["", "   ", "two\nlines", "x".repeat(201)])("are not named %j", async (name) => {
    const company = await aCompany();
    expect(at(await add(company.id, name), "a.code")).toBe("invalid-input");
    expect(await connectorsOf(company.id)).toEqual([]);
  });

  test("are not named like one that is there; the name of a revoked one is free", async () => {
    const company = await aCompany();
    await add(company.id, "Front desk");
    expect(at(await add(company.id, "front DESK"), "a")).toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining("front DESK"),
    });
    const [connector] = await connectorsOf(company.id);
    await run(`revokeConnector(connectorId: "${String(connector?.["id"])}") { __typename }`);
    expect(at(await add(company.id, "Front desk"), "a.__typename")).toBe("DesktopPairing");
  });

  test("show when they were seen, what they have open, and who serves", async () => {
    const { company, connector } = await aDesktopCompany(api.pool);
    const seen = minutesAgo(1);
    const refused = minutesAgo(8);
    await called(api.pool, connector, { at: seen, file: FILE, host: HOST });
    await refusedLogin(api.pool, connector, refused);
    await login(api.pool, connector, { at: seen, isLive: true });
    expect(await connectorsOf(company.id)).toEqual([
      {
        id: connector.id,
        name: "Main PC",
        username: connector.username,
        file: FILE,
        host: HOST,
        serving: true,
        lastSeenAt: seen.toISOString(),
        revokedAt: null,
        lastRefusedAt: refused.toISOString(),
        lastRefusedFrom: "203.0.113.7",
      },
    ]);
  });
});

describe("rotateConnectorPassword", () => {
  test("ends the password before, and keeps everything else", async () => {
    const company = await aCompany();
    const first = await connect(company.id);
    const [connector] = await connectorsOf(company.id);
    const answer = await run(
      `rotateConnectorPassword(connectorId: "${String(connector?.["id"])}") ${PAIRING}`,
    );
    expect(at(answer, "a.username")).toBe(at(first, "a.username"));
    expect(at(answer, "a.qwc")).toBe(at(first, "a.qwc"));
    expect(await isLogin(at(first, "a.username"), at(first, "a.password"))).toBe(false);
    expect(await isLogin(at(answer, "a.username"), at(answer, "a.password"))).toBe(true);
  });

  test("is refused for one that was revoked", async () => {
    const { connector } = await aDesktopCompany(api.pool);
    await run(`revokeConnector(connectorId: "${connector.id}") { __typename }`);
    const answer = await run(`rotateConnectorPassword(connectorId: "${connector.id}") ${PAIRING}`);
    expect(at(answer, "a")).toMatchObject({
      code: "already-done",
      nextStep: expect.stringContaining("addConnector"),
    });
  });
});

test("revokeConnector ends a PC's login and its session; twice is once", async () => {
  const company = await aCompany();
  const paired = await connect(company.id);
  const [connector] = await connectorsOf(company.id);
  const id = String(connector?.["id"]);
  await login(api.pool, { id, companyId: company.id }, { at: minutesAgo(0), isLive: true });
  const revoke = () =>
    run(
      `revokeConnector(connectorId: "${id}") { __typename ... on Connector { serving revokedAt } }`,
    );
  const first = await revoke();
  expect(at(first, "a")).toMatchObject({ __typename: "Connector", serving: false });
  expect(at(first, "a.revokedAt")).toEqual(expect.any(String));
  expect(at(await revoke(), "a")).toEqual(at(first, "a"));
  expect(await isLogin(at(paired, "a.username"), at(paired, "a.password"))).toBe(false);
});

import { beforeAll, describe, expect, test } from "vitest";

import { createTokenStore } from "../../db/connections.ts";
import { withSimulator } from "../support/simulator.ts";
import { at, NOBODY, PUBLIC_URL, withApi } from "./support.ts";

const simulator = withSimulator();
beforeAll(() => simulator.start());
const api = withApi({ intuit: () => simulator.url });

let token: string;
beforeAll(async () => {
  token = await api.token();
});

/** Sends a browser to Intuit and answers the address that Intuit sends it back to. */
async function consent(companyId: string, realmId: string, deny = false): Promise<URL> {
  const answer = await api.ask(
    token,
    `mutation { connectOnline(companyId: "${companyId}") { ... on OnlineAuthorization { authorizationUrl expiresAt } } }`,
  );
  const url = new URL(String(at(answer, "connectOnline.authorizationUrl")));
  url.searchParams.set("simulator_realm", realmId);
  if (deny) url.searchParams.set("simulator_deny", "1");
  const response = await fetch(url, { redirect: "manual" });
  return new URL(response.headers.get("location") ?? "");
}

const comeBack = async (url: URL): Promise<{ status: number; page: string; headers: Headers }> => {
  const response = await api.get(url.pathname + url.search);
  return { status: response.status, page: await response.text(), headers: response.headers };
};

const connectionsOf = async (companyId: string) => {
  const { rows } = await api.pool.query<{ realm_id: string; credentials: Buffer; row: string }>(
    "select realm_id, credentials, c::text as row from connections c where company_id = $1",
    [companyId],
  );
  return rows;
};

test("a company is connected: consent, callback, books, confirmation", async () => {
  const realm = await simulator.company({ records: 0, companyName: "Craig's <Design>" });
  const company = await api.company({ name: "Tom & Jerry" });
  const back = await consent(company.id, realm);
  expect(back.origin + back.pathname).toBe(`${PUBLIC_URL}/oauth/callback`);
  const { status, page, headers } = await comeBack(back);
  expect(status).toBe(200);
  expect(page).toContain("Craig&#39;s &lt;Design&gt;");
  expect(page).toContain("Tom &amp; Jerry");
  expect(page).not.toMatch(/<script|<Design>/);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  const answer = await api.ask(
    token,
    `mutation { confirmCompany(companyId: "${company.id}") { ... on Company { state books { name quickbooksId country currency } } } }`,
  );
  expect(answer.data).toEqual({
    confirmCompany: {
      state: "CONNECTED",
      books: {
        name: "Craig's <Design>",
        quickbooksId: realm,
        country: "US",
        currency: "USD",
      },
    },
  });
});

test("tokens lie sealed in the database, and the state as a hash", async () => {
  const realm = await simulator.company({ records: 0 });
  const company = await api.company();
  const back = await consent(company.id, realm);
  await comeBack(back);
  const pair = await createTokenStore(api.pool, api.box, company.id).read();
  expect(pair.accessToken.length).toBeGreaterThan(10);
  const [connection] = await connectionsOf(company.id);
  const state = back.searchParams.get("state") ?? "";
  const { rows } = await api.pool.query<{ row: string }>(
    "select s::text as row from oauth_states s",
  );
  for (const secret of [pair.accessToken, pair.refreshToken]) {
    expect(connection?.credentials.includes(secret)).toBe(false);
    expect(connection?.row).not.toContain(secret);
    expect(connection?.row).not.toContain(Buffer.from(secret).toString("hex"));
  }
  expect(JSON.stringify(rows)).not.toContain(state);
  for (const secret of [pair.accessToken, pair.refreshToken, state, token]) {
    expect(api.logged()).not.toContain(secret);
  }
});

describe("a browser that comes back", () => {
  test("with a forged state, or with parts missing, connects nothing", async () => {
    const realm = await simulator.company({ records: 0 });
    const company = await api.company();
    const back = await consent(company.id, realm);
    const forged = new URL(back);
    forged.searchParams.set("state", "A".repeat(43));
    expect(await comeBack(forged)).toMatchObject({
      status: 400,
      page: expect.stringContaining("does not work any more"),
    });
    for (const part of ["state", "code", "realmId"]) {
      const incomplete = new URL(back);
      incomplete.searchParams.delete(part);
      expect(await comeBack(incomplete)).toMatchObject({
        status: 400,
        page: expect.stringContaining("not complete"),
      });
    }
    const elsewhere = new URL(back);
    elsewhere.searchParams.set("realmId", "../../v3/company/1");
    expect(await comeBack(elsewhere)).toMatchObject({ status: 400 });
    expect((await api.api.fetch(back.href, { method: "HEAD" })).status).toBe(405);
    expect(await connectionsOf(company.id)).toEqual([]);
    expect((await comeBack(back)).status).toBe(200);
  });

  test("twice, or late, is told that the link does not work any more", async () => {
    const realm = await simulator.company({ records: 0 });
    const company = await api.company();
    const back = await consent(company.id, realm);
    const both = await Promise.all([comeBack(back), comeBack(back)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const late = await consent(company.id, realm);
    await api.pool.query("update oauth_states set expires_at = now() - interval '1 second'");
    expect(await comeBack(late)).toMatchObject({
      status: 400,
      page: expect.stringContaining("lapsed"),
    });
  });

  test("with a code that was used already is told so, and the connection stays", async () => {
    const realm = await simulator.company({ records: 0 });
    const company = await api.company();
    const first = await consent(company.id, realm);
    await comeBack(first);
    const [before] = await connectionsOf(company.id);
    const second = await consent(company.id, realm);
    second.searchParams.set("code", first.searchParams.get("code") ?? "");
    expect(await comeBack(second)).toMatchObject({
      status: 400,
      page: expect.stringContaining("does not accept the code"),
    });
    expect(await connectionsOf(company.id)).toEqual([before]);
  });

  test("with a no is told that nothing was connected", async () => {
    const realm = await simulator.company({ records: 0 });
    const company = await api.company();
    const back = await consent(company.id, realm, true);
    expect(back.searchParams.get("error")).toBe("access_denied");
    expect(await comeBack(back)).toMatchObject({
      status: 400,
      page: expect.stringContaining("You did not agree"),
    });
    expect(await connectionsOf(company.id)).toEqual([]);
  });

  test("from books that belong to another company learns both names, and nothing is stored", async () => {
    const realm = await simulator.company({ records: 0 });
    const owner = await api.company({ name: "First owner" });
    await comeBack(await consent(owner.id, realm));
    const other = await api.company({ name: "Second comer" });
    const back = await consent(other.id, realm);
    const codes = (await simulator.calls(realm)).oauth.codes;
    const { status, page } = await comeBack(back);
    expect(status).toBe(409);
    expect(page).toContain("First owner");
    expect(page).toContain("Second comer");
    expect(await connectionsOf(other.id)).toEqual([]);
    expect((await simulator.calls(realm)).oauth.codes).toBe(codes);
  });

  test("for one realm from two companies at once connects one of them", async () => {
    const realm = await simulator.company({ records: 0 });
    const companies = await Promise.all([api.company({ name: "A" }), api.company({ name: "B" })]);
    const backs = await Promise.all(companies.map(({ id }) => consent(id, realm)));
    const answers = await Promise.all(backs.map(comeBack));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const rows = await Promise.all(companies.map(({ id }) => connectionsOf(id)));
    expect(rows.flat()).toHaveLength(1);
  });

  test("from other books than the confirmed ones is refused; from the confirmed ones connects again", async () => {
    const realm = await simulator.company({ records: 0 });
    const other = await simulator.company({ records: 0 });
    const company = await api.company();
    await comeBack(await consent(company.id, realm));
    const confirm = `mutation { confirmCompany(companyId: "${company.id}") { __typename } }`;
    expect(at(await api.ask(token, confirm), "confirmCompany.__typename")).toBe("Company");
    const [before] = await connectionsOf(company.id);
    expect(await comeBack(await consent(company.id, other))).toMatchObject({
      status: 409,
      page: expect.stringContaining("belongs to other books"),
    });
    expect(await connectionsOf(company.id)).toEqual([before]);
    await api.pool.query(
      "update companies set state = 'disconnected', state_reason = $2, auto_sync_enabled = true, workable_at = now() where id = $1",
      [company.id, { kind: "x", message: "x", nextStep: "x", rawCode: null }],
    );
    expect((await comeBack(await consent(company.id, realm))).page).toContain("The sync can go on");
    const answer = await api.ask(token, `{ company(id: "${company.id}") { state status } }`);
    expect(at(answer, "company.state")).toBe("CONNECTED");
    const wanted = "select kind from batches where company_id = $1";
    expect((await api.pool.query(wanted, [company.id])).rows).toEqual([{ kind: "manual" }]);
  });

  test("from other books before anybody confirmed is taken at its word", async () => {
    const first = await simulator.company({ records: 0, companyName: "Wrong" });
    const second = await simulator.company({ records: 0, companyName: "Right" });
    const company = await api.company();
    await comeBack(await consent(company.id, first));
    await comeBack(await consent(company.id, second));
    const answer = await api.ask(token, `{ company(id: "${company.id}") { books { name } } }`);
    expect(answer.data).toEqual({ company: { books: { name: "Right" } } });
  });
});

describe("confirmCompany", () => {
  const confirm = (companyId: string) =>
    api.ask(
      token,
      `mutation { confirmCompany(companyId: "${companyId}") { __typename ... on Refusal { code message nextStep } ... on Company { books { name } } } }`,
    );

  test("refuses a company that is connected to nothing", async () => {
    const online = await confirm((await api.company()).id);
    expect(online.data).toMatchObject({ confirmCompany: { code: "not-connected" } });
    const desktop = await confirm((await api.company({ edition: "desktop" })).id);
    expect(desktop.data).toMatchObject({ confirmCompany: { code: "not-connected" } });
  });

  test("reads books that could not be read at the callback; until then it refuses", async () => {
    const realm = await simulator.company({ records: 0, companyName: "Late" });
    const company = await api.company({ name: "Early" });
    await simulator.post("faults", {
      kind: "unavailable-html",
      times: -1,
      match: { realm, path: "companyinfo" },
    });
    const { status, page } = await comeBack(await consent(company.id, realm));
    expect(status).toBe(200);
    expect(page).toContain("could not be read yet");
    const refused = await confirm(company.id);
    expect(refused.data).toMatchObject({
      confirmCompany: {
        code: "not-connected",
        message: expect.stringContaining("whose books these are"),
      },
    });
    await simulator.remove("faults");
    expect((await confirm(company.id)).data).toEqual({
      confirmCompany: { __typename: "Company", books: { name: "Late" } },
    });
    expect((await confirm(company.id)).data).toMatchObject({
      confirmCompany: { __typename: "Company" },
    });
  });
});

test("Intuit going away between consent and callback stores nothing and says to try again", async () => {
  const realm = await simulator.company({ records: 0 });
  const company = await api.company();
  const back = await consent(company.id, realm);
  await simulator.post("faults", { kind: "cut", match: { path: "token" } });
  expect(await comeBack(back)).toMatchObject({
    status: 502,
    page: expect.stringContaining("Wait a minute"),
  });
  await simulator.remove("faults");
  expect(await connectionsOf(company.id)).toEqual([]);
  expect((await comeBack(await consent(company.id, realm))).status).toBe(200);
});

test("the wrong edition is told which call is its own", async () => {
  const desktop = await api.company({ edition: "desktop" });
  const online = await api.company();
  const answer = await api.ask(
    token,
    `mutation { connectOnline(companyId: "${desktop.id}") { ... on Refusal { code nextStep } }
      connectDesktop(companyId: "${online.id}") { ... on Refusal { code nextStep } } }`,
  );
  expect(answer.data).toEqual({
    connectOnline: { code: "wrong-edition", nextStep: "Call connectDesktop." },
    connectDesktop: { code: "wrong-edition", nextStep: "Call connectOnline." },
  });
});

describe("while Intuit is away", () => {
  const cutOff = withApi({ intuit: () => `http://${NOBODY}` });

  test("connectOnline says so and remembers nothing", async () => {
    const company = await cutOff.company();
    const answer = await cutOff.ask(
      await cutOff.token(),
      `mutation { connectOnline(companyId: "${company.id}") { ... on Refusal { code message nextStep } } }`,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({
      connectOnline: {
        code: "not-connected",
        message: expect.stringContaining("Intuit"),
        nextStep: "Nothing was changed. Call this again in a minute.",
      },
    });
    expect((await cutOff.pool.query("select 1 from oauth_states")).rows).toEqual([]);
  });

  test("confirmCompany refuses books that nobody could have seen", async () => {
    const company = await cutOff.company({ as: "connected" });
    await cutOff.pool.query("update connections set books = null");
    const answer = await cutOff.ask(
      await cutOff.token(),
      `mutation { confirmCompany(companyId: "${company.id}") { ... on Refusal { code message } } }`,
    );
    expect(answer.data).toMatchObject({ confirmCompany: { code: "not-connected" } });
    const { rows } = await cutOff.pool.query(
      "select 1 from companies where confirmed_at is not null",
    );
    expect(rows).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addRealm, control, startSimulator, type Running } from "./running.ts";

const REDIRECT = "http://localhost:4000/oauth/callback";
const BASIC = `Basic ${Buffer.from("client:secret").toString("base64")}`;

let running: Running;
let realm: string;
beforeAll(async () => {
  running = await startSimulator("--records", "100");
});
beforeEach(async () => {
  realm = await addRealm(running, { records: 100, seed: 1 });
});
afterAll(() => running.stop());

function authorize(change: Record<string, string | undefined> = {}): Promise<Response> {
  const wanted = {
    client_id: "client",
    scope: "com.intuit.quickbooks.accounting",
    redirect_uri: REDIRECT,
    response_type: "code",
    state: "s t/&te",
    simulator_realm: realm,
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) query.set(name, value);
  }
  return fetch(`${running.url}/connect/oauth2?${query.toString()}`, { redirect: "manual" });
}

async function code(): Promise<string> {
  const location = new URL((await authorize()).headers.get("location") ?? "");
  return location.searchParams.get("code") ?? "";
}

interface Given {
  status: number;
  body: Record<string, unknown>;
}

async function post(path: string, form: Record<string, string>, auth = BASIC): Promise<Given> {
  const response = await fetch(running.url + path, {
    method: "POST",
    headers: { authorization: auth },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

const exchange = (used: string, redirect = REDIRECT, auth = BASIC): Promise<Given> =>
  post(
    "/oauth2/v1/tokens/bearer",
    { grant_type: "authorization_code", code: used, redirect_uri: redirect },
    auth,
  );
const refresh = (value: unknown, auth = BASIC): Promise<Given> =>
  post(
    "/oauth2/v1/tokens/bearer",
    { grant_type: "refresh_token", refresh_token: String(value) },
    auth,
  );

async function call(token: unknown, ofRealm = realm): Promise<Response> {
  return fetch(`${running.url}/v3/company/${ofRealm}/companyinfo/${ofRealm}`, {
    headers: { authorization: `Bearer ${String(token)}`, accept: "application/json" },
  });
}
const statusOf = async (token: unknown): Promise<number> => (await call(token)).status;
const REFUSED = { status: 400, body: { error: "invalid_grant" } };

describe("discovery", () => {
  test.each(["openid_configuration", "openid_sandbox_configuration"])("is at %s", async (name) => {
    const response = await fetch(`${running.url}/.well-known/${name}`);
    expect(await response.json()).toMatchObject({
      authorization_endpoint: `${running.url}/connect/oauth2`,
      token_endpoint: `${running.url}/oauth2/v1/tokens/bearer`,
      revocation_endpoint: `${running.url}/v2/oauth2/tokens/revoke`,
    });
  });
});

describe("consent", () => {
  test("comes back with code, state and realm", async () => {
    const response = await authorize();
    expect(response.status).toBe(302);
    const location = new URL(response.headers.get("location") ?? "");
    expect(location.origin + location.pathname).toBe(REDIRECT);
    expect(location.searchParams.get("state")).toBe("s t/&te");
    expect(location.searchParams.get("realmId")).toBe(realm);
  });

  test("may be denied", async () => {
    const location = new URL(
      (await authorize({ simulator_deny: "1" })).headers.get("location") ?? "",
    );
    expect(location.searchParams.get("error")).toBe("access_denied");
    expect(location.searchParams.get("state")).toBe("s t/&te");
    expect(location.searchParams.has("code")).toBe(false);
  });

  test.each([
    { client_id: undefined },
    { response_type: "token" },
    { state: undefined },
    { scope: "accounting" },
    { scope: undefined },
    { redirect_uri: undefined },
    { redirect_uri: "http://example.com/callback" },
    { redirect_uri: "http://localhost:4000/callback?x=1" },
    { simulator_realm: "12" },
  ])("is refused on a page for people: %o", async (change) => {
    const response = await authorize(change);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("text/html");
  });
});

describe("a code", () => {
  test("brings a pair of tokens once; a second use kills them", async () => {
    const used = await code();
    const first = await exchange(used);
    expect(first).toMatchObject({
      status: 200,
      body: { token_type: "bearer", expires_in: 3600, x_refresh_token_expires_in: 8_726_400 },
    });
    expect(first.body).not.toHaveProperty("realmId");
    expect(await statusOf(first.body["access_token"])).toBe(200);
    expect(await exchange(used)).toMatchObject(REFUSED);
    expect(await statusOf(first.body["access_token"])).toBe(401);
    expect(await refresh(first.body["refresh_token"])).toMatchObject(REFUSED);
  });

  test("is bound to its redirect address and its app", async () => {
    expect(await exchange(await code(), `${REDIRECT}/`)).toMatchObject(REFUSED);
    const other = `Basic ${Buffer.from("other:secret").toString("base64")}`;
    expect(await exchange(await code(), REDIRECT, other)).toMatchObject(REFUSED);
    expect(await exchange("nonsense")).toMatchObject(REFUSED);
    expect((await exchange(await code(), REDIRECT, "Bearer x")).status).toBe(401);
  });

  test("can be held to one client", async () => {
    await control(running, "POST settings", { client: { id: "client", secret: "right" } });
    try {
      expect(await exchange(await code())).toEqual({
        status: 401,
        body: { error: "invalid_client" },
      });
    } finally {
      await control(running, "POST settings", { client: null });
    }
  });
});

describe("a refresh token", () => {
  test("rotates with every refresh, and its old value kills the new one", async () => {
    const first = (await exchange(await code())).body;
    const second = (await refresh(first["refresh_token"])).body;
    expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
    expect(await statusOf(second["access_token"])).toBe(200);
    expect(await refresh(first["refresh_token"])).toMatchObject(REFUSED);
    expect(await refresh(second["refresh_token"])).toMatchObject(REFUSED);
    expect(await statusOf(second["access_token"])).toBe(401);
  });

  test("keeps its value for a day when told so", async () => {
    await control(running, "POST settings", { refreshValueHours: 24 });
    try {
      const first = (await exchange(await code())).body;
      const again = (await refresh(first["refresh_token"])).body;
      expect(again["refresh_token"]).toBe(first["refresh_token"]);
      await control(running, "POST settings", { clockSkewMs: 25 * 3_600_000 });
      const nextDay = (await refresh(first["refresh_token"])).body;
      expect(nextDay["refresh_token"]).not.toBe(first["refresh_token"]);
    } finally {
      await control(running, "POST settings", { refreshValueHours: 0, clockSkewMs: 0 });
    }
  });

  test("survives one of two races and loses both", async () => {
    const { refresh_token: value } = (await exchange(await code())).body;
    const both = await Promise.all([refresh(value), refresh(value)]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400]);
    const winner = both.find(({ status }) => status === 200);
    expect(await statusOf(winner?.body["access_token"])).toBe(401);
  });

  test("dies when it is expired, revoked, or the grant is", async () => {
    const expired = (await exchange(await code())).body;
    await control(running, "POST tokens", { expireRefresh: realm });
    expect(await refresh(expired["refresh_token"])).toMatchObject(REFUSED);
    expect(await statusOf(expired["access_token"])).toBe(200);
    const revoked = (await exchange(await code())).body;
    await control(running, "POST tokens", { revoke: realm });
    expect(await refresh(revoked["refresh_token"])).toMatchObject(REFUSED);
    const ended = (await exchange(await code())).body;
    const token = String(ended["refresh_token"]);
    expect((await post("/v2/oauth2/tokens/revoke", { token })).status).toBe(200);
    expect((await post("/v2/oauth2/tokens/revoke", { token })).status).toBe(400);
    expect(await statusOf(ended["access_token"])).toBe(401);
  });

  test("is counted at its company", async () => {
    const first = (await exchange(await code())).body;
    await refresh(first["refresh_token"]);
    await refresh(first["refresh_token"]);
    expect(await control(running, `GET calls?realm=${realm}`)).toMatchObject({
      oauth: { codes: 1, refreshes: 1, refused: 1 },
    });
  });

  test("tells its hard end when asked", async () => {
    const response = await fetch(`${running.url}/oauth2/v1/tokens/bearer`, {
      method: "POST",
      headers: { authorization: BASIC, "x-include-refresh-token-hard-expires-in": "true" },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: await code(),
        redirect_uri: REDIRECT,
      }),
    });
    expect(await response.json()).toMatchObject({ x_refresh_token_hard_expires_in: 157_680_000 });
  });
});

describe("an access token", () => {
  test("lives for an hour, and its 401 looks like the recorded one", async () => {
    const { access_token: token } = (await exchange(await code())).body;
    expect(await statusOf(token)).toBe(200);
    await control(running, "POST settings", { clockSkewMs: 3_601_000 });
    try {
      const response = await call(token);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(
        'Bearer realm="Intuit", error="invalid_token"',
      );
      expect(await response.json()).toMatchObject({
        fault: { error: [{ code: "3200" }], type: "AUTHENTICATION" },
        time: expect.any(Number),
        cdcresponse: [],
      });
    } finally {
      await control(running, "POST settings", { clockSkewMs: 0 });
    }
    await control(running, "POST tokens", { expireAccess: true });
    expect(await statusOf(token)).toBe(401);
    expect(await statusOf("nonsense")).toBe(401);
  });

  test("opens one company and no other", async () => {
    const { access_token: token } = (await exchange(await code())).body;
    const response = await call(token, running.realm);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("3201");
  });

  test("says who consented", async () => {
    const { access_token: token } = (await exchange(await code())).body;
    const response = await fetch(`${running.url}/v1/openid_connect/userinfo`, {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    expect(await response.json()).toMatchObject({ email: "owner@example.com" });
  });
});

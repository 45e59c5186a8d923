import { answer, json, type Answer } from "../answer.ts";
import type { Incoming } from "../incoming.ts";
import { nowOf, type Simulator } from "../simulator.ts";
import type { TokenPair } from "./grants.ts";

const SCOPES: ReadonlySet<string> = new Set([
  "com.intuit.quickbooks.accounting",
  "com.intuit.quickbooks.payment",
  "openid",
  "profile",
  "email",
  "phone",
  "address",
]);
const ACCOUNTING = "com.intuit.quickbooks.accounting";

/** The discovery document, with every address on this origin. */
export const discovery = (origin: string): Answer =>
  json(200, {
    issuer: `${origin}/op/v1`,
    authorization_endpoint: `${origin}/connect/oauth2`,
    token_endpoint: `${origin}/oauth2/v1/tokens/bearer`,
    userinfo_endpoint: `${origin}/v1/openid_connect/userinfo`,
    revocation_endpoint: `${origin}/v2/oauth2/tokens/revoke`,
    jwks_uri: `${origin}/op/v1/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid", "email", "profile", "address", "phone"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    claims_supported: ["aud", "exp", "iat", "iss", "realmid", "sub"],
  });

const page = (status: number, sentence: string): Answer =>
  answer(
    status,
    "text/html;charset=utf-8",
    `<!doctype html><html><head><title>Intuit</title></head><body>` +
      `<h1>Sorry, but we can't connect you</h1><p>${sentence}</p></body></html>`,
  );

/** What is wrong with an authorize request; undefined when nothing is. */
function authorizeMistake(query: URLSearchParams): string | undefined {
  if (!query.get("client_id")) return "The client_id query parameter is missing.";
  if (query.get("response_type") !== "code") return "The response_type must be code.";
  if (!query.get("state")) return "The state query parameter is missing.";
  const scopes = (query.get("scope") ?? "").split(/\s+/).filter((scope) => scope !== "");
  if (!scopes.includes(ACCOUNTING) || scopes.some((scope) => !SCOPES.has(scope))) {
    return "The scope query parameter is missing or invalid.";
  }
  return redirectMistake(query.get("redirect_uri") ?? "");
}

function redirectMistake(redirectUri: string): string | undefined {
  const mistake = "The redirect_uri query parameter value is invalid.";
  if (!URL.canParse(redirectUri)) return mistake;
  const { protocol, hostname, search, hash } = new URL(redirectUri);
  const isLocal = hostname === "localhost" || hostname === "127.0.0.1";
  const isAllowed = protocol === "https:" || (protocol === "http:" && isLocal);
  return isAllowed && search === "" && hash === "" ? undefined : mistake;
}

/** The consent page, which says yes at once (or no, with simulator_deny=1) and redirects. */
export function authorize(simulator: Simulator, { url }: Incoming): Answer {
  const query = url.searchParams;
  const mistake = authorizeMistake(query);
  if (mistake !== undefined) return page(400, mistake);
  const [first] = simulator.realms.keys();
  const realmId = query.get("simulator_realm") ?? first;
  if (realmId === undefined || !simulator.realms.has(realmId)) {
    return page(400, "There is no such company.");
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  const back = new URL(redirectUri);
  const state = query.get("state") ?? "";
  if (query.get("simulator_deny") === "1") {
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("state", state);
  } else {
    const clientId = query.get("client_id") ?? "";
    const code = simulator.grants.consent({ realmId, clientId, redirectUri }, nowOf(simulator));
    back.searchParams.set("code", code);
    back.searchParams.set("state", state);
    back.searchParams.set("realmId", realmId);
  }
  return { ...page(302, "Redirecting"), headers: { Location: back.href } };
}

/** The app behind HTTP Basic; undefined when there is none, or not the one that settings ask for. */
function clientOf({ settings }: Simulator, incoming: Incoming): string | undefined {
  const found = /^Basic\s+(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1];
  if (found === undefined) return undefined;
  const [id = "", secret = ""] = Buffer.from(found, "base64").toString().split(":");
  if (id === "" || secret === "") return undefined;
  const { client } = settings;
  const isKnown = client === null || (client.id === id && client.secret === secret);
  return isKnown ? id : undefined;
}

const refuse = (status: number, error: string, description?: string): Answer => ({
  ...json(
    status,
    description === undefined ? { error } : { error, error_description: description },
  ),
  isFault: true,
});

function given(pair: TokenPair, incoming: Incoming): Answer {
  const asked = incoming.headers["x-include-refresh-token-hard-expires-in"] === "true";
  return json(200, {
    token_type: "bearer",
    expires_in: pair.accessSeconds,
    refresh_token: pair.refreshToken,
    x_refresh_token_expires_in: pair.refreshSeconds,
    access_token: pair.accessToken,
    ...(asked ? { x_refresh_token_hard_expires_in: pair.hardSeconds } : {}),
  });
}

/** The token endpoint: a code once, a refresh token as long as it is the newest. */
export function token(simulator: Simulator, incoming: Incoming): Answer {
  if (incoming.method !== "POST") return refuse(405, "invalid_request");
  const clientId = clientOf(simulator, incoming);
  if (clientId === undefined) return refuse(401, "invalid_client");
  const form = new URLSearchParams(incoming.body);
  const now = nowOf(simulator);
  const grantType = form.get("grant_type");
  if (grantType === "authorization_code") {
    const code = form.get("code") ?? "";
    const redirectUri = form.get("redirect_uri") ?? "";
    const pair = simulator.grants.exchange({ code, clientId, redirectUri }, now);
    return counted(simulator, "codes", code, pair, incoming);
  }
  if (grantType !== "refresh_token") return refuse(400, "unsupported_grant_type");
  const value = form.get("refresh_token") ?? "";
  const hours = simulator.settings.refreshValueHours;
  const pair = simulator.grants.renew(value, clientId, now, hours);
  return counted(simulator, "refreshes", value, pair, incoming);
}

/** The realm that a token request is about, for counting and for troubles. */
export function realmOfToken({ grants }: Simulator, body: string): string | undefined {
  const form = new URLSearchParams(body);
  return grants.realmOf(form.get("refresh_token") ?? form.get("code") ?? "");
}

function counted(
  simulator: Simulator,
  what: "codes" | "refreshes",
  value: string,
  ...[pair, incoming]: [TokenPair | undefined, Incoming]
): Answer {
  const realm = simulator.realms.get(simulator.grants.realmOf(value) ?? "");
  if (realm !== undefined) realm.calls.oauth[pair === undefined ? "refused" : what]++;
  if (pair !== undefined) return given(pair, incoming);
  return refuse(400, "invalid_grant", "Incorrect or invalid refresh token or code");
}

/** Revocation: 200 without a body, or 400 when there is nothing to revoke. */
export function revoke(simulator: Simulator, incoming: Incoming): Answer {
  if (incoming.method !== "POST") return refuse(405, "invalid_request");
  if (clientOf(simulator, incoming) === undefined) return refuse(401, "invalid_client");
  const value = tokenIn(incoming.body);
  return simulator.grants.revoke(value)
    ? answer(200, "text/plain", "")
    : refuse(400, "invalid_token");
}

function tokenIn(body: string): string {
  if (!body.trimStart().startsWith("{")) return new URLSearchParams(body).get("token") ?? "";
  try {
    const parsed: unknown = JSON.parse(body);
    const isObject = typeof parsed === "object" && parsed !== null && "token" in parsed;
    return isObject ? String(parsed.token) : "";
  } catch {
    return "";
  }
}

/** Who consented: always the same person. */
export function userinfo(simulator: Simulator, incoming: Incoming): Answer {
  const value = bearerOf(incoming);
  if (simulator.grants.realmFor(value, nowOf(simulator)) === undefined) {
    return refuse(401, "invalid_token");
  }
  return json(200, {
    sub: "2b5f1b3c-0000-4000-8000-000000000001",
    email: "owner@example.com",
    emailVerified: true,
    givenName: "Amy",
    familyName: "Lauterbach",
  });
}

/** The access token of a request; empty when it has none. */
export const bearerOf = (incoming: Incoming): string =>
  /^Bearer\s+(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1] ?? "";

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Path } from "./calls.ts";

/** One request, read whole, and what it is about. */
export interface Incoming {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
  path: Path;
  realmId: string | undefined;
  /** What follows /v3/company/{realm}/. */
  segments: readonly string[];
  /** The statement of a query. */
  query: string | undefined;
  /** Kinds that the request names, in lower case. */
  entities: readonly string[];
}

const BODY_BYTES_MAX = 4 * 1024 * 1024;

const OAUTH: ReadonlyMap<string, Path> = new Map([
  ["/.well-known/openid_configuration", "discovery"],
  ["/.well-known/openid_sandbox_configuration", "discovery"],
  ["/connect/oauth2", "authorize"],
  ["/oauth2/v1/tokens/bearer", "token"],
  ["/v2/oauth2/tokens/revoke", "revoke"],
  ["/v1/openid_connect/userinfo", "userinfo"],
]);

/** Reads a request's body as UTF-8; undefined when it is too long. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return "";
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Says what a request is about, from its address and body. */
export function incoming(request: IncomingMessage, url: URL, body: string): Incoming {
  const method = request.method ?? "GET";
  const base = { method, url, headers: request.headers, body };
  const oauth = OAUTH.get(url.pathname);
  const nothing = { realmId: undefined, segments: [], query: undefined, entities: [] };
  if (oauth !== undefined) return { ...base, ...nothing, path: oauth };
  const [, version, company, realmId, ...segments] = url.pathname.split("/");
  if (version !== "v3" || company !== "company" || realmId === undefined) {
    return { ...base, ...nothing, path: "other" };
  }
  const path = pathOf(method, segments);
  const query =
    path === "query"
      ? method === "POST"
        ? body
        : (url.searchParams.get("query") ?? "")
      : undefined;
  return {
    ...base,
    path,
    realmId,
    segments,
    query,
    entities: entitiesOf(path, url, segments, query),
  };
}

function pathOf(method: string, segments: readonly string[]): Path {
  const [first = "", ...rest] = segments;
  const name = first.toLowerCase();
  if (name === "query" && rest.length === 0) return "query";
  if (name === "cdc" && rest.length === 0) return "cdc";
  if (name === "batch" && rest.length === 0) return "batch";
  if (method !== "GET") return "write";
  if (name === "companyinfo") return "companyinfo";
  if (name === "preferences") return "preferences";
  if (name === "reports") return "report";
  return rest.length === 1 ? "read" : "other";
}

function entitiesOf(
  path: Path,
  url: URL,
  segments: readonly string[],
  ...[query]: [string | undefined]
): string[] {
  if (path === "query") {
    const found = /\bfrom\s+([a-z]+)/i.exec(query ?? "")?.[1];
    return found === undefined ? [] : [found.toLowerCase()];
  }
  if (path === "cdc") return (url.searchParams.get("entities") ?? "").toLowerCase().split(",");
  return segments[0] === undefined ? [] : [segments[0].toLowerCase()];
}

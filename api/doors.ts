import type { Plugin } from "graphql-yoga";

import type { Holder } from "../db/api-tokens.ts";
import { failure, json } from "./answers.ts";
import { authenticate } from "./auth/authenticate.ts";
import type { Holders } from "./auth/holders.ts";
import type { Deps } from "./context.ts";
import { frontPage } from "./front-page.ts";
import { oauthCallback } from "./oauth/callback.ts";
import { mishap } from "./masking.ts";
import type { Metrics } from "./operations/metrics.ts";
import { readiness } from "./operations/readiness.ts";
import { remoteAddress } from "./remote-address.ts";
import { requestId, withRequestId } from "./request-id.ts";
import type { SoapDoor } from "./soap/door.ts";
import { helpPage } from "./soap/help-page.ts";
import { wsdl } from "./soap/wsdl.ts";
import type { WebhookDoor } from "./webhooks/door.ts";

export const GRAPHQL_PATH = "/graphql";
export const OAUTH_CALLBACK_PATH = "/oauth/callback";
const QBWC_PATH = "/qbwc";
const WEBHOOKS_PATH = "/webhooks/intuit";

/** The doors that need no token, each a page or an answer of its own. */
const OPEN_DOORS: Record<string, (deps: Deps, metrics: Metrics, url: URL) => Promise<Response>> = {
  "/": async () => frontPage(),
  "/healthz": async () => json(200, { status: "up" }),
  "/readyz": (deps) => readiness(deps),
  "/metrics": (_, metrics) => metrics.answer(),
  [OAUTH_CALLBACK_PATH]: (deps, _, url) => oauthCallback(deps, url),
  [QBWC_PATH]: async ({ settings }, _, url) =>
    url.searchParams.has("wsdl") ? wsdl(settings.publicUrl + QBWC_PATH) : helpPage(),
};

const CLOSED_DOORS = new Set([GRAPHQL_PATH, WEBHOOKS_PATH]);

/** The name of a door for the metrics: paths that are none are one, however many are tried. */
export const doorOf = (path: string): string =>
  CLOSED_DOORS.has(path) || Object.hasOwn(OPEN_DOORS, path) ? path : "elsewhere";

export interface Doors {
  deps: Deps;
  metrics: Metrics;
  holders: Holders;
  soap: SoapDoor;
  webhooks: WebhookDoor;
  /** Told who asks before GraphQL sees the request. */
  admit: (request: Request, viewer: Holder) => void;
}

/** Every request comes by here: it is answered, refused, or let through to GraphQL with its viewer. */
export const useDoors = (doors: Doors): Plugin => ({
  instrumentation: { request: (_, handle) => withRequestId(handle) },
  async onRequest(event) {
    const from = remoteAddress(event.request, event.serverContext);
    const answer = await answerAtDoor(doors, event.request, from);
    if (answer !== null) event.endResponse(answer);
  },
  onResponse({ response }) {
    response.headers.set("x-request-id", requestId());
  },
});

/** The answer of a door, or null when GraphQL has it. Never throws: nothing behind it would catch. */
async function answerAtDoor(
  doors: Doors,
  request: Request,
  from: string,
): Promise<Response | null> {
  try {
    const url = new URL(request.url);
    if (url.pathname === GRAPHQL_PATH) return await admit(doors, request);
    if (url.pathname === WEBHOOKS_PATH) {
      return request.method === "POST" ? await doors.webhooks(request) : wrongMethod("POST");
    }
    const isSoap = url.pathname === QBWC_PATH;
    if (isSoap && request.method === "POST") return await doors.soap(request, from);
    const door = Object.hasOwn(OPEN_DOORS, url.pathname) ? OPEN_DOORS[url.pathname] : undefined;
    if (door === undefined) return noSuchDoor();
    // HEAD is what previews of links ask with, and a state works once.
    const allowed = url.pathname === OAUTH_CALLBACK_PATH ? ["GET"] : ["GET", "HEAD"];
    if (isSoap) allowed.push("POST");
    if (!allowed.includes(request.method)) return wrongMethod(allowed.join(", "));
    return await door(doors.deps, doors.metrics, url);
  } catch (error) {
    const { status, code, message, id } = mishap(doors.deps.log, error);
    return failure(status, { code, message, requestId: id });
  }
}

async function admit({ holders, admit: told }: Doors, request: Request): Promise<Response | null> {
  const viewer = await authenticate(holders, request);
  if (viewer === null) {
    return failure(
      401,
      {
        code: "UNAUTHENTICATED",
        message:
          "Send a token that is known here as `Authorization: Bearer …`; `npm run token -- --role ADMIN` makes one.",
      },
      { "www-authenticate": 'Bearer realm="evenbooks"' },
    );
  }
  if (request.method !== "POST") return wrongMethod("POST");
  told(request, viewer);
  return null;
}

const noSuchDoor = (): Response =>
  failure(404, {
    code: "NOT_FOUND",
    message: `There is nothing here; the API is POST ${GRAPHQL_PATH}.`,
  });

const wrongMethod = (allowed: string): Response =>
  failure(
    405,
    { code: "METHOD_NOT_ALLOWED", message: `This address answers ${allowed} alone.` },
    { allow: allowed },
  );

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { DESKTOP_CONTROL, answerDesktopControl } from "../desktop/control/doors.ts";
import type { Desktop } from "../desktop/desktop.ts";
import { answer, json, traceId, type Answer } from "./answer.ts";
import { answerApi } from "./api.ts";
import { answerControl, answerRecords } from "./control/doors.ts";
import type { Path } from "./calls.ts";
import { incoming, readBody, type Incoming } from "./incoming.ts";
import { authorize, discovery, realmOfToken, revoke, token, userinfo } from "./oauth/doors.ts";
import { nowOf, type Simulator } from "./simulator.ts";
import {
  WHOLE,
  deliveryOf,
  tokenTrouble,
  troubleAnswer,
  type Delivery,
} from "./trouble-answers.ts";

const CONTROL = "/_simulator/";

/** The server of the whole simulator: Intuit's doors and the control doors on one origin. */
export function createSimulatorServer(simulator: Simulator, desktop: Desktop): Server {
  const server = createServer((request, response) => {
    serve({ simulator, desktop }, request, response).catch((error: unknown) => {
      simulator.log(`failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: String(error) }));
    });
  });
  // Idle connections stay open, as they do at Intuit; the process ends them when it stops.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function serve(
  { simulator, desktop }: { simulator: Simulator; desktop: Desktop },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const origin = `http://${request.headers.host ?? "127.0.0.1"}`;
  const url = new URL(request.url ?? "/", origin);
  const body = await readBody(request);
  if (body === undefined) {
    send(response, answer(413, "text/plain", "Payload Too Large"));
    return;
  }
  const order = { method: request.method ?? "GET", url, body };
  if (url.pathname.startsWith(DESKTOP_CONTROL)) {
    const { status, value } = await answerDesktopControl(desktop, order);
    send(response, json(status, value));
    return;
  }
  if (url.pathname.startsWith(CONTROL)) {
    await control(simulator, order, response);
    return;
  }
  const asked = incoming(request, url, body);
  if (asked.path === "token") asked.realmId = realmOfToken(simulator, body);
  await intuit(simulator, asked, origin, response);
}

async function control(
  simulator: Simulator,
  request: { method: string; url: URL; body: string },
  response: ServerResponse,
): Promise<void> {
  const isRecords = request.method === "GET" && request.url.pathname === `${CONTROL}records`;
  const made = isRecords
    ? await answerRecords(simulator, request.url, response)
    : answerControl(simulator, request);
  if (made !== undefined) send(response, made);
}

async function intuit(
  simulator: Simulator,
  asked: Incoming,
  origin: string,
  response: ServerResponse,
): Promise<void> {
  const isApi = asked.realmId !== undefined && asked.path !== "token";
  const at = nowOf(simulator);
  const calls = isApi ? simulator.realms.get(asked.realmId ?? "")?.calls : undefined;
  calls?.arrive();
  const trouble = simulator.troubles.befall(asked);
  const replaced =
    trouble === undefined ? undefined : (isApi ? troubleAnswer : tokenTrouble)(trouble, at);
  const made =
    replaced ?? (isApi ? answerApi(simulator, asked) : answerOAuth(simulator, asked, origin));
  made.headers["intuit_tid"] = traceId(at);
  const delivery = deliveryOf(trouble);
  const { path, query } = asked;
  const isHung = delivery.how === "hang";
  calls?.end({
    at,
    path,
    query,
    status: isHung ? 0 : made.status,
    rows: made.rows,
    isMetered: isApi && path !== "write" && made.status === 200 && !made.isFault && !isHung,
  });
  simulator.log(`${asked.method} ${asked.url.pathname}${asked.url.search} ${made.status}`);
  const delayMs = delivery.delayMs + (isApi ? simulator.settings.latencyMs : 0);
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  send(response, made, delivery);
}

const OAUTH: Partial<
  Record<Path, (simulator: Simulator, asked: Incoming, origin: string) => Answer>
> = {
  discovery: (_simulator, _asked, origin) => discovery(origin),
  authorize,
  token,
  revoke,
  userinfo,
};

const answerOAuth = (simulator: Simulator, asked: Incoming, origin: string): Answer =>
  OAUTH[asked.path]?.(simulator, asked, origin) ??
  answer(404, "text/html", "<html><body><h1>404 Not Found</h1></body></html>");

function send(response: ServerResponse, made: Answer, { how }: Delivery = WHOLE): void {
  if (how === "hang") return;
  const half = made.body.subarray(0, Math.floor(made.body.length / 2));
  const body = how === "truncated" ? half : made.body;
  response.writeHead(made.status, {
    ...made.headers,
    "Content-Type": made.type,
    "Content-Length": body.length,
  });
  if (how === "cut") response.write(half, () => response.destroy());
  else response.end(body);
}

import { success, type Answer } from "./answer.ts";
import { faultOf, type Asked } from "./asked.ts";
import { shelfOf } from "./books/books.ts";
import { companyInfo, preferences } from "./books/company.ts";
import { kindNamed } from "./books/kinds.ts";
import { stampMs } from "./books/time.ts";
import { runBatch } from "./batch.ts";
import type { Path } from "./calls.ts";
import { changesSince } from "./cdc.ts";
import * as shapes from "./fault-shapes.ts";
import type { Incoming } from "./incoming.ts";
import { bearerOf } from "./oauth/doors.ts";
import { findRow } from "./query/filter.ts";
import { runQuery } from "./query/run.ts";
import { report } from "./reports/reports.ts";
import { joined, payloads } from "./rows.ts";
import { admit, nowOf, type Simulator } from "./simulator.ts";

/** Answers one request of the API, or refuses it as Intuit's gateway and service do. */
export function answerApi(simulator: Simulator, incoming: Incoming): Answer {
  const now = nowOf(simulator);
  const realm = simulator.realms.get(incoming.realmId ?? "");
  const granted = simulator.grants.realmFor(bearerOf(incoming), now);
  if (granted === undefined) {
    const detail = bearerOf(incoming) === "" ? "Token missing" : "Token expired or revoked";
    return {
      ...shapes.gatewayFault(shapes.unauthorized(detail), now),
      headers: shapes.UNAUTHORIZED_HEADERS,
    };
  }
  if (realm === undefined || granted !== incoming.realmId) {
    return shapes.gatewayFault(shapes.FORBIDDEN, now);
  }
  if (!admit(simulator, realm)) return throttled(simulator, now);
  const asked: Asked = { simulator, realm, incoming, now, startedAt: performance.now() };
  try {
    return inWantedForm(asked, handle(asked));
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return refused(asked, fault);
  }
}

function throttled(simulator: Simulator, now: number): Answer {
  const { retryAfterSeconds } = simulator.settings;
  const headers = retryAfterSeconds === null ? {} : { "Retry-After": String(retryAfterSeconds) };
  return { ...shapes.gatewayFault(shapes.THROTTLED, now), headers };
}

/** JSON comes to those who ask for it, XML to all others (facts 1). */
function wantsJson({ headers, url }: Incoming): boolean {
  return /\bjson\b/i.test(headers.accept ?? "") || url.searchParams.get("format") === "json";
}

const refused = ({ incoming, now }: Asked, fault: shapes.FaultText): Answer =>
  wantsJson(incoming) ? shapes.serviceFault(fault, now) : shapes.xmlFault(fault, now);

const inWantedForm = ({ incoming, now }: Asked, made: Answer): Answer =>
  made.isFault || wantsJson(incoming) ? made : shapes.xmlSuccess(made.rows, now);

const UTF8_BODY = /^application\/text\b/i;

const HANDLERS: Partial<Record<Path, (asked: Asked) => Answer>> = {
  query,
  cdc,
  batch: runBatch,
  companyinfo: company,
  preferences: (asked) => wrapped(asked, "Preferences", preferences(asked.realm.books)),
  report,
  read,
};

function handle(asked: Asked): Answer {
  const { method, path, segments } = asked.incoming;
  const handler = HANDLERS[path];
  if (handler !== undefined) return handler(asked);
  return refused(asked, shapes.unsupported(`${method} ${segments.join("/")}`));
}

const ended = ({ now }: Asked): string => `,"time":"${stampMs(now)}"}`;

function query(asked: Asked): Answer {
  const { simulator, realm, incoming, startedAt } = asked;
  const { method, headers } = incoming;
  const isReadable =
    method === "GET" || (method === "POST" && UTF8_BODY.test(headers["content-type"] ?? ""));
  if (!isReadable) {
    const what = `query by ${method} with content type ${headers["content-type"] ?? "none"}`;
    return refused(asked, shapes.unsupported(what));
  }
  const { begin, texts, end, rows } = runQuery(simulator, realm, incoming.query ?? "");
  const body = joined(`{"QueryResponse":${begin}`, texts, end + ended(asked), rows);
  return success(body, rows, startedAt);
}

function cdc(asked: Asked): Answer {
  const { simulator, realm, incoming, now, startedAt } = asked;
  const question = {
    entities: incoming.url.searchParams.get("entities") ?? "",
    changedSince: incoming.url.searchParams.get("changedSince") ?? "",
  };
  const { groups, rows } = changesSince(realm.books, question, simulator.settings.cdcCap, now);
  const begin = `{"CDCResponse":[{"QueryResponse":[`;
  const body = joined(begin, groups, `]}]${ended(asked)}`, rows);
  return success(body, rows, startedAt);
}

function wrapped(asked: Asked, name: string, text: string): Answer {
  return success(joined(`{"${name}":`, [text], ended(asked), 1), 1, asked.startedAt);
}

function company(asked: Asked): Answer {
  const { realm, incoming } = asked;
  const isThis = incoming.segments[1] === incoming.realmId && incoming.segments.length === 2;
  if (!isThis) return refused(asked, shapes.NOT_FOUND);
  return wrapped(asked, "CompanyInfo", companyInfo(realm.books.plan));
}

function read(asked: Asked): Answer {
  const { realm, incoming } = asked;
  const [name = "", id = ""] = incoming.segments;
  const kind = kindNamed(name);
  if (kind === undefined) return refused(asked, shapes.unsupported(`read ${name}`));
  if (realm.books.plan.without.has(kind)) return refused(asked, shapes.notInSubscription(kind));
  const shelf = shelfOf(realm.books, kind);
  const row = findRow(realm.books, shelf, id);
  if (row === undefined) return refused(asked, shapes.NOT_FOUND);
  const [text = ""] = payloads(realm.books, shelf, [row]);
  return wrapped(asked, kind, text);
}

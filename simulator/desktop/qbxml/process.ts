import type { LogEntry, Refused } from "../contract.ts";
import { answerTo, documentOf, type Outcome } from "./answer.ts";
import type { Desk } from "./desk.ts";
import { readDocument, type XmlElement } from "./document.ts";
import { execute } from "./query.ts";
import { severityOf } from "./status.ts";
import { isValidRequest, messageSet } from "./validate.ts";
import { highestVersion } from "./versions.ts";

const MESSAGE_SET_ID_MAX = 24;

/** What a message set brought, and how much work it was. */
export interface Processed {
  response: string;
  entries: LogEntry[];
  requests: number;
  records: number;
  lines: number;
}

const UNREADABLE: Refused = {
  hresult: "0x80040400",
  message: "QuickBooks found an error when parsing the provided XML text stream.",
};
const TOO_NEW: Refused = {
  hresult: "0x80040423",
  message: "The version of qbXML that was requested is not supported or is unknown.",
};

/** Reads, validates and answers one qbXML document. */
export function processDocument(desk: Desk, text: string): Processed | Refused {
  const document = readDocument(text);
  if (document === undefined) return UNREADABLE;
  const version = Number(document.version);
  if (version > highestVersion(desk.file.settings.majorVersion)) return TOO_NEW;
  const set = messageSet(document.root);
  if (set === undefined || !set.children.every((request) => isValidRequest(request, version))) {
    return UNREADABLE;
  }
  return recovered(desk, text, set);
}

const nothing = (response: string): Processed => ({
  response,
  entries: [],
  requests: 0,
  records: 0,
  lines: 0,
});

/** QuickBooks' own error recovery (facts 3.2): a set that has an ID is done once. */
function recovered(desk: Desk, text: string, set: XmlElement): Processed {
  const { newMessageSetID: id, oldMessageSetID: old } = set.attributes;
  const { keptSets } = desk.file.books;
  const code = (status: number): Processed => {
    const named: Record<string, string> = id === undefined ? {} : { newMessageSetID: id };
    return nothing(documentOf("", { ...named, messageSetStatusCode: String(status) }));
  };
  if ((id ?? old ?? "").length > MESSAGE_SET_ID_MAX) return code(9004);
  if (old !== undefined && set.children.length === 0) {
    const kept = keptSets.get(old);
    if (id !== undefined) return kept === undefined ? code(600) : nothing(kept.response);
    if (old === "ClearAllMessageSets") keptSets.clear();
    return keptSets.delete(old) || old === "ClearAllMessageSets" ? code(0) : code(600);
  }
  if (old !== undefined) keptSets.delete(old);
  if (id === undefined) return work(desk, set, {});
  const kept = keptSets.get(id);
  if (kept !== undefined) return kept.request === text ? nothing(kept.response) : code(9001);
  const done = work(desk, set, { newMessageSetID: id, messageSetStatusCode: "0" });
  desk.file.books.keptSets.set(id, { request: text, response: done.response });
  return done;
}

const SKIPPED: Outcome = {
  status: { code: 3231, message: "The request has not been processed." },
  rets: [],
};

function work(desk: Desk, set: XmlElement, attributes: Record<string, string>): Processed {
  const isStopping = set.attributes["onError"] !== "continueOnError";
  const { majorVersion } = desk.file.settings;
  const entries: LogEntry[] = [];
  let answers = "";
  let hasStopped = false;
  let lines = 0;
  for (const request of set.children) {
    const outcome = hasStopped ? SKIPPED : execute(desk, request);
    if (isStopping && severityOf(outcome.status) === "Error") hasStopped = true;
    lines += outcome.lines ?? 0;
    entries.push(entryOf(request, outcome));
    answers += answerTo(request, outcome, majorVersion);
  }
  return {
    response: documentOf(answers, attributes),
    entries,
    requests: entries.length,
    records: entries.reduce((sum, entry) => sum + entry.records, 0),
    lines,
  };
}

/** The request as it was read, without the white space between elements. */
function asText({ name, attributes, children, text }: XmlElement): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  const inside = children.length === 0 ? text.trim() : children.map(asText).join("");
  return `<${name}${given.join("")}>${inside}</${name}>`;
}

const entryOf = (request: XmlElement, { status, rets, ids }: Outcome): LogEntry => ({
  query: request.name.slice(0, -2),
  asked: asText(request),
  statusCode: status.code,
  records: rets.length,
  iterator: request.attributes["iterator"] ?? null,
  ids: ids ?? [],
});

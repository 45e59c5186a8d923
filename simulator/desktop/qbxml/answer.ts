import type { XmlElement } from "./document.ts";
import { textsOf } from "./document.ts";
import { severityOf, type Status } from "./status.ts";

/** What one request brings. */
export interface Outcome {
  status: Status;
  /** The …Ret elements, each as text. */
  rets: string[];
  /** Records and lines worked on, which take QuickBooks time. */
  lines?: number;
  ids?: string[];
  retCount?: number;
  iterator?: { id: string; remaining: number };
}

/** The version of QuickBooks from which an answer to a request without requestID has an empty one. */
const EMPTY_ID_SINCE = 34;

const attribute = (name: string, value: string): string =>
  ` ${name}="${value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}"`;

/** The answer to one request. */
export function answerTo(request: XmlElement, outcome: Outcome, majorVersion: number): string {
  const { status, rets, retCount, iterator } = outcome;
  const name = `${request.name.slice(0, -2)}Rs`;
  const id = request.attributes["requestID"] ?? (majorVersion >= EMPTY_ID_SINCE ? "" : undefined);
  const open =
    `<${name}` +
    (id === undefined ? "" : attribute("requestID", id)) +
    attribute("statusCode", String(status.code)) +
    attribute("statusSeverity", severityOf(status)) +
    attribute("statusMessage", status.message) +
    (retCount === undefined ? "" : attribute("retCount", String(retCount))) +
    (iterator === undefined
      ? ""
      : attribute("iteratorRemainingCount", String(iterator.remaining)) +
        attribute("iteratorID", iterator.id));
  return rets.length === 0 ? `${open} />\n` : `${open}>\n${rets.join("")}</${name}>\n`;
}

/** A whole document; `set` are the attributes of QBXMLMsgsRs. */
export const documentOf = (answers: string, set: Record<string, string>): string => {
  const attributes = Object.entries(set).map(([name, value]) => attribute(name, value));
  return (
    `<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs${attributes.join("")}>\n` +
    `${answers}</QBXMLMsgsRs>\n</QBXML>\n`
  );
};

const OPENING = /^<(\w+)>$/;
const NAME = /^<(\w+)/;

/** Keeps the elements of a record that IncludeRetElement names; one element a line, as written here. */
function trimmed(inside: string, names: ReadonlySet<string>): string {
  let kept = "";
  let until: string | undefined;
  let keeps = false;
  for (const line of inside.split("\n")) {
    if (line === "") continue;
    if (until === undefined) {
      keeps = names.has(NAME.exec(line)?.[1] ?? "");
      const opened = OPENING.exec(line)?.[1];
      if (opened !== undefined) until = `</${opened}>`;
    } else if (line === until) {
      until = undefined;
    }
    if (keeps) kept += `${line}\n`;
  }
  return kept;
}

/** Makes a …Ret element of what is inside it, trimmed to what the request includes. */
export function retOf(request: XmlElement): (name: string, inside: string) => string {
  const names = new Set(textsOf(request, "IncludeRetElement"));
  return (name, inside) =>
    `<${name}>\n${names.size === 0 ? inside : trimmed(inside, names)}</${name}>\n`;
}

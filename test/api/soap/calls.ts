import { randomUUID } from "node:crypto";

import type { Pool } from "pg";

import type { Api } from "../../../api/api.ts";
import { confirmCompany, createCompany } from "../../../db/companies.ts";
import { addConnector } from "../../../db/connectors.ts";
import { enqueueBatch } from "../../../db/batches.ts";
import { takeRequest } from "../../../db/desktop-requests.ts";
import { findTicket } from "../../../db/desktop-sessions.ts";
import { claimNextBatch } from "../../../db/leases.ts";
import { PUBLIC_URL, type TestApi } from "../support.ts";

export const NAMESPACE = "http://developer.intuit.com/";

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const unescapeXml = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#13;", "\r")
    .replaceAll("&amp;", "&");

/** A call as the Web Connector writes it: one line, empty elements closed by themselves. */
export function envelopeOf(method: string, parameters: Record<string, string> = {}): string {
  const inner = Object.entries(parameters)
    .map(([name, text]) => (text === "" ? `<${name} />` : `<${name}>${escapeXml(text)}</${name}>`))
    .join("");
  const element =
    inner === ""
      ? `<${method} xmlns="${NAMESPACE}" />`
      : `<${method} xmlns="${NAMESPACE}">${inner}</${method}>`;
  return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>${element}</soap:Body></soap:Envelope>`;
}

export interface Reply {
  status: number;
  contentType: string | null;
  body: string;
}

/** `POST /qbwc` with any body. */
export async function post(api: Api, body: BodyInit, headers = {}): Promise<Reply> {
  const response = await api.fetch(`${PUBLIC_URL}/qbwc`, {
    method: "POST",
    headers: { "content-type": "text/xml; charset=utf-8", ...headers },
    body,
  });
  return {
    status: response.status,
    contentType: response.headers.get("content-type"),
    body: await response.text(),
  };
}

/** The text of a method's result, cut out of a reply that is otherwise to the letter. */
export function resultIn(method: string, body: string): string {
  const head = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><${method}Response xmlns="${NAMESPACE}"><${method}Result>`;
  const tail = `</${method}Result></${method}Response></soap:Body></soap:Envelope>`;
  if (!body.startsWith(head) || !body.endsWith(tail)) throw new Error(`not a reply: ${body}`);
  return body.slice(head.length, -tail.length);
}

/** One PC: what it calls and what it is answered. */
export class Pc {
  readonly #api: Api;
  readonly login: { strUserName: string; strPassword: string };
  ticket = "";

  constructor(api: Api, login: { username: string; password: string }) {
    this.#api = api;
    this.login = { strUserName: login.username, strPassword: login.password };
  }

  async call(method: string, parameters: Record<string, string> = {}): Promise<string> {
    const reply = await post(this.#api, envelopeOf(method, parameters));
    if (reply.status !== 200)
      throw new Error(`${method} was answered ${reply.status}: ${reply.body}`);
    return unescapeXml(resultIn(method, reply.body));
  }

  /** What authenticate says beside the ticket. */
  async logIn(): Promise<string> {
    const result = await this.call("authenticate", this.login);
    const [, ticket = "", file = ""] =
      /^<string>([^<]+)<\/string><string>(.*)<\/string>$/.exec(result) ?? [];
    this.ticket = ticket;
    return file;
  }

  send(hostAnswer = ""): Promise<string> {
    return this.call("sendRequestXML", {
      ticket: this.ticket,
      strHCPResponse: hostAnswer,
      strCompanyFileName: FILE,
      qbXMLCountry: "US",
      qbXMLMajorVers: "13",
      qbXMLMinorVers: "0",
    });
  }

  /** As the Web Connector does after NoOp, without its five seconds. */
  async sendUntilAsked(): Promise<string> {
    for (;;) {
      const request = await this.send();
      if (request !== "NoOp") return request;
    }
  }

  async receive(response: string, hresult = "", message = ""): Promise<number> {
    const { ticket } = this;
    return Number(await this.call("receiveResponseXML", { ticket, response, hresult, message }));
  }

  lastError(): Promise<string> {
    return this.call("getLastError", { ticket: this.ticket });
  }

  close(): Promise<string> {
    return this.call("closeConnection", { ticket: this.ticket });
  }

  connectionError(hresult: string, message: string): Promise<string> {
    return this.call("connectionError", { ticket: this.ticket, hresult, message });
  }
}

export const FILE = "C:\\Books\\Larry & Söhne.qbw";
export const HOST_ANSWER = '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>';

/** The first sendRequestXML of a session, without being held for a request. */
export async function openQuickBooks(pool: Pool, pc: Pc): Promise<void> {
  const holder = await findTicket(pool, pc.ticket);
  if (holder === null) throw new Error("this PC is not logged in");
  await takeRequest(pool, holder, {
    hostAnswer: HOST_ANSWER,
    file: FILE,
    country: "US",
    majorVersion: 13,
    minorVersion: 0,
  });
}

export interface DesktopCompany {
  companyId: string;
  /** Its first PC. */
  pc: Pc;
  connectorId: string;
}

/** A Desktop company with one PC: `new`, `confirmed` by a person, or with a batch that is `running`. */
export async function aDesktopCompany(
  { pool, api }: Pick<TestApi, "pool" | "api">,
  as: "new" | "confirmed" | "running",
): Promise<DesktopCompany> {
  const { id: companyId } = await createCompany(pool, { name: "Larry's", edition: "desktop" });
  const { pc, connectorId } = await addPc({ pool, api }, companyId);
  if (as !== "new") await confirmCompany(pool, companyId);
  if (as === "running") {
    await enqueue({ pool }, companyId);
    await claimNextBatch(pool, companyId);
  }
  return { companyId, pc, connectorId };
}

export async function addPc(
  { pool, api }: Pick<TestApi, "pool" | "api">,
  companyId: string,
  name = "Front desk",
): Promise<{ pc: Pc; connectorId: string }> {
  const { connector, password } = await addConnector(pool, {
    companyId,
    name,
    fileId: `{${randomUUID().toUpperCase()}}`,
  });
  return { pc: new Pc(api, { username: connector.username, password }), connectorId: connector.id };
}

export const enqueue = ({ pool }: Pick<TestApi, "pool">, companyId: string) =>
  enqueueBatch(pool, {
    companyId,
    kind: "initial",
    trigger: "user",
    startedBy: "test",
    label: "test",
    historyFrom: null,
  });

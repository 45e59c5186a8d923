import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { SaxesParser } from "saxes";

/** A call as it arrived. */
export interface Received {
  method: string;
  /** Names and texts in the order in which they came. */
  parameters: [name: string, text: string][];
  values: Record<string, string>;
  body: string;
  headers: IncomingHttpHeaders;
  /** Which call of this method it is, from 1. */
  nth: number;
}

/** An answer that is no ordinary result. */
export interface Odd {
  status?: number;
  type?: string;
  body?: string | Buffer;
  fault?: string;
}
export type Answer = string | number | null | (string | null)[] | Odd;
export type Script = Record<string, (received: Received) => Answer | Promise<Answer>>;

const QUIET: Script = {
  serverVersion: () => "1.0",
  clientVersion: () => "",
  authenticate: () => ["the-ticket", ""],
  sendRequestXML: () => "",
  receiveResponseXML: () => 100,
  connectionError: () => "done",
  getLastError: () => "no more work",
  closeConnection: () => "OK",
};

/** A server in the manner of a scripted peer: it answers what it is told and notes what it hears. */
export class SoapServer {
  readonly received: Received[] = [];
  /** Requests that ended before they were whole. */
  torn = 0;
  supportStatus = 200;
  url = "";
  private script: Script = QUIET;
  private readonly server: Server = createServer((request, response) => {
    if (request.method === "GET") {
      response.writeHead(this.supportStatus).end("help");
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => this.torn++);
    request.on("end", () => {
      this.answer(Buffer.concat(chunks).toString(), request.headers, response).catch(
        (error: unknown) =>
          response.writeHead(500, { "content-type": "text/plain" }).end(String(error)),
      );
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    if (typeof address !== "object" || address === null) throw new Error("no address");
    this.url = `http://localhost:${address.port}/qbwc`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forgets what it heard, and answers by this script from now on; otherwise it has no work. */
  follow(script: Script = {}): void {
    this.received.length = 0;
    this.torn = 0;
    this.supportStatus = 200;
    this.script = { ...QUIET, ...script };
  }

  get methods(): string[] {
    return this.received.map(({ method }) => method);
  }

  calls(method: string): Received[] {
    return this.received.filter((one) => one.method === method);
  }

  private async answer(
    body: string,
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): Promise<void> {
    const call = callIn(body);
    const nth = this.calls(call.method).length + 1;
    const received: Received = { ...call, body, headers, nth };
    this.received.push(received);
    const made = await (this.script[call.method] ?? (() => ({ fault: "unknown method" })))(
      received,
    );
    const { status, type, text } = written(call.method, made);
    response.writeHead(status, { "content-type": type }).end(text);
  }
}

function written(
  method: string,
  made: Answer,
): { status: number; type: string; text: string | Buffer } {
  const type = "text/xml; charset=utf-8";
  const isOdd = typeof made === "object" && made !== null && !Array.isArray(made);
  if (!isOdd) return { status: 200, type, text: envelope(responseElement(method, made)) };
  if (made.fault !== undefined) {
    const fault = `<soap:Fault><faultcode>soap:Server</faultcode><faultstring>${made.fault}</faultstring></soap:Fault>`;
    return { status: made.status ?? 500, type: made.type ?? type, text: envelope(fault) };
  }
  const text = made.body ?? envelope(responseElement(method, "ok"));
  return { status: made.status ?? 200, type: made.type ?? type, text };
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function responseElement(
  method: string,
  result: string | number | null | (string | null)[],
): string {
  const inner = Array.isArray(result)
    ? result
        .map((one) =>
          one === null ? '<string xsi:nil="true" />' : `<string>${escape(one)}</string>`,
        )
        .join("")
    : escape(String(result));
  const element = result === null ? "" : `<${method}Result>${inner}</${method}Result>`;
  return `<${method}Response xmlns="http://developer.intuit.com/">${element}</${method}Response>`;
}

/** A whole reply to a call, as text. */
export const replyTo = (method: string, result: string | number | string[]): string =>
  envelope(responseElement(method, result));

/** A reply around the content of its body. */
export const envelope = (content: string): string =>
  '<?xml version="1.0" encoding="utf-8"?><soap:Envelope ' +
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
  `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>${content}</soap:Body></soap:Envelope>`;

/** The method and parameters of a call; whatever is no SOAP 1.1 call in Intuit's namespace throws. */
function callIn(body: string): Omit<Received, "body" | "headers" | "nth"> {
  const parser = new SaxesParser({ xmlns: true });
  const path: string[] = [];
  const parameters: [string, string][] = [];
  let method = "";
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ local, uri }) => {
    path.push(local);
    const isSoap = path.length <= 2;
    const expected = isSoap
      ? "http://schemas.xmlsoap.org/soap/envelope/"
      : "http://developer.intuit.com/";
    if (uri !== expected) throw new Error(`${local} is in namespace ${uri}`);
    if (path.length === 3) method = local;
    if (path.length === 4) parameters.push([local, ""]);
  });
  parser.on("text", (text) => {
    const last = parameters.at(-1);
    if (path.length === 4 && last !== undefined) last[1] += text;
  });
  parser.on("closetag", () => void path.pop());
  parser.write(body).close();
  return { method, parameters, values: Object.fromEntries(parameters) };
}

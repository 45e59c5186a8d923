import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  ReplyRefused,
  actionOf,
  envelopeOf,
  resultIn,
  type Method,
  type Parameters,
  type Result,
} from "./envelope.ts";
import { wait, type Gate } from "./gate.ts";
import { LineFailed, post, type Cut, type Reply } from "./line.ts";
import type { Call } from "./report.ts";
import type { LineTrouble, LineTroubles } from "./troubles.ts";

/** A server drops idle connections after seconds; one that was idle for longer is not used again. */
const IDLE_MS_MAX = 1000;
const RESULT_LENGTH_MAX = 200;
/** The SOAP client of .NET, on which the Web Connector is built. */
const USER_AGENT =
  "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)";
const PROXY_PAGE = "<html><body><h1>Please log in to this network</h1></body></html>";

/** A call without a usable answer. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly method: Method;
  /** The server itself refused the call by a SOAP fault. */
  readonly isFault: boolean;

  constructor(method: Method, message: string, isFault: boolean, options?: ErrorOptions) {
    super(message, options);
    this.method = method;
    this.isFault = isFault;
  }
}

/** One PC's way to one server during one run. */
export interface Way {
  url: URL;
  timeoutMs: number;
  troubles: LineTroubles;
  gate: Gate;
  signal: AbortSignal;
  /** kill -9 of the Web Connector, ordered by a trouble. */
  kill: () => void;
  /** Where calls are noted. */
  calls: Call[];
}

/** Makes the calls of one run, with what befalls them on the line. */
export class Caller {
  private readonly way: Way;
  private readonly agent: HttpAgent;
  private readonly startedAt = performance.now();
  private lastReplyAt = 0;

  constructor(way: Way) {
    this.way = way;
    const options = { keepAlive: true, maxSockets: 2 };
    this.agent = way.url.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Closes the connections to the server. */
  close(): void {
    this.agent.destroy();
  }

  /** Makes one call. Throws CallFailed, or anything at all once the signal has aborted. */
  async call<M extends Method>(method: M, parameters: Parameters[M]): Promise<Result> {
    const { calls, gate, signal, troubles } = this.way;
    await gate.pass(signal);
    const trouble = troubles.befall(method);
    const ticket = trouble?.kind === "foreign-ticket" ? { ticket: trouble.ticket } : {};
    const body = Buffer.from(envelopeOf(method, { ...parameters, ...ticket }));
    // What the Web Connector takes to write its call is no time of the server's.
    const began = performance.now();
    if (began - this.lastReplyAt > IDLE_MS_MAX) this.agent.destroy();
    const note = (result: string, isFailed: boolean): void => {
      const at = Math.round(began - this.startedAt);
      const ms = Math.round((performance.now() - began) * 1000) / 1000;
      const call: Call = { method, at, ms, result: result.slice(0, RESULT_LENGTH_MAX), isFailed };
      calls.push(trouble === undefined ? call : { ...call, trouble: trouble.kind });
    };
    try {
      const reply = await this.deliver(method, body, trouble);
      const result = resultIn(method, acceptable(reply));
      note(JSON.stringify(result), false);
      return result;
    } catch (error) {
      if (!(error instanceof LineFailed || error instanceof ReplyRefused)) throw error;
      note(error.message, true);
      const isFault = error instanceof ReplyRefused && error.isFault;
      throw new CallFailed(method, error.message, isFault, { cause: error });
    }
  }

  private async deliver(
    method: Method,
    body: Buffer,
    trouble: LineTrouble | undefined,
  ): Promise<Reply> {
    const { kill, signal } = this.way;
    const send = (cut: Cut = "never", what = body): Promise<Reply> => this.send(method, what, cut);
    switch (trouble?.kind) {
      case "slow":
        await wait(trouble.ms, signal);
        return send();
      case "twice":
        if (trouble.atOnce) return (await Promise.all([send(), send()]))[1];
        await send();
        return send();
      case "cut-before":
        return send("before");
      case "cut-after":
        return send("after");
      case "die-before":
        kill();
        throw new LineFailed("the Web Connector was killed");
      case "die-after":
        return send("after").finally(kill);
      case "garbage-request":
        return send("never", withNoise(body));
      case "garbage":
        return { ...(await send()), type: "text/html", body: Buffer.from(PROXY_PAGE) };
      case "torn": {
        const reply = await send();
        return { ...reply, body: reply.body.subarray(0, Math.floor(reply.body.length / 2)) };
      }
      case "foreign-ticket":
      case "old-ticket":
      case undefined:
    }
    return send();
  }

  private async send(method: Method, body: Buffer, cut: Cut): Promise<Reply> {
    const { url, timeoutMs, signal } = this.way;
    const headers = {
      "User-Agent": USER_AGENT,
      "Content-Type": "text/xml; charset=utf-8",
      SOAPAction: actionOf(method),
    };
    const { agent } = this;
    const reply = await post({ url, headers, body, cut, agent, timeoutMs, signal });
    this.lastReplyAt = performance.now();
    return reply;
  }
}

function withNoise(body: Buffer): Buffer {
  const noisy = Buffer.from(body);
  noisy.fill("\u0001\u00fe<", Math.floor(body.length / 2), undefined, "latin1");
  return noisy;
}

/** The body of a reply that a SOAP client would read (facts 1.1). */
function acceptable({ status, statusText, type, body }: Reply): Buffer {
  const isXml = /^text\/xml\s*(;|$)/i.test(type.trim());
  if (status !== 200 && !(status === 500 && isXml)) {
    throw new ReplyRefused(`The request failed with HTTP status ${status}: ${statusText}.`);
  }
  if (!isXml) {
    const why = `Client found response content type of '${type}', but expected 'text/xml'.`;
    throw new ReplyRefused(why);
  }
  return body;
}

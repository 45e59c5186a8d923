import { request as httpRequest, type IncomingMessage, type Agent } from "node:http";
import { request as httpsRequest } from "node:https";

/** What arrived at the other end, and what came back. */
export interface Reply {
  status: number;
  statusText: string;
  type: string;
  body: Buffer;
}

/** The line broke before a whole reply was here. */
export class LineFailed extends Error {
  override readonly name = "LineFailed";
}

/**
 * How a request travels: whole; cut with half of it on its way, so that the server never has it; or
 * cut once the server has begun to answer, so that it has the request and we have nothing.
 */
export type Cut = "never" | "before" | "after";

export interface Sending {
  url: URL;
  headers: Record<string, string>;
  body: Buffer;
  cut: Cut;
  agent: Agent | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Posts one request and reads its reply whole. Throws LineFailed when the line breaks. */
export function post({ url, headers, body, cut, agent, timeoutMs, signal }: Sending) {
  return new Promise<Reply>((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new LineFailed(error.message === "" ? String(error) : error.message));
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(url, {
      method: "POST",
      headers: { ...headers, "Content-Length": String(body.length) },
      ...(agent === undefined ? {} : { agent }),
      signal,
    });
    sent.setTimeout(timeoutMs, () => sent.destroy(new Error("The operation has timed out")));
    sent.on("error", fail);
    sent.on("response", (response) => {
      if (cut === "after") {
        sent.destroy(new Error("The connection was closed unexpectedly"));
        return;
      }
      wholeReply(response).then(resolve, fail);
    });
    if (cut !== "before") {
      sent.end(body);
      return;
    }
    const half = body.subarray(0, Math.floor(body.length / 2));
    sent.write(half, () => sent.destroy(new Error("The connection was closed unexpectedly")));
  });
}

async function wholeReply(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    type: response.headers["content-type"] ?? "",
    body: Buffer.concat(chunks),
  };
}

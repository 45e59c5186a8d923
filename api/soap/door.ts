import type { Pool } from "pg";

import type { Log } from "../../core/log.ts";
import { mishap } from "../masking.ts";
import type { Feed } from "../progress/feed.ts";
import { readEnvelope, type Call } from "./envelope.ts";
import { answerCall } from "./calls.ts";
import { Refused } from "./refused.ts";
import { soapFault } from "./reply.ts";
import { createTickets, type Tickets } from "./tickets.ts";

export interface SoapDeps {
  pool: Pool;
  feed: Feed;
  log: Log;
  publicUrl: string;
  /** Counts an answer that belongs to no request, by why. */
  countStray: (why: StrayAnswer) => void;
}

export type StrayAnswer = "unknown-ticket" | "not-asked";

/** What the methods work with. */
export interface Door extends SoapDeps {
  tickets: Tickets;
}

/** `POST /qbwc`: never throws; what goes wrong is a SOAP fault, because a Web Connector reads nothing else. */
export type SoapDoor = (request: Request, remoteAddress: string) => Promise<Response>;

/** So much of a body that was given up is read over, so long; then its connection is cut. */
const LEFT_BYTES_MAX = 64 * 1024 * 1024;
const LEFT_MS_MAX = 5_000;

export function createSoapDoor(deps: SoapDeps): SoapDoor {
  const door: Door = { ...deps, tickets: createTickets(deps.pool) };
  const isKnown = async (ticket: string): Promise<boolean> =>
    (await door.tickets.find(ticket)) !== null;
  return async (request, remoteAddress) => {
    // Not `for await`: that would cut the connection where a body is given up, before its answer is sent.
    const body = request.body?.[Symbol.asyncIterator]();
    let call: Call | null = null;
    try {
      if (body === undefined) throw new Refused("There is no body.");
      checkCharset(request);
      call = await readEnvelope(body, isKnown);
      return await answerCall(door, call, remoteAddress);
    } catch (error) {
      if (call === null && body !== undefined) await readOver(body);
      if (error instanceof Refused) return soapFault(error.version, "sender", error.message);
      const { message, id } = mishap(deps.log, error);
      return soapFault(call?.version ?? "1.1", "receiver", `${message} (request ${id})`);
    }
  };
}

function checkCharset(request: Request): void {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(
    request.headers.get("content-type") ?? "",
  )?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Refused("The body must be UTF-8.");
  }
}

/** Reads what is left of a body: who still sends does not hear the answer, and the next request on this line waits behind it. */
async function readOver(body: AsyncIterator<Uint8Array>): Promise<void> {
  const until = performance.now() + LEFT_MS_MAX;
  let bytes = 0;
  try {
    for (let next = await body.next(); next.done !== true; next = await body.next()) {
      bytes += next.value.length;
      if (bytes > LEFT_BYTES_MAX || performance.now() > until) {
        await body.return?.();
        return;
      }
    }
  } catch {
    // Whoever sent it is gone.
  }
}

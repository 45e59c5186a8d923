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

export function createSoapDoor(deps: SoapDeps): SoapDoor {
  const door: Door = { ...deps, tickets: createTickets(deps.pool) };
  return async (request, remoteAddress) => {
    let call: Call | null = null;
    try {
      call = await readCall(door, request);
      return await answerCall(door, call, remoteAddress);
    } catch (error) {
      if (error instanceof Refused) return soapFault(error.version, "sender", error.message);
      const { message, id } = mishap(deps.log, error);
      return soapFault(call?.version ?? "1.1", "receiver", `${message} (request ${id})`);
    }
  };
}

function readCall(door: Door, request: Request): Promise<Call> {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(
    request.headers.get("content-type") ?? "",
  )?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Refused("The body must be UTF-8.");
  }
  if (request.body === null) throw new Refused("There is no body.");
  // Not `for await`: that would cut the connection where a body is given up, before its answer is sent.
  const body = request.body[Symbol.asyncIterator]();
  return readEnvelope(body, async (ticket) => (await door.tickets.find(ticket)) !== null);
}

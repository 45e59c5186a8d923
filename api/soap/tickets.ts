import { randomBytes } from "node:crypto";

import type { Pool } from "pg";

import { findTicket, type TicketHolder } from "../../db/desktop-sessions.ts";

const TICKET_BYTES = 32;
const TICKET_LENGTH_MAX = 100;
const KEPT_MAX = 5_000;

export const makeTicket = (): string => randomBytes(TICKET_BYTES).toString("base64url");

/** Whose tickets these are. What a ticket is bound to never changes, so that it is asked for once. */
export interface Tickets {
  find(ticket: string): Promise<TicketHolder | null>;
}

export function createTickets(pool: Pool): Tickets {
  const known = new Map<string, TicketHolder>();
  return {
    async find(ticket) {
      if (ticket === "" || ticket.length > TICKET_LENGTH_MAX) return null;
      const holder = known.get(ticket) ?? (await findTicket(pool, ticket));
      if (holder === null) return null;
      known.delete(ticket);
      known.set(ticket, holder);
      const [oldest] = known.keys();
      if (known.size > KEPT_MAX && oldest !== undefined) known.delete(oldest);
      return holder;
    },
  };
}

import { randomBytes, randomUUID } from "node:crypto";

import { pino } from "pino";
import type { Pool } from "pg";
import { afterAll, beforeAll } from "vitest";

import { createCompany } from "../../db/companies.ts";
import { addConnector } from "../../db/connectors.ts";
import { createExchanges, startExchangeListener } from "../../db/desktop-exchanges.ts";
import { storeAnswer, takeRequest } from "../../db/desktop-requests.ts";
import { findTicket, logIn, type TicketHolder } from "../../db/desktop-sessions.ts";
import type { Listener } from "../../db/listener.ts";
import type { Exchanges } from "../../quickbooks/desktop/exchanges.ts";
import { withPool } from "../support/pools.ts";

export const NEVER = new AbortController().signal;

const CONTACT = {
  hostAnswer: null,
  file: "C:\\a.qbw",
  country: "US",
  majorVersion: 13,
  minorVersion: 0,
};

/** A company that nobody has confirmed, whose PC has QuickBooks open. */
export interface Open {
  companyId: string;
  connectorId: string;
  fileId: string;
  holder: TicketHolder;
  exchanges: Exchanges;
}

/** Both sides of the tables: a PC as its door writes it, and the worker's exchanges. */
export interface Desktop {
  readonly pool: Pool;
  open(name?: string): Promise<Open>;
  /** A new session of a PC. */
  logIn(companyId: string, connectorId: string): Promise<TicketHolder>;
  take(open: Open): Promise<string | null>;
  /** The next request, as soon as there is one. */
  taken(open: Open): Promise<string>;
  bring(open: Open, response: string): Promise<boolean>;
  /** As if QuickBooks had worked for so many seconds more on what it was sent. */
  work(open: Open, seconds: number): Promise<unknown>;
}

export function withDesktop(): Desktop {
  const database = withPool();
  let listener: Listener | undefined;
  beforeAll(() => {
    listener = startExchangeListener(database.url, pino({ level: "silent" }));
  });
  afterAll(() => listener?.close());
  const desktop: Desktop = {
    get pool() {
      return database.pool;
    },
    async open(name = "Larry's") {
      const { pool } = database;
      const { id: companyId } = await createCompany(pool, { name, edition: "desktop" });
      const { connector, fileId } = await addConnector(pool, {
        companyId,
        name: "Front desk",
        fileId: `{${randomUUID().toUpperCase()}}`,
      });
      const holder = await desktop.logIn(companyId, connector.id);
      if (listener === undefined) throw new Error("exchanges are read before the tests run");
      const exchanges = createExchanges(pool, listener, companyId, (rawCode, message) => ({
        kind: "quickbooks-unreachable",
        message,
        rawCode,
      }));
      return { companyId, connectorId: connector.id, fileId, holder, exchanges };
    },
    async logIn(companyId, connectorId) {
      const ticket = randomBytes(32).toString("base64url");
      await logIn(database.pool, { companyId, connectorId, ticket, remoteAddress: "192.0.2.1" });
      const holder = await findTicket(database.pool, ticket);
      if (holder === null) throw new Error("the session is not there");
      await takeRequest(database.pool, holder, CONTACT);
      return holder;
    },
    take: ({ holder }) => takeRequest(database.pool, holder, CONTACT),
    async taken(open) {
      for (;;) {
        const request = await desktop.take(open);
        if (request !== null) return request;
        await later(20);
      }
    },
    async bring({ holder }, response) {
      const brought = { response, hresult: "", message: "" };
      return (await storeAnswer(database.pool, holder, brought)).isStored;
    },
    work: ({ companyId }, seconds) =>
      database.pool.query(
        `update desktop_exchanges set sent_at = sent_at - $2 * interval '1 second'
         where company_id = $1 and state = 'sent'`,
        [companyId, seconds],
      ),
  };
  return desktop;
}

/** The fault that some work ends with; null when it ends well. */
export const faultOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: { fault?: unknown }) => error.fault ?? error,
  );

export const later = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

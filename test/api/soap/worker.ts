import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";

import { createExchanges, startExchangeListener } from "../../../db/desktop-exchanges.ts";
import type { Listener } from "../../../db/listener.ts";
import { faultOfHresult } from "../../../quickbooks/desktop/faults.ts";
import type { Exchanges } from "../../../quickbooks/desktop/exchanges.ts";
import type { Pool } from "pg";

/** The worker's side of the tables that the door writes. */
export function withExchanges(database: { readonly pool: Pool; readonly url: string }): {
  of(companyId: string): Exchanges;
} {
  let listener: Listener | undefined;
  beforeAll(() => {
    listener = startExchangeListener(database.url, pino({ level: "silent" }));
  });
  afterAll(() => listener?.close());
  return {
    of(companyId) {
      if (listener === undefined) throw new Error("exchanges are read before the tests run");
      return createExchanges(database.pool, listener, companyId, faultOfHresult);
    },
  };
}

export const NEVER = new AbortController().signal;

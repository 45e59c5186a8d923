import type { Client } from "@temporalio/client";
import type { Pool } from "pg";

import type { Log } from "../core/log.ts";
import type { Exchanges } from "../quickbooks/desktop/exchanges.ts";
import type { Source } from "../quickbooks/source.ts";

/** A company's source while one activity uses it; `close` writes down what the source still counts. */
export interface OpenSource {
  source: Source;
  close(): Promise<void>;
}

/** What activities work with. */
export interface ActivityDeps {
  pool: Pool;
  temporal: Client;
  log: Log;
  /** After this many failures in a row AutoSync is held. */
  failuresMax: number;
  /** When companies are compared with QuickBooks by themselves; 0 is never. */
  verify: { afterMinutes: number; everyDays: number };
  /** The source of a company. Throws the fault `not-connected`. */
  openSource(companyId: string): Promise<OpenSource>;
  /** The way to a Desktop company's PC. */
  exchangesOf(companyId: string): Exchanges;
}

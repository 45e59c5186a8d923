import type { Pool } from "pg";

import type { OpenSource } from "../activities/deps.ts";
import type { Config } from "../core/config.ts";
import { FaultError } from "../core/faults.ts";
import { createTokenStore, findConnection } from "../db/connections.ts";
import { createExchanges } from "../db/desktop-exchanges.ts";
import type { Listener } from "../db/listener.ts";
import { createLimiter } from "../db/request-pace.ts";
import { createSecretBox } from "../db/secret-box.ts";
import type { Exchanges } from "../quickbooks/desktop/exchanges.ts";
import { faultOfHresult } from "../quickbooks/desktop/faults.ts";
import { nothingLearned, type Learned } from "../quickbooks/desktop/learned.ts";
import { createDesktopSource } from "../quickbooks/desktop/source.ts";
import { createOnlineClient } from "../quickbooks/online/client.ts";
import { createOauth } from "../quickbooks/online/oauth.ts";
import { createOnlineSource } from "../quickbooks/online/source.ts";

/** How to reach the QuickBooks of a company, whichever edition it is. */
export interface Sources {
  /** The source of a company. Throws the fault `not-connected`. */
  openSource(companyId: string): Promise<OpenSource>;
  /** The way to a Desktop company's PC. */
  exchangesOf(companyId: string): Exchanges;
}

interface Parts {
  pool: Pool;
  /** Pipelines, so that each step of an exchange with a PC takes one round trip, and so does a moment to ask Intuit. */
  pipelinePool: Pool;
  listener: Listener;
  config: Pick<Config, "intuit" | "encryptionKeys" | "publicUrl">;
}

/** Puts the source of a company together: its tokens and its pace at Intuit's address, or its PC's Web Connector. */
export function createSources({ pool, pipelinePool, listener, config }: Parts): Sources {
  const openOnline = onlineSources({ pool, pipelinePool, config });
  const learned = new Map<string, Learned>();
  const exchangesOf = (companyId: string): Exchanges =>
    createExchanges(pipelinePool, listener, companyId, faultOfHresult);
  return {
    exchangesOf,
    async openSource(companyId) {
      const connection = await findConnection(pool, companyId);
      if (connection === null) {
        throw new FaultError({
          kind: "not-connected",
          message: "This company is not connected to QuickBooks.",
        });
      }
      if (connection.realmId !== null) return openOnline(companyId, connection.realmId);
      const known = learned.get(companyId) ?? nothingLearned();
      learned.set(companyId, known);
      const source = createDesktopSource(exchangesOf(companyId), known);
      return {
        source,
        close: () => {
          source.close();
          return Promise.resolve();
        },
      };
    },
  };
}

function onlineSources({
  pool,
  pipelinePool,
  config,
}: Pick<Parts, "pool" | "pipelinePool" | "config">) {
  const { intuit } = config;
  const box = createSecretBox(config.encryptionKeys);
  const oauth = createOauth({ ...intuit, redirectUri: `${config.publicUrl}/oauth/callback` });
  return (companyId: string, realmId: string): OpenSource => {
    const client = createOnlineClient({
      apiUrl: intuit.apiUrl,
      realmId,
      tokens: createTokenStore(pool, box, companyId),
      exchange: oauth.exchangeRefreshToken,
      limiter: createLimiter(pipelinePool, companyId, intuit),
    });
    return { source: createOnlineSource(client, realmId), close: () => client.flush() };
  };
}

import type { Pool } from "pg";

import type { OpenSource } from "../activities/deps.ts";
import type { Config } from "../core/config.ts";
import { FaultError } from "../core/faults.ts";
import { createTokenStore, findConnection } from "../db/connections.ts";
import { createLimiter } from "../db/request-pace.ts";
import { createSecretBox } from "../db/secret-box.ts";
import { createOnlineClient } from "../quickbooks/online/client.ts";
import { createOauth } from "../quickbooks/online/oauth.ts";
import { createOnlineSource } from "../quickbooks/online/source.ts";

/** Opens the source of a company: its tokens, its pace and Intuit's address put together. */
export function createSources(
  pool: Pool,
  config: Pick<Config, "intuit" | "encryptionKeys" | "publicUrl">,
): (companyId: string) => Promise<OpenSource> {
  const { intuit } = config;
  const box = createSecretBox(config.encryptionKeys);
  const oauth = createOauth({ ...intuit, redirectUri: `${config.publicUrl}/oauth/callback` });
  return async (companyId) => {
    const connection = await findConnection(pool, companyId);
    const realmId = connection?.realmId ?? null;
    if (realmId === null) {
      throw new FaultError({
        kind: "not-connected",
        message: "This company is not connected to QuickBooks.",
      });
    }
    const client = createOnlineClient({
      apiUrl: intuit.apiUrl,
      realmId,
      tokens: createTokenStore(pool, box, companyId),
      exchange: oauth.exchangeRefreshToken,
      limiter: createLimiter(pool, companyId, intuit),
    });
    return { source: createOnlineSource(client, realmId), close: () => client.flush() };
  };
}

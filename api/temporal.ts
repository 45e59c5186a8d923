import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";

import type { Config } from "../core/config.ts";

/**
 * A client that connects when it is first used, so that the api starts and answers although Temporal
 * is away. TLS and API keys come from Temporal's own variables, address and namespace from ours.
 */
export function createTemporalClient(temporal: Config["temporal"]): Client {
  const { connectionOptions } = loadClientConnectConfig();
  const connection = Connection.lazy({ ...connectionOptions, address: temporal.address });
  return new Client({ connection, namespace: temporal.namespace });
}

import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { NativeConnection } from "@temporalio/worker";

import type { Config } from "../core/config.ts";

export interface TemporalConnections {
  /** For the worker's polling. */
  native: NativeConnection;
  /** For what activities ask of Temporal. */
  client: Client;
  close(): Promise<void>;
}

/** Connects to Temporal; TLS and API keys come from Temporal's own variables. Throws when it does not answer. */
export async function connectTemporal(temporal: Config["temporal"]): Promise<TemporalConnections> {
  const { connectionOptions } = loadClientConnectConfig();
  const options = { ...connectionOptions, address: temporal.address };
  const native = await NativeConnection.connect(options);
  const connection = await Connection.connect(options);
  return {
    native,
    client: new Client({ connection, namespace: temporal.namespace }),
    close: async () => {
      await connection.close();
      await native.close();
    },
  };
}

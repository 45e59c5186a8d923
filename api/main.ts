import { once } from "node:events";
import { existsSync } from "node:fs";

import { ConfigError, readConfig, type Config } from "../core/config.ts";
import { createLog, type Log } from "../core/log.ts";
import { createPool } from "../db/pool.ts";
import { createSecretBox } from "../db/secret-box.ts";
import { createOauth } from "../quickbooks/online/oauth.ts";
import { createApi } from "./api.ts";
import { createCoordinators } from "./coordinators.ts";
import { OAUTH_CALLBACK_PATH } from "./doors.ts";
import { startFeed } from "./progress/feed.ts";
import { startRelay } from "./relay.ts";
import { listen } from "./server.ts";
import { createTemporalClient } from "./temporal.ts";

const POOL_MAX = 20;

/** `npm run api`: runs until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const config = readConfig(process.env);
  const log = createLog(config.logLevel, "api");
  const asked = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  await serve(config, log, asked);
}

/** Everything is made here, in order, and ended in the other order. */
async function serve(config: Config, log: Log, asked: Promise<unknown>): Promise<void> {
  const pool = createPool(config.databaseUrl, {
    max: POOL_MAX,
    name: "evenbooks-api",
    pipeline: true,
  });
  const temporal = createTemporalClient(config.temporal);
  const feed = startFeed(config.databaseUrl, log);
  const relay = startRelay({ pool, feed, log, temporal });
  const api = createApi({
    pool,
    feed,
    log,
    box: createSecretBox(config.encryptionKeys),
    oauth: createOauth({ ...config.intuit, redirectUri: config.publicUrl + OAUTH_CALLBACK_PATH }),
    coordinators: createCoordinators(temporal, log),
    settings: {
      publicUrl: config.publicUrl,
      intuitApiUrl: config.intuit.apiUrl,
      webhookToken: config.intuit.webhookToken,
      pace: config.intuit,
      temporal: config.temporal,
    },
  });
  try {
    const listening = await listen(api, config);
    console.log(`Evenbooks API at http://127.0.0.1:${listening.port}/graphql`);
    log.info({ port: listening.port, publicUrl: config.publicUrl }, "the api listens");
    await asked;
    log.info("the api was asked to end");
    const closed = listening.close();
    await feed.close();
    await closed;
  } finally {
    await relay.close();
    await api.dispose();
    await feed.close();
    await temporal.connection.close();
    await pool.end();
  }
}

main().catch((error: unknown) => {
  console.error(
    error instanceof ConfigError ? error.message : `The api stopped: ${describe(error)}`,
  );
  process.exit(1);
});

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "EADDRINUSE"
    ? "its port is taken. Set PORT to another one."
    : (error.stack ?? error.message);
}

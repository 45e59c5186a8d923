import { existsSync } from "node:fs";

import { ConfigError, readMigrateConfig } from "../core/config.ts";
import { migrate } from "../db/migrate.ts";
import { registerSearchAttributes } from "./search-attributes.ts";
import { connectTemporal } from "./temporal.ts";

/** `npm run migrate`: the database to this version with its roles, Temporal with our search attributes. Twice is once. */
async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const config = readMigrateConfig(process.env);
  const ran = await migrate(config.databaseUrl);
  console.log(
    ran.length === 0 ? "The database is up to date." : `Database: ran ${ran.join(", ")}.`,
  );
  const temporal = await connectTemporal(config.temporal);
  try {
    const added = await registerSearchAttributes(temporal.client);
    console.log(
      added.length === 0
        ? "Temporal knows our search attributes."
        : `Temporal: registered ${added.join(", ")}.`,
    );
  } finally {
    await temporal.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : describe(error));
  process.exitCode = 1;
});

function describe(error: unknown): string {
  const lines = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) lines.push(cause.message);
  return `Migrating failed: ${lines.join("\n  because: ") || String(error)}`;
}

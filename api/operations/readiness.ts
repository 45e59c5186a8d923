import { missingMigrations } from "../../db/migrate.ts";
import { json } from "../answers.ts";
import type { Deps } from "../context.ts";

/**
 * `GET /readyz`: ready when PostgreSQL answers and is migrated. Temporal is told but not required:
 * without it everything can be read, and what is started waits in the queue until it is back.
 */
export async function readiness({ pool, coordinators, log }: Deps): Promise<Response> {
  const [database, isTemporalUp] = await Promise.all([
    databaseState(pool, log),
    coordinators.isUp(),
  ]);
  return json(database === "up" ? 200 : 503, {
    status: database === "up" ? "ready" : "not ready",
    database,
    temporal: isTemporalUp ? "up" : "away",
  });
}

async function databaseState(pool: Deps["pool"], log: Deps["log"]): Promise<string> {
  try {
    const missing = await missingMigrations(pool);
    return missing.length === 0 ? "up" : "not migrated: run npm run migrate";
  } catch (error) {
    log.warn({ err: error }, "PostgreSQL does not answer");
    return "away";
  }
}

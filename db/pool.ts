import { Pool, TypeOverrides, types } from "pg";

/** Amounts and dates arrive as text: no number of ours passes through a float, no date through a zone. */
const READING = new TypeOverrides();
READING.setTypeParser(types.builtins.NUMERIC, String);
READING.setTypeParser(types.builtins.DATE, String);
READING.setTypeParser(types.builtins.INT8, Number);

/**
 * A pool with our reading of types: numeric and date as text, bigint as a number (counts stay far below 2^53).
 * One that pipelines sends statements without waiting for those before them; it can carry no COPY.
 */
export function createPool(
  databaseUrl: string,
  options: { max: number; name: string; pipeline?: boolean },
): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: 30_000,
    pipeline: options.pipeline ?? false,
    types: READING,
  });
  // A connection that dies is replaced by the pool, and whoever uses it hears of it from its query;
  // without listeners for both, idle and in use, it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

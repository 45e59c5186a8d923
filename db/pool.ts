import { Pool, types } from "pg";

/** Columns of these types arrive as text: no number of ours passes through a float, no date through a zone. */
const AS_TEXT = new Set<number>([types.builtins.NUMERIC, types.builtins.DATE]);
const BIGINT: number = types.builtins.INT8;

/** A pool with our reading of types: numeric and date as text, bigint as a number (counts stay far below 2^53). */
export function createPool(databaseUrl: string, options: { max: number; name: string }): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options.max,
    application_name: options.name,
    connectionTimeoutMillis: 30_000,
    types: { getTypeParser: readType },
  });
  // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => undefined);
  return pool;
}

const readType: typeof types.getTypeParser = ((oid: number, format?: "text" | "binary") => {
  if (AS_TEXT.has(oid)) return (text: string) => text;
  if (oid === BIGINT) return Number;
  return types.getTypeParser(oid as Parameters<typeof types.getTypeParser>[0], format);
}) as typeof types.getTypeParser;

import { DatabaseError } from "pg";

/** PostgreSQL refused a row because a unique index has one like it. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "23505";

/** The table is not there: the database was never migrated. */
export const isMissingTable = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "42P01";

/** A value that PostgreSQL cannot take (class 22), or that is too large for an index (54000). Another try meets it again. */
export const isRefusedValue = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError &&
  (error.code?.startsWith("22") === true || error.code === "54000");

/** Refused, unreachable, shut down, starting up, or out of connections. */
const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "ETIMEDOUT",
  "53300",
  "57P01",
  "57P02",
  "57P03",
]);

/** PostgreSQL does not answer just now; asked again a little later it may. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return AWAY.has(error.code);
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message);
}

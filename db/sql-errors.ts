import { DatabaseError } from "pg";

/** PostgreSQL refused a row because a unique index has one like it. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "23505";

/** The table is not there: the database was never migrated. */
export const isMissingTable = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "42P01";

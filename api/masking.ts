import { GraphQLError } from "graphql";

import type { Log } from "../core/log.ts";
import { isDatabaseAway } from "../db/sql-errors.ts";
import { requestId } from "./request-id.ts";

/**
 * What was raised on purpose passes; anything else is logged with its stack under the request's id,
 * and the asker learns that id alone.
 */
export const createMask =
  (log: Log) =>
  (error: unknown): Error => {
    if (isMeant(error)) return error;
    const { message, code, id } = mishap(log, originOf(error));
    return new GraphQLError(message, { extensions: { code, requestId: id, unexpected: true } });
  };

interface Mishap {
  status: number;
  code: string;
  message: string;
  /** The request's, for the log and for whoever reports it. */
  id: string;
}

/** Logs what nobody expected with its stack, and answers what the asker may know of it. */
export function mishap(log: Log, error: unknown): Mishap {
  const id = requestId();
  log.error({ err: error, requestId: id }, "a request failed");
  return isDatabaseAway(error)
    ? { status: 503, code: "UNAVAILABLE", message: AWAY, id }
    : { status: 500, code: "INTERNAL_SERVER_ERROR", message: BROKEN, id };
}

const AWAY = "The database does not answer just now. Try again in a moment.";
const BROKEN =
  "Something went wrong on our side. Try again; should it stay so, report the request id.";

/** A GraphQLError, all the way down, was written for the asker. */
function isMeant(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  return error.originalError === undefined || isMeant(error.originalError);
}

const originOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined
    ? originOf(error.originalError)
    : error;

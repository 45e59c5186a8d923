import { GraphQLError } from "graphql";

import type { Log } from "../core/log.ts";
import { requestId } from "./request-id.ts";

/**
 * What was raised on purpose passes; anything else is logged with its stack under the request's id,
 * and the asker learns that id alone.
 */
export const createMask =
  (log: Log) =>
  (error: unknown): Error => {
    if (isMeant(error)) return error;
    const id = requestId();
    log.error({ err: originOf(error), requestId: id }, "a request failed");
    return new GraphQLError(
      "Something went wrong on our side. Try again; should it stay so, report the request id.",
      { extensions: { code: "INTERNAL_SERVER_ERROR", requestId: id, unexpected: true } },
    );
  };

/** A GraphQLError, all the way down, was written for the asker. */
function isMeant(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  return error.originalError === undefined || isMeant(error.originalError);
}

const originOf = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined
    ? originOf(error.originalError)
    : error;

import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { z } from "zod";

/** A query with its variables; documents that the app hands over are far smaller. */
export const BODY_BYTES_MAX = 1_000_000;

const Body = z.object({
  query: z.string().min(1),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

/** Reads the body of `POST /graphql`: one operation as a JSON object, and nothing else. */
export const useBody = (): Plugin => ({
  onRequestParse({ request, setRequestParser }) {
    if (!/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
      throw refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the query as application/json.");
    }
    setRequestParser(readBody);
  },
});

async function readBody(request: Request): Promise<GraphQLParams> {
  const text = await request.text();
  const body = Body.safeParse(parse(text));
  if (!body.success) {
    throw refused(
      400,
      "BAD_REQUEST",
      "The body must be one JSON object with `query` and, where needed, `variables` and `operationName`.",
    );
  }
  const { query, operationName, variables, extensions } = body.data;
  return {
    query,
    ...(operationName == null ? {} : { operationName }),
    ...(variables == null ? {} : { variables }),
    ...(extensions == null ? {} : { extensions }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(400, "BAD_REQUEST", "The body is not JSON.");
  }
}

const refused = (status: number, code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status } } });

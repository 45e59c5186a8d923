/** An answer in JSON that no cache keeps. */
export const json = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response =>
  new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });

/** A failure in the shape of GraphQL's own, so that a client has one way to read them all. */
export const failure = (
  status: number,
  { message, ...extensions }: { code: string; message: string; requestId?: string },
  headers: Record<string, string> = {},
): Response => json(status, { errors: [{ message, extensions }] }, headers);

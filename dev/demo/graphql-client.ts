import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";

const Answer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

const Refusal = z.object({ code: z.string(), message: z.string(), nextStep: z.string() });

/** What every mutation of the demo asks for when it is refused, and calls its answer. */
export const REFUSAL = "... on Refusal { code message nextStep }";
export const Result = z.object({ result: z.unknown() });
export const WithId = z.object({ id: z.string() });

export interface GraphQLClient {
  /** One operation; throws when it is answered with an error, or when the answer has another shape. */
  ask: <T>(shape: z.ZodType<T>, query: string, variables?: Record<string, unknown>) => Promise<T>;
  /** Every result of a subscription; taken up again when the connection is lost, until the signal says stop. */
  follow: <T>(
    shape: z.ZodType<T>,
    query: string,
    variables: Record<string, unknown>,
  ) => AsyncGenerator<T>;
}

const TAKE_UP_AGAIN_MS = 1_000;

/** A client of our own API, as an app would write one: POST for operations, SSE for subscriptions. */
export function createClient(url: string, token: string, signal: AbortSignal): GraphQLClient {
  const post = (accept: string, body: unknown): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        accept,
      },
      body: JSON.stringify(body),
      signal,
    });
  return {
    async ask(shape, query, variables = {}) {
      const response = await post("application/json", { query, variables });
      return shape.parse(dataOf(await response.text()));
    },
    async *follow(shape, query, variables) {
      for (;;) {
        signal.throwIfAborted();
        try {
          const response = await post("text/event-stream", { query, variables });
          for await (const data of events(response)) yield shape.parse(dataOf(data));
          return;
        } catch (error) {
          const isLost = error instanceof TypeError;
          if (!isLost) throw error;
        }
        await wait(TAKE_UP_AGAIN_MS, undefined, { signal });
      }
    },
  };
}

function dataOf(text: string): unknown {
  const { data, errors } = Answer.parse(JSON.parse(text));
  if (errors !== undefined) {
    throw new Trouble(`The API answered: ${errors.map(({ message }) => message).join("; ")}`);
  }
  return data;
}

/** The data of each `next` event: a block of lines, ended by an empty one. Returns at `complete`. */
async function* events(response: Response): AsyncGenerator<string> {
  if (response.body === null || !response.ok) {
    throw new Trouble(`The API refused the subscription: HTTP ${response.status}`);
  }
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      if (lines.includes("event: complete")) return;
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
      if (data.length > 0 && data.join("").trim() !== "") yield data.join("\n");
    }
  }
}

/** The wanted member of a result union; a refusal becomes a Trouble in its own words. */
export function accepted<T>(shape: z.ZodType<T>, result: unknown): T {
  const refusal = Refusal.safeParse(result);
  if (refusal.success) {
    const { code, message, nextStep } = refusal.data;
    throw new Trouble(`The API refused (${code}): ${message} ${nextStep}`);
  }
  return shape.parse(result);
}

import type { Log } from "../../core/log.ts";
import { failure } from "../answers.ts";
import type { WebhookOutcome } from "../operations/metrics.ts";
import type { Hurry } from "./hurry.ts";
import { readNotice } from "./notice.ts";
import { isAuthentic, isSignature } from "./signature.ts";

/** Intuit names no limit and advises to allow this much; a notice refused is sent again and again, before all others. */
const BODY_BYTES_MAX = 2_000_000;
/** Of all bodies that are being read at the same time. */
const BYTES_AT_ONCE_MAX = 32_000_000;

interface WebhookDeps {
  log: Log;
  hurry: Hurry;
  /** The verifier token of our Intuit app; null while webhooks are not set up. */
  token: string | null;
  count: (outcome: WebhookOutcome) => void;
}

/** `POST /webhooks/intuit`: checks who sends it, remembers whose books changed, and answers. */
export type WebhookDoor = (request: Request) => Promise<Response>;

export function createWebhookDoor({ log, hurry, token, count }: WebhookDeps): WebhookDoor {
  const read = createReader();
  const sayOnce = onceEach((sentence) => log.warn(sentence));
  const refuse = (answer: Response): Response => {
    count("refused");
    return answer;
  };
  return async (request) => {
    if (token === null) {
      sayOnce("a webhook came, but INTUIT_WEBHOOK_TOKEN is not set");
      return notSetUp();
    }
    const signature = request.headers.get("intuit-signature");
    const body = isSignature(signature) ? await read(request) : null;
    if (body === "too-large") return refuse(tooLarge());
    if (body === "busy") return refuse(busy());
    if (body === "cut-off") return refuse(cutOff());
    if (signature === null || body === null || !isAuthentic(body, signature, token)) {
      sayOnce("a webhook was refused: its signature is not made with INTUIT_WEBHOOK_TOKEN");
      return refuse(notAuthentic());
    }
    const notice = readNotice(body);
    if (notice === null) return refuse(notJson());
    if (notice.isOlderFormat) {
      sayOnce("Intuit sends webhooks in its older format; choose CloudEvents in its portal");
    }
    count("received");
    hurry.want(notice.realmIds);
    return new Response(null, { status: 200 });
  };
}

/** Reads bodies whole, each within its limit and all of them together within theirs. */
function createReader() {
  let bytesAtOnce = 0;
  return async (request: Request): Promise<Buffer | "too-large" | "busy" | "cut-off"> => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // Not `for await`: that would cut the connection where a body is given up, before its answer is sent.
    const body = request.body?.[Symbol.asyncIterator]();
    try {
      for (let next = await body?.next(); next?.done === false; next = await body?.next()) {
        chunks.push(next.value);
        bytes += next.value.length;
        bytesAtOnce += next.value.length;
        if (bytes > BODY_BYTES_MAX) return "too-large";
        if (bytesAtOnce > BYTES_AT_ONCE_MAX) return "busy";
      }
      return Buffer.concat(chunks);
    } catch {
      return "cut-off";
    } finally {
      bytesAtOnce -= bytes;
    }
  };
}

/** Says each sentence once in the life of the process: who sends may send a lot. */
function onceEach(say: (sentence: string) => void): (sentence: string) => void {
  const said = new Set<string>();
  return (sentence) => {
    if (said.has(sentence)) return;
    said.add(sentence);
    say(sentence);
  };
}

const notSetUp = (): Response =>
  failure(404, {
    code: "NOT_SET_UP",
    message:
      "Webhooks are not set up here: set INTUIT_WEBHOOK_TOKEN to the verifier token of your Intuit app.",
  });

const notAuthentic = (): Response =>
  failure(403, {
    code: "FORBIDDEN",
    message: "The header intuit-signature does not prove that Intuit sent this.",
  });

const tooLarge = (): Response =>
  failure(
    413,
    {
      code: "REQUEST_ENTITY_TOO_LARGE",
      message: `A notice has ${BODY_BYTES_MAX} bytes at most.`,
    },
    { connection: "close" },
  );

const busy = (): Response =>
  failure(
    503,
    { code: "UNAVAILABLE", message: "Too many notices come at once. Send this one again." },
    { connection: "close", "retry-after": "10" },
  );

/** Whoever sent it is gone and does not hear this. */
const cutOff = (): Response =>
  failure(400, { code: "BAD_REQUEST", message: "The body ended before its end." });

/** Refused it would come again and again, and hold up every later one: it is taken, and said to be useless. */
const notJson = (): Response =>
  failure(200, {
    code: "BAD_REQUEST",
    message: "The signature is right, but the body is no JSON.",
  });

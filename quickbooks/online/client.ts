import { setTimeout as sleep } from "node:timers/promises";

import { Agent, errors, request } from "undici";

import { FaultError, type Fault } from "../../core/faults.ts";
import { BrokenJson, eachMember } from "./cut.ts";
import { faultOf, noAnswer, type BadAnswer } from "./faults.ts";
import type { Limiter } from "./limiter.ts";
import type { ExchangeRefreshToken, TokenStore } from "./tokens.ts";

/** Intuit cuts a request off after 120 s; a little later we stop waiting ourselves. */
const TIMEOUT_MS = 130_000;
const BODY_MAX_BYTES = 256 * 1024 * 1024;
/** A token this close to its end is refreshed before it is used. */
const REFRESH_EARLY_MS = 5 * 60_000;
/** Intuit's advice after a 429 that names no time of its own. */
const THROTTLE_WAIT_MS = 60_000;
/** A 429 beyond this many metered calls in a month is the month's end, not a matter of seconds (Builder tier). */
const MONTHLY_CALLS = 500_000;
const MONTHLY_PROBE_MS = 60 * 60_000;
/** Minor version 75 is what Intuit serves to everybody since August 2025. */
const MINOR_VERSION = "75";

export interface OnlineClientDeps {
  apiUrl: string;
  realmId: string;
  tokens: TokenStore;
  exchange: ExchangeRefreshToken;
  limiter: Limiter;
}

export interface OnlineClient {
  /** GETs a path of this company and answers the body's bytes. Throws FaultError alone. */
  get(path: string, query: Record<string, string>, signal: AbortSignal): Promise<OnlineAnswer>;
  /** Writes down the metered calls that were not counted yet. */
  flush(): Promise<void>;
}

export interface OnlineAnswer {
  bytes: Buffer;
  traceId: string | undefined;
  /** The header `Date`. */
  date: string | undefined;
}

/** One set of connections for all companies of a process. */
const agent = new Agent({
  connections: 100,
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS,
  connect: { timeout: 10_000 },
  maxResponseSize: BODY_MAX_BYTES,
});

/** Talks HTTP for one company: pace, token, refresh once on 401, faults. */
export function createOnlineClient(deps: OnlineClientDeps): OnlineClient {
  let succeeded = 0;
  let held: string | null = null;

  async function accessToken(): Promise<string> {
    const pair = await deps.tokens.read();
    if (pair.accessExpiresAt.getTime() - Date.now() > REFRESH_EARLY_MS) {
      held = pair.accessToken;
      return pair.accessToken;
    }
    return renew(pair.accessToken);
  }

  async function renew(stale: string): Promise<string> {
    const pair = await deps.tokens.refresh(stale, deps.exchange);
    held = pair.accessToken;
    return pair.accessToken;
  }

  async function waitForTurn(signal: AbortSignal): Promise<void> {
    const counted = succeeded;
    succeeded = 0;
    const moment = await deps.limiter.take(counted);
    if (!moment.taken) throw new FaultError(throttled(moment.waitMs));
    if (moment.waitMs > 1) await sleep(moment.waitMs, undefined, { signal });
  }

  async function ask(
    url: URL,
    token: string,
    signal: AbortSignal,
  ): Promise<OnlineAnswer | BadAnswer> {
    await waitForTurn(signal);
    const answer = await send(url, token, signal);
    if (!("status" in answer)) succeeded++;
    return answer;
  }

  return {
    async get(path, query, signal) {
      const url = new URL(`/v3/company/${deps.realmId}/${path}`, deps.apiUrl);
      // Intuit reads `+` as a plus in some places and as a space in others: only %20 is safe.
      url.search = Object.entries({ ...query, minorversion: MINOR_VERSION })
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join("&");
      const token = held ?? (await accessToken());
      let answer = await ask(url, token, signal);
      if ("status" in answer && answer.status === 401) {
        answer = await ask(url, await renew(token), signal);
      }
      if (!("status" in answer)) return answer;
      throw new FaultError(await settle(deps, withoutTokens(faultOf(answer))));
    },
    async flush() {
      const counted = succeeded;
      succeeded = 0;
      await deps.limiter.count(counted);
    },
  };
}

/** Everybody hears of a 429 at once, and a month that is spent gets its own name. */
async function settle({ limiter }: OnlineClientDeps, fault: Fault): Promise<Fault> {
  if (fault.kind !== "throttled") return fault;
  if ((await limiter.callsThisMonth()) >= MONTHLY_CALLS) {
    await limiter.holdOff(MONTHLY_PROBE_MS);
    return {
      ...fault,
      kind: "monthly-quota",
      message: `The Intuit app has made its ${MONTHLY_CALLS} metered calls of this month, and QuickBooks refuses more.`,
      retryAfterMs: MONTHLY_PROBE_MS,
    };
  }
  const waitMs = fault.retryAfterMs ?? THROTTLE_WAIT_MS;
  await limiter.holdOff(waitMs);
  return { ...fault, retryAfterMs: waitMs };
}

/** QuickBooks quotes a token that it refuses; faults are shown, logged and kept, so the token goes. */
const withoutTokens = (fault: Fault): Fault =>
  fault.rawMessage === undefined
    ? fault
    : { ...fault, rawMessage: fault.rawMessage.replace(TOKEN_LIKE, "[token]") };

const TOKEN_LIKE = /[\w.-]{32,}/g;

const throttled = (waitMs: number): Fault => ({
  kind: "throttled",
  message: "QuickBooks asked us to slow down.",
  retryAfterMs: waitMs,
});

async function send(
  url: URL,
  token: string,
  signal: AbortSignal,
): Promise<OnlineAnswer | BadAnswer> {
  const response = await request(url, {
    dispatcher: agent,
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw noAnswer("unavailable", error);
  });
  const traceId = first(response.headers["intuit_tid"] ?? response.headers["intuit-tid"]);
  const body = await response.body.arrayBuffer().catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof errors.ResponseExceededMaxSizeError) {
      throw new FaultError(
        { kind: "page-refused", message: "QuickBooks' answer is larger than we take." },
        { cause: error },
      );
    }
    throw noAnswer("truncated-answer", error);
  });
  const bytes = Buffer.from(body);
  const date = first(response.headers.date);
  if (response.statusCode === 200 && !holdsFault(bytes)) return { bytes, traceId, date };
  return {
    status: response.statusCode,
    body: bytes.toString("utf8"),
    traceId,
    retryAfter: first(response.headers["retry-after"]),
  };
}

/** A fault may come with HTTP 200. It stands at the top of the answer; inside records the word means nothing. */
function holdsFault(bytes: Buffer): boolean {
  if (MARKUP.test(bytes.toString("latin1", 0, 64))) return true;
  // Without the quote before it: a search that begins with a frequent byte costs ten times as much.
  if (!bytes.includes('Fault"') && !bytes.includes('fault"')) return false;
  let isFound = false;
  try {
    eachMember(bytes, 0, (key, from) => {
      if (/^fault$/i.test(key) && bytes.toString("latin1", from, from + 1) === "{") isFound = true;
      return null;
    });
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
  }
  return isFound;
}

/** A gateway's page, or XML: nothing we asked for. */
const MARKUP = /^\s*</;

const first = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

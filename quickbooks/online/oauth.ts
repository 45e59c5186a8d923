import { z } from "zod";

import { FaultError, type Fault } from "../../core/faults.ts";
import { faultOf, noAnswer, unreadable } from "./faults.ts";
import type { ExchangeRefreshToken, TokenPair } from "./tokens.ts";

/** Read and write; Intuit offers no narrower scope for the books. */
const SCOPE = "com.intuit.quickbooks.accounting";
const TIMEOUT_MS = 30_000;

export interface IntuitApp {
  clientId: string;
  clientSecret: string;
  discoveryUrl: string;
  redirectUri: string;
}

const Endpoints = z.object({
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
});

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  x_refresh_token_expires_in: z.coerce.number().positive().optional(),
});

/** Intuit's OAuth for one app: its addresses come from the discovery document, read once. */
export interface Oauth {
  /** Where to send the customer's browser. */
  authorizationUrl(state: string): Promise<string>;
  /** Trades the code of the redirect for the first pair. Throws FaultError when Intuit refuses. */
  exchangeCode(code: string): Promise<TokenPair>;
  /** Trades a refresh token for the next pair; a fault when the grant is over, thrown when it could not be tried. */
  exchangeRefreshToken: ExchangeRefreshToken;
}

export function createOauth(app: IntuitApp): Oauth {
  let endpoints: Promise<z.infer<typeof Endpoints>> | null = null;
  const discover = () => {
    endpoints ??= readEndpoints(app.discoveryUrl).catch((error: unknown) => {
      endpoints = null;
      throw error;
    });
    return endpoints;
  };
  const askForTokens = async (form: Record<string, string>): Promise<TokenPair> => {
    const { token_endpoint } = await discover();
    const sentAt = Date.now();
    const answer = await send(token_endpoint, {
      method: "POST",
      headers: {
        authorization: basic(app),
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(form).toString(),
    });
    return pairOf(answer, sentAt);
  };
  return {
    async authorizationUrl(state) {
      const url = new URL((await discover()).authorization_endpoint);
      url.searchParams.set("client_id", app.clientId);
      url.searchParams.set("response_type", "code");
      url.searchParams.set("scope", SCOPE);
      url.searchParams.set("redirect_uri", app.redirectUri);
      url.searchParams.set("state", state);
      return url.href;
    },
    exchangeCode: (code) =>
      askForTokens({ grant_type: "authorization_code", code, redirect_uri: app.redirectUri }),
    async exchangeRefreshToken(refreshToken) {
      try {
        return {
          tokens: await askForTokens({ grant_type: "refresh_token", refresh_token: refreshToken }),
        };
      } catch (error) {
        if (error instanceof FaultError && error.fault.kind === "authorization-ended") {
          return { fault: error.fault };
        }
        throw error;
      }
    },
  };
}

interface Answer {
  status: number;
  body: string;
  traceId: string | undefined;
  retryAfter: string | undefined;
}

async function readEndpoints(discoveryUrl: string): Promise<z.infer<typeof Endpoints>> {
  const answer = await send(discoveryUrl, { headers: { accept: "application/json" } });
  if (answer.status !== 200) throw new FaultError(faultOf(answer));
  return parse(Endpoints, answer);
}

function pairOf(answer: Answer, sentAt: number): TokenPair {
  if (answer.status !== 200) throw new FaultError(refusal(answer));
  const tokens = parse(Tokens, answer);
  const after = (seconds: number) => new Date(sentAt + seconds * 1000);
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    accessExpiresAt: after(tokens.expires_in),
    refreshExpiresAt:
      tokens.x_refresh_token_expires_in === undefined
        ? null
        : after(tokens.x_refresh_token_expires_in),
  };
}

/** `invalid_grant` is final: asked again it would only look like theft. Anything else may pass. */
function refusal(answer: Answer): Fault {
  const code = /"error"\s*:\s*"([a-z_]{1,60})"/.exec(answer.body)?.[1];
  if (code === undefined) return faultOf(answer);
  return {
    kind: code === "invalid_grant" ? "authorization-ended" : "unknown-fault",
    message:
      code === "invalid_grant"
        ? "Intuit says that the authorisation of this company is over: it was revoked, has lapsed or was used elsewhere."
        : `Intuit refused to give tokens (${code}): check INTUIT_CLIENT_ID and INTUIT_CLIENT_SECRET.`,
    rawCode: code,
    httpStatus: answer.status,
    ...(answer.traceId === undefined ? {} : { traceId: answer.traceId }),
  };
}

async function send(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return {
      status: response.status,
      body: await response.text(),
      traceId:
        response.headers.get("intuit_tid") ?? response.headers.get("intuit-tid") ?? undefined,
      retryAfter: response.headers.get("retry-after") ?? undefined,
    };
  } catch (error) {
    throw noAnswer("unavailable", error);
  }
}

function parse<T extends z.ZodType>(schema: T, answer: Answer): z.infer<T> {
  try {
    return schema.parse(JSON.parse(answer.body));
  } catch (error) {
    throw new FaultError(unreadable("its fields are not the expected ones", answer.traceId).fault, {
      cause: error,
    });
  }
}

const basic = (app: IntuitApp): string =>
  `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}`;

import { FaultError, type Fault, type FaultKind } from "../../core/faults.ts";

/** What each of QuickBooks Online's codes means for a reader. Codes come zero-padded or not: compared as numbers. */
const KIND_OF_CODE: Record<number, FaultKind> = {
  100: "authorization-ended",
  110: "authorization-ended",
  120: "access-denied",
  130: "maintenance",
  140: "maintenance",
  150: "maintenance",
  500: "query-refused",
  610: "not-found",
  3001: "throttled",
  3200: "authorization-ended",
  3201: "access-denied",
  3202: "access-denied",
  4000: "query-refused",
  4001: "query-refused",
  4002: "page-refused",
  5020: "kind-not-available",
  5030: "kind-not-available",
  6190: "subscription-ended",
  10000: "unavailable",
  10100: "page-refused",
  10200: "company-reset",
};

const SENTENCE: Partial<Record<FaultKind, string>> = {
  throttled: "QuickBooks asked us to slow down.",
  "truncated-answer": "QuickBooks' answer broke off on its way.",
  unavailable: "QuickBooks does not answer at the moment.",
  maintenance: "QuickBooks has locked this company for work of its own.",
  "authorization-ended": "QuickBooks no longer accepts our authorisation for this company.",
  "access-denied": "QuickBooks does not let us read this company.",
  "subscription-ended": "The QuickBooks subscription of this company has ended.",
  "kind-not-available":
    "This QuickBooks plan, or the person who connected it, may not see this kind of record.",
  "query-refused": "QuickBooks refused a question of ours.",
  "page-refused": "QuickBooks could not produce a page of records.",
  "company-reset": "This company was reset in QuickBooks.",
  "not-found": "QuickBooks does not find what we asked for.",
};

const RAW_MAX = 500;

/** What an answer looked like when it was not what we asked for. */
export interface BadAnswer {
  status: number;
  body: string;
  traceId: string | undefined;
  /** The header `Retry-After`, in seconds, where it came. */
  retryAfter: string | undefined;
}

interface Told {
  code: string | null;
  message: string;
  /** JSON that does not end: the refusal itself was cut off on its way. */
  isBroken: boolean;
}

/** Classifies by status and code, never by words; QuickBooks' code, text and trace id are kept. */
export function faultOf(answer: BadAnswer): Fault {
  const told = readFault(answer.body);
  const kind = kindOf(answer.status, told);
  const retryAfterMs = retryAfterOf(answer.retryAfter);
  return {
    kind,
    message: SENTENCE[kind] ?? `QuickBooks answered something unexpected (HTTP ${answer.status}).`,
    httpStatus: answer.status,
    rawMessage: told.message.slice(0, RAW_MAX),
    ...(told.code === null ? {} : { rawCode: told.code }),
    ...(answer.traceId === undefined ? {} : { traceId: answer.traceId }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
}

/** The fault of a request that got no whole answer: not reached, cut off, timed out. */
export const noAnswer = (kind: "unavailable" | "truncated-answer", cause: unknown): FaultError =>
  new FaultError(
    {
      kind,
      message:
        kind === "unavailable"
          ? "QuickBooks does not answer at the moment."
          : "QuickBooks' answer broke off on its way.",
      rawMessage: String(cause).slice(0, RAW_MAX),
    },
    { cause },
  );

/** An answer that came whole but is not what was asked for. */
export const unreadable = (what: string, traceId?: string): FaultError =>
  new FaultError({
    kind: "unreadable-answer",
    message: `QuickBooks' answer cannot be read: ${what}.`,
    ...(traceId === undefined ? {} : { traceId }),
  });

function kindOf(status: number, { code, isBroken }: Told): FaultKind {
  const known = code === null ? undefined : KIND_OF_CODE[Number(code)];
  if (status === 429) return "throttled";
  if (known !== undefined) return known;
  if (isBroken) return "truncated-answer";
  if (status < 300) return "unreadable-answer";
  if (status === 401) return "authorization-ended";
  if (status === 403) return "access-denied";
  if (status === 404) return "not-found";
  if (status === 408 || status >= 500) return "unavailable";
  return "unknown-fault";
}

/** The four shapes a fault comes in: two spellings of JSON, XML, and whatever a gateway says in HTML. */
function readFault(body: string): Told {
  const json = parseJson(body);
  if (json !== null) {
    const fault = member(json, "Fault") ?? member(json, "fault");
    const errors = member(fault, "Error") ?? member(fault, "error");
    const first: unknown = Array.isArray(errors) ? errors[0] : errors;
    const message = textOf(member(first, "Message") ?? member(first, "message"));
    const detail = textOf(member(first, "Detail") ?? member(first, "detail"));
    const code = member(first, "code");
    return {
      code: typeof code === "string" || typeof code === "number" ? String(code) : null,
      message: [message, detail].filter((text) => text !== "").join(": ") || body,
      isBroken: false,
    };
  }
  const code = /<Error\b[^>]*\bcode="(\d+)"/.exec(body)?.[1] ?? null;
  const message =
    /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? body.replace(/<[^>]*>|\s+/g, " ");
  return { code, message: message.trim(), isBroken: /^\s*[{[]/.test(body) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function retryAfterOf(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

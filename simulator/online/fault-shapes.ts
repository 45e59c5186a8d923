import { answer, type Answer } from "./answer.ts";
import { stampMs } from "./books/time.ts";

/** What a fault says; codes are strings (facts 7.2). */
export interface FaultText {
  status: number;
  code: string;
  message: string;
  detail: string;
  type: string;
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Shape 1 of facts 7.2, without time, as a batch's item carries it. */
export const faultObject = ({ code, message, detail, type }: FaultText): object => ({
  Error: [{ Message: message, Detail: detail, code }],
  type,
});

/** The service's own fault, shape 1. */
export function serviceFault(fault: FaultText, now: number): Answer {
  // A 2030 was recorded without its time (facts 10.10).
  const time = fault.code === "2030" ? {} : { time: stampMs(now) };
  const body = JSON.stringify({ Fault: faultObject(fault), ...time });
  return { ...answer(fault.status, "application/json", body), isFault: true };
}

/** The gateway's fault: lower case, time in milliseconds (recording of a 401). */
export function gatewayFault(fault: FaultText, now: number): Answer {
  const { status, code, message, detail, type } = fault;
  const body = {
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message, detail, code, element: null }], type },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: now,
    status: null,
    cdcresponse: [],
  };
  return { ...answer(status, "application/json", JSON.stringify(body)), isFault: true };
}

/** The same in XML, shape 3. */
export function xmlFault(fault: FaultText, now: number): Answer {
  const { status, code, message, detail, type } = fault;
  const body =
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` +
    `<IntuitResponse time="${stampMs(now)}" xmlns="http://schema.intuit.com/finance/v3">` +
    `<Fault type="${type}"><Error code="${code}"><Message>${escapeXml(message)}</Message>` +
    `<Detail>${escapeXml(detail)}</Detail></Error></Fault></IntuitResponse>`;
  return { ...answer(status, "application/xml;charset=utf-8", body), isFault: true };
}

/** The small XML that a client gets which forgot to ask for JSON (facts 1). */
export function xmlSuccess(rows: number, now: number): Answer {
  const body =
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` +
    `<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="${stampMs(now)}">` +
    `<QueryResponse maxResults="${rows}"/></IntuitResponse>`;
  return { ...answer(200, "application/xml;charset=utf-8", body), rows };
}

const VALIDATION = "ValidationFault";

export const THROTTLED: FaultText = {
  status: 429,
  code: "3001",
  message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
  detail: "You have reached the limit of requests for this company. Wait 60 seconds and try again.",
  type: "SERVICE",
};

export const FORBIDDEN: FaultText = {
  status: 403,
  code: "3201",
  message: "message=ApplicationAuthorizationFailed; errorCode=003201; statusCode=403",
  detail: "The application is not authorized for this company",
  type: "AuthorizationFault",
};

export const unauthorized = (detail: string): FaultText => ({
  status: 401,
  code: "3200",
  message: "message=AuthenticationFailed; errorCode=003200; statusCode=401",
  detail,
  type: "AUTHENTICATION",
});

export const UNAUTHORIZED_HEADERS = {
  "WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"',
};

/** A request that this service has no operation for (facts 7.3, code 500 with HTTP 400). */
export const unsupported = (what: string): FaultText => ({
  status: 400,
  code: "500",
  message: "Unsupported Operation",
  detail: `Operation ${what} is not supported.`,
  type: VALIDATION,
});

export const NOT_FOUND: FaultText = {
  status: 400,
  code: "610",
  message: "Object Not Found",
  detail:
    "Object Not Found : Something you're trying to use has been made inactive. " +
    "Check the fields with accounts, customers, items, vendors or employees.",
  type: VALIDATION,
};

export const notInSubscription = (kind: string): FaultText => ({
  status: 400,
  code: "5030",
  message: "Feature Not Supported Error",
  detail: `Feature Not Supported Error : ${kind} is not available in this company's subscription.`,
  type: VALIDATION,
});

export const missing = (parameter: string): FaultText => ({
  status: 400,
  code: "2020",
  message: "Required param missing, need to supply the required value for the API",
  detail: `Required parameter ${parameter} is missing in the request`,
  type: VALIDATION,
});

export const invalidValue = (code: string, detail: string): FaultText => ({
  status: 400,
  code,
  message: "Invalid value",
  detail,
  type: VALIDATION,
});

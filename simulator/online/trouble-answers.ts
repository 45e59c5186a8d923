import { answer, json, type Answer } from "./answer.ts";
import * as shapes from "./fault-shapes.ts";
import type { Trouble } from "./troubles.ts";

/** How an answer is handed over when something is wrong with the line. */
export interface Delivery {
  delayMs: number;
  how: "whole" | "cut" | "truncated" | "hang";
}

export const WHOLE: Delivery = { delayMs: 0, how: "whole" };

/** What a trouble does to the way of the answer. */
export function deliveryOf(trouble: Trouble | undefined): Delivery {
  if (trouble === undefined) return WHOLE;
  if (trouble.kind === "slow") return { delayMs: trouble.ms, how: "whole" };
  const { kind } = trouble;
  const isLine = kind === "cut" || kind === "truncated" || kind === "hang";
  return isLine ? { delayMs: 0, how: kind } : WHOLE;
}

const service = (
  status: number,
  code: string,
  texts: { message: string; detail: string; type: string },
): shapes.FaultText => ({ status, code, ...texts });

const SERVER_ERROR = service(500, "10000", {
  message: "An application error has occurred while processing your request",
  detail: "System Failure Error: null",
  type: "SystemFault",
});
const SUBSCRIPTION_ENDED = service(400, "6190", {
  message: "Invalid Company Status",
  detail: "Subscription period has ended or canceled or there was a billing problem",
  type: "ValidationFault",
});
const COMPANY_LOCKED = service(400, "140", {
  message: "Company Locked",
  detail: "The company file is locked; try again later",
  type: "SystemFault",
});
const MAINTENANCE = service(503, "150", {
  message: "Maintenance",
  detail: "The service is down for maintenance",
  type: "SystemFault",
});

const HTML =
  "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n" +
  "<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n" +
  "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { "Retry-After": String(seconds) };

/** The answer that a trouble gives instead of the real one; undefined when the real one goes out. */
export function troubleAnswer(trouble: Trouble, now: number): Answer | undefined {
  switch (trouble.kind) {
    case "throttle-json":
      return {
        ...shapes.gatewayFault(shapes.THROTTLED, now),
        headers: retryAfter(trouble.retryAfterSeconds),
      };
    case "throttle-xml":
      return {
        ...shapes.xmlFault(shapes.THROTTLED, now),
        headers: retryAfter(trouble.retryAfterSeconds),
      };
    case "unauthorized":
      return {
        ...shapes.gatewayFault(shapes.unauthorized("Token expired"), now),
        headers: shapes.UNAUTHORIZED_HEADERS,
      };
    case "forbidden":
      return shapes.gatewayFault(shapes.FORBIDDEN, now);
    case "server-error":
      return shapes.serviceFault(SERVER_ERROR, now);
    case "unavailable-html":
      return { ...answer(503, "text/html", HTML), isFault: true };
    case "fault-200":
      return { ...shapes.serviceFault({ ...SERVER_ERROR, status: 200 }, now), status: 200 };
    case "subscription-ended":
      return shapes.serviceFault(SUBSCRIPTION_ENDED, now);
    case "company-locked":
      return shapes.serviceFault(COMPANY_LOCKED, now);
    case "maintenance":
      return shapes.serviceFault(MAINTENANCE, now);
    case "any-fault":
      return shapes.serviceFault(trouble, now);
    case "cut":
    case "truncated":
    case "slow":
    case "hang":
    default:
      return undefined;
  }
}

/** The token endpoint speaks OAuth's errors, not faults. */
export function tokenTrouble(trouble: Trouble, now: number): Answer | undefined {
  if (trouble.kind === "unauthorized" || trouble.kind === "forbidden") {
    return { ...json(400, { error: "invalid_grant" }), isFault: true };
  }
  return troubleAnswer(trouble, now);
}

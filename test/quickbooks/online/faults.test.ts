import { describe, expect, test } from "vitest";

import { FAULT_KINDS, POLICY } from "../../../core/faults.ts";
import { faultOf } from "../../../quickbooks/online/faults.ts";

const bad = (status: number, body: string, retryAfter?: string) =>
  faultOf({ status, body, traceId: "tid-1", retryAfter });

const json = (code: string, type = "ValidationFault") =>
  JSON.stringify({ Fault: { Error: [{ Message: "M", Detail: "D", code }], type } });

describe("a fault of QuickBooks Online", () => {
  test.each([
    [429, json("3001", "SERVICE"), "throttled"],
    [
      429,
      '<IntuitResponse><Fault type="SERVICE"><Error code="003001"><Message>slow</Message></Error></Fault></IntuitResponse>',
      "throttled",
    ],
    [403, json("003001", "SERVICE"), "throttled"],
    [401, "", "authorization-ended"],
    [401, json("100"), "authorization-ended"],
    [403, json("3201"), "access-denied"],
    [403, "<html>no</html>", "access-denied"],
    [400, json("120"), "access-denied"],
    [400, json("140"), "maintenance"],
    [400, json("610"), "not-found"],
    [400, json("4001"), "query-refused"],
    [400, json("4002"), "page-refused"],
    [200, json("4002"), "page-refused"],
    [400, json("4002").slice(0, 25), "truncated-answer"],
    [400, json("5030"), "kind-not-available"],
    [400, json("6190"), "subscription-ended"],
    [500, json("10000", "SystemFault"), "unavailable"],
    [503, "<html><body>Service Unavailable</body></html>", "unavailable"],
    [502, "", "unavailable"],
    [400, json("10200"), "company-reset"],
    [200, "<html>hello</html>", "unreadable-answer"],
    [418, json("99999"), "unknown-fault"],
  ])("HTTP %i %s is told by status and code", (status, body, kind) => {
    expect(bad(status, body).kind).toBe(kind);
  });

  test("keeps Intuit's code, text and trace id", () => {
    expect(bad(400, json("6190"))).toMatchObject({
      rawCode: "6190",
      rawMessage: "M: D",
      traceId: "tid-1",
      httpStatus: 400,
    });
  });

  test("takes the time to stay away from Retry-After, in seconds or as a date", () => {
    expect(bad(429, "", "7").retryAfterMs).toBe(7_000);
    const at = new Date(Date.now() + 30_000).toUTCString();
    expect(bad(429, "", at).retryAfterMs).toBeGreaterThan(28_000);
    expect(bad(429, "").retryAfterMs).toBeUndefined();
    expect(bad(429, "", "soon").retryAfterMs).toBeUndefined();
  });

  test("keeps no more than a sane length of a hostile body", () => {
    expect(bad(500, "x".repeat(1_000_000)).rawMessage?.length).toBeLessThanOrEqual(500);
  });

  test("every kind of fault has a policy with a next step a person can act on", () => {
    for (const kind of FAULT_KINDS) expect(POLICY[kind].nextStep.length, kind).toBeGreaterThan(20);
  });
});

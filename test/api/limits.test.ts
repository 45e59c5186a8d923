import { getIntrospectionQuery } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";

import { answerOf, graphqlRequest, PUBLIC_URL, withApi } from "./support.ts";

const api = withApi();

let token: string;
let companyId: string;
beforeAll(async () => {
  token = await api.token();
  companyId = (await api.company({ as: "confirmed" })).id;
});

describe("the size of a query", () => {
  const refused = async (query: string, code: string | null, sentence: string) => {
    const answer = await api.ask(token, query);
    expect(answer.data).toBeNull();
    expect(answer.errors[0]?.message).toContain(sentence);
    if (code !== null) expect(answer.errors[0]?.extensions["code"]).toBe(code);
  };

  test("too deep is refused", async () => {
    const deep = "openBatch { company { ".repeat(10);
    await refused(
      `{ company(id: "x") { ${deep} id ${"} }".repeat(10)} } }`,
      "QUERY_TOO_DEEP",
      "deeper than 12 levels",
    );
  });

  test("too deep behind fragments is refused as well", async () => {
    const fragments = Array.from(
      { length: 12 },
      (_, n) => `fragment f${n} on Company { openBatch { company { ...f${n + 1} } } }`,
    );
    await refused(
      `{ company(id: "x") { ...f0 } } ${fragments.join(" ")} fragment f12 on Company { id }`,
      "QUERY_TOO_DEEP",
      "deeper than",
    );
  });

  test("too wide is refused", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => `a${n}: company(id: "x") { id }`).join(" ");
    await refused(`{ ${many(31)} }`, "QUERY_TOO_WIDE", "30 things side by side");
    await refused(`{ ${many(10_000)} }`, null, "tokens");
    const names = Array.from({ length: 201 }, (_, n) => `a${n}: name`).join(" ");
    await refused(`{ company(id: "x") { ${names} } }`, "QUERY_TOO_WIDE", "200 aliases");
    const doubling = Array.from(
      { length: 12 },
      (_, n) => `fragment d${n} on Query { ...d${n + 1} ...d${n + 1} }`,
    );
    await refused(
      `{ ...d0 } ${doubling.join(" ")} fragment d12 on Query { viewer { name } }`,
      "QUERY_TOO_WIDE",
      "side by side",
    );
  });

  test("too costly is refused, also when fragments multiply it", async () => {
    const fragment = (name: string, of: string) => `fragment ${name} on Company { ${of} }`;
    const doubling = Array.from({ length: 9 }, (_, n) =>
      fragment(`d${n}`, `...d${n + 1} openBatch { company { ...d${n + 1} } }`),
    );
    await refused(
      `{ company(id: "x") { ...d0 } } ${doubling.join(" ")} ${fragment("d9", "id name edition state")}`,
      "QUERY_TOO_COSTLY",
      "2000 fields in all",
    );
  });

  test("a fragment that holds itself is refused", async () => {
    await refused(
      `{ company(id: "x") { ...f } } fragment f on Company { openBatch { company { ...f } } }`,
      null,
      'Cannot spread fragment "f" within itself',
    );
  });

  test("whatever an honest client asks for passes: everything, by pages of 50, and introspection", async () => {
    const everything = await api.ask(token, EVERYTHING, { companyId });
    expect(everything.errors).toEqual([]);
    const literal = EVERYTHING.replaceAll("$first", "500").replaceAll("$f500: Int = 50", "");
    expect(
      (await api.ask(token, literal.replace(", 500: Int = 50", ""), { companyId })).errors,
    ).toEqual([]);
    expect((await api.ask(token, getIntrospectionQuery({ descriptions: true }))).errors).toEqual(
      [],
    );
  });
});

const COMPANY = `{ id name edition state activity status waitingFor workable
  books { name quickbooksId file edition country currency } counts { kind present deleted }
  autoSync { enabled everyMinutes payments pausedReason nextAt failuresInARow } }`;
const BATCH = `{ id company ${COMPANY} kind trigger label status phase waitingFor steps { name status done total }
  done total created updated unchanged deleted recordsPerSecond etaSeconds etaSecondsLow etaSecondsHigh
  queuedAt startedAt finishedAt failure { kind message nextStep rawCode } workflowUrl }`;
const RECORD = `{ company ${COMPANY} kind quickbooksId version number party date total balance currency
  modifiedAt deletedAt payload applications { fromKind fromId toKind toId amount date } }`;
const EVERYTHING = `query ($companyId: ID!, $first: Int = 50) {
  company(id: $companyId) ${COMPANY}
  companies(first: $first) { nodes ${COMPANY} pageInfo { hasNextPage endCursor } }
  batches(companyId: $companyId, first: $first) { nodes ${BATCH} pageInfo { hasNextPage endCursor } }
  records(companyId: $companyId, kind: INVOICE, first: $first) { nodes ${RECORD} pageInfo { hasNextPage endCursor } totalCount }
  bills: records(companyId: $companyId, kind: BILL, first: $first) { nodes ${RECORD} totalCount }
  record(companyId: $companyId, kind: INVOICE, quickbooksId: "1") ${RECORD}
  batch(id: "x") ${BATCH}
}`;

describe("a request", () => {
  const post = async (body: object | string, headers: Record<string, string> = {}) =>
    api.api.fetch(graphqlRequest(token, body, headers));

  test("that is not JSON, or not one operation, is refused with a sentence", async () => {
    for (const body of [
      "{ viewer",
      "",
      "null",
      "7",
      "{}",
      `[{"query":"{ viewer { name } }"}]`,
      `{"query":7}`,
      `{"query":"{ viewer { name } }","variables":"x"}`,
    ]) {
      const response = await post(body, { accept: "application/json" });
      expect(response.status, body).toBe(400);
      const { errors } = await answerOf(response);
      expect(errors[0]?.message, body).toMatch(/The body (is not JSON|must be one JSON object)/);
    }
  });

  test("of more than a megabyte is refused, also when it does not say its length", async () => {
    const large = JSON.stringify({ query: `{ viewer { name } } # ${"x".repeat(1_100_000)}` });
    expect((await post(large)).status).toBe(413);
    const stream = new Blob([large]).stream();
    const streaming = {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: stream,
      duplex: "half",
    };
    const response = await api.api.fetch(new Request(`${PUBLIC_URL}/graphql`, streaming));
    expect(response.status).toBe(413);
    expect((await answerOf(response)).errors[0]?.extensions["code"]).toBe(
      "REQUEST_ENTITY_TOO_LARGE",
    );
  });

  test("of another type, by another method, or to another place is refused", async () => {
    const typed = await post("query=x", { "content-type": "application/x-www-form-urlencoded" });
    expect(typed.status).toBe(415);
    expect((await answerOf(typed)).errors[0]?.message).toContain("application/json");
    const authorization = { authorization: `Bearer ${token}` };
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await api.api.fetch(`${PUBLIC_URL}/graphql?query={viewer{name}}`, {
        method,
        headers: authorization,
      });
      expect(response.status, method).toBe(405);
      expect(response.headers.get("allow")).toBe("POST");
    }
    const posted = await api.api.fetch(`${PUBLIC_URL}/healthz`, { method: "POST", body: "x" });
    expect(posted.status).toBe(405);
    for (const path of ["/graphql/", "/nowhere", "/__proto__", "/constructor", "/.env", "//"]) {
      const response = await api.get(path);
      expect(response.status, path).toBe(404);
      expect(response.headers.get("content-type")).toContain("application/json");
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: "NOT_FOUND" } }],
      });
    }
  });

  test("with an unknown field, or an enum's value that is none, is answered by GraphQL itself", async () => {
    const unknown = await api.ask(token, "{ nothing }");
    expect(unknown.errors[0]?.message).toContain("Cannot query field");
    const kind = await api.ask(
      token,
      `{ records(companyId: "${companyId}", kind: NOTHING) { totalCount } }`,
    );
    expect(kind.errors[0]?.message).toContain("NOTHING");
  });
});

import { beforeAll, describe, expect, test } from "vitest";

import { at, withApi } from "./support.ts";

const api = withApi();

let token: string;
let companyId: string;
beforeAll(async () => {
  token = await api.token();
  companyId = (await api.company({ as: "confirmed" })).id;
});

const RESULT = "{ __typename ... on Refusal { code message nextStep } ... on Company { id name } }";

describe("a company's name", () => {
  const create = (name: string) =>
    api.ask(
      token,
      `mutation ($name: String!) { createCompany(input: { name: $name, edition: ONLINE }) ${RESULT} }`,
      { name },
    );

  test.each([
    ["empty", ""],
    ["blank", " \t "],
    ["10,000 characters long", "x".repeat(10_000)],
    ["201 characters long", "x".repeat(201)],
    ["with a NUL", "Craig\u0000s"],
    ["with a line break", "Craig\ns"],
    ["with an escape", "Craig\u001b[31ms"],
    ["with a separator of lines", "Craig\u2028s"],
    ["with half a character", "Craig\ud800s"],
  ])("is refused when it is %s, and nothing is made", async (_, name) => {
    const before = await companyCount();
    const answer = await create(name);
    expect(answer.data).toMatchObject({
      createCompany: { __typename: "Refusal", code: "invalid-input" },
    });
    expect(await companyCount()).toBe(before);
  });

  test("is kept as it was written, without the blanks around it", async () => {
    for (const name of [
      "Müller & Söhne <b>",
      "日本語 '; drop table companies; --",
      "x".repeat(200),
    ]) {
      const answer = await create(`  ${name} `);
      expect(at(answer, "createCompany.name")).toBe(name);
    }
  });
});

const companyCount = async (): Promise<number> => {
  const { rows } = await api.pool.query<{ count: number }>("select count(*) from companies");
  return rows[0]?.count ?? 0;
};

describe("historyFrom", () => {
  test.each(["2025-02-30", "2025-13-01", "yesterday", "2025-1-1", "0000-01-01", "2999-01-01", ""])(
    "refuses %j and queues nothing",
    async (day) => {
      const answer = await api.ask(
        token,
        `mutation ($day: Date) { startInitialSync(companyId: "${companyId}", historyFrom: $day) { ... on Refusal { code message nextStep } } }`,
        { day },
      );
      expect(at(answer, "startInitialSync.code")).toBe("invalid-input");
      const { rows } = await api.pool.query("select 1 from batches");
      expect(rows).toEqual([]);
    },
  );

  test("is a string, not a number", async () => {
    const answer = await api.ask(
      token,
      `mutation { startInitialSync(companyId: "${companyId}", historyFrom: 2025) { __typename } }`,
    );
    expect(answer.data).toBeNull();
    expect(answer.errors[0]?.message).toContain("written as a string");
  });
});

describe("pages", () => {
  const LISTS = {
    companies: (args: string) =>
      `{ companies${args === "" ? "" : `(${args})`} { pageInfo { endCursor } } }`,
    batches: (args: string) =>
      `{ batches(companyId: "${companyId}" ${args}) { pageInfo { endCursor } } }`,
    records: (args: string) =>
      `{ records(companyId: "${companyId}", kind: CUSTOMER ${args}) { pageInfo { endCursor } } }`,
    changes: (args: string) =>
      `{ changes(companyId: "${companyId}" ${args}) { pageInfo { endCursor } } }`,
    attention: (args: string) =>
      `{ attention(companyId: "${companyId}" ${args}) { pageInfo { endCursor } } }`,
  };

  test.each(Object.entries(LISTS))("%s hold 1 to 500", async (_, query) => {
    for (const first of [0, -1, 501, 2_147_483_647]) {
      const answer = await api.ask(token, query(`first: ${first}`));
      expect(answer.errors).toMatchObject([
        {
          message: expect.stringContaining("from 1 to 500"),
          extensions: { code: "BAD_USER_INPUT" },
        },
      ]);
    }
    for (const first of ["1", "500", "null"]) {
      expect((await api.ask(token, query(`first: ${first}`))).errors).toEqual([]);
    }
  });

  test.each(Object.entries(LISTS))("%s refuse a cursor that is not theirs", async (name, query) => {
    const foreign = name === "batches" ? ["companies", crypto.randomUUID()] : ["batches", 7];
    const cursors = [
      "nonsense",
      "",
      "' or 1=1",
      "\\u0000",
      "x".repeat(10_000),
      base64url(JSON.stringify(foreign)),
      base64url(JSON.stringify([name, { $gt: "" }])),
      base64url(JSON.stringify([name, "a\u0000b"])),
      base64url("[]"),
    ];
    for (const after of cursors) {
      const answer = await api.ask(token, query(`after: "${after}"`));
      expect(answer.errors, after.slice(0, 50)).toMatchObject([
        {
          message: expect.stringContaining("pageInfo.endCursor"),
          extensions: { code: "BAD_USER_INPUT" },
        },
      ]);
    }
  });

  test("a cursor leads through all pages, each row once", async () => {
    const seen: unknown[] = [];
    let after = "";
    for (let page = 0; page < 20; page++) {
      const answer = await api.ask(
        token,
        `{ companies(first: 2 ${after}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      );
      seen.push(...(at(answer, "companies.nodes") as { id: string }[]).map((node) => node.id));
      if (at(answer, "companies.pageInfo.hasNextPage") === false) break;
      after = `, after: "${String(at(answer, "companies.pageInfo.endCursor"))}"`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(await companyCount());
  });
});

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

test("ids of every shape are no company, batch or record", async () => {
  for (const id of [
    "",
    "null",
    "\\u0000",
    "../..",
    "%00",
    "x".repeat(10_000),
    companyId.toUpperCase(),
  ]) {
    const answer = await api.ask(
      token,
      `{ company(id: "${id}") { id } batch(id: "${id}") { id } record(companyId: "${companyId}", kind: BILL, quickbooksId: "${id}") { version } }`,
    );
    expect(answer, id.slice(0, 20)).toMatchObject({
      data: { company: null, batch: null, record: null },
      errors: [],
    });
  }
});

import { beforeAll, describe, expect, test } from "vitest";

import { OPEN_QWC } from "../../api/progress/pc.ts";
import { POLICY } from "../../core/faults.ts";
import { createCompany, keepRefusedFile, type Company } from "../../db/companies.ts";
import { aDesktopCompany, BOOKS, look, LOOK, minutesAgo } from "./desktop-rows.ts";
import { at, withApi, type Answer } from "./support.ts";

const api = withApi();

const COMPANY =
  "{ __typename ... on Company { id state } ... on Refusal { code message nextStep } }";

let token: string;
beforeAll(async () => {
  token = await api.token();
});

const aCompany = (): Promise<Company> =>
  createCompany(api.pool, { name: "Larry's Landscaping", edition: "desktop" });

async function run(field: string): Promise<Answer> {
  const answer = await api.ask(token, `mutation { a: ${field} }`);
  expect(answer.errors).toEqual([]);
  return answer;
}

describe("confirmCompany and startInitialSync", () => {
  const confirm = (id: string) => run(`confirmCompany(companyId: "${id}") ${COMPANY}`);
  const start = (id: string) =>
    run(
      `startInitialSync(companyId: "${id}") { __typename ... on Batch { id } ... on Refusal { code message nextStep } }`,
    );

  test("are refused before connectDesktop", async () => {
    const { id } = await aCompany();
    for (const answer of [await confirm(id), await start(id)]) {
      expect(at(answer, "a")).toMatchObject({
        code: "not-connected",
        nextStep: expect.stringContaining("connectDesktop"),
      });
    }
  });

  test("are refused before the file was seen", async () => {
    const { company } = await aDesktopCompany(api.pool);
    for (const answer of [await confirm(company.id), await start(company.id)]) {
      expect(at(answer, "a")).toMatchObject({ code: "not-connected", nextStep: OPEN_QWC });
    }
  });

  test("the sync is refused before somebody has confirmed the file, and begins after", async () => {
    const paired = await aDesktopCompany(api.pool);
    const { id } = paired.company;
    const seenAt = minutesAgo(2);
    await look(api.pool, paired, seenAt);
    expect(at(await start(id), "a.code")).toBe("not-confirmed");
    expect(at(await confirm(id), "a")).toMatchObject({ state: "CONNECTED" });
    expect(at(await confirm(id), "a")).toMatchObject({ state: "CONNECTED" });
    expect(at(await start(id), "a.__typename")).toBe("Batch");
    const answer = await api.ask(
      token,
      `{ company(id: "${id}") { books { name quickbooksId file edition country currency }
        firstLook { counts { kind count } lastNumbers { kind number date } mode unattendedAccess personalDataAccess seenAt } } }`,
    );
    expect(answer.data).toEqual({
      company: {
        books: { ...BOOKS, quickbooksId: paired.fileId },
        firstLook: {
          counts: [
            { kind: "CUSTOMER", count: 212 },
            { kind: "INVOICE", count: 3412 },
          ],
          lastNumbers: [{ kind: "INVOICE", number: "FV-1099", date: "2026-11-20" }],
          mode: "MULTI_USER",
          unattendedAccess: LOOK.unattendedAccess,
          personalDataAccess: LOOK.personalDataAccess,
          seenAt: seenAt.toISOString(),
        },
      },
    });
  });

  test("the file of another company is refused with both names, until the right one is seen", async () => {
    const paired = await aDesktopCompany(api.pool);
    const { id } = paired.company;
    await look(api.pool, paired, minutesAgo(5));
    const message = `This file is bound to "Rock Castle", not to "Larry's Landscaping".`;
    await keepRefusedFile(api.pool, id, { kind: "file-of-another-company", message });
    expect(at(await confirm(id), "a")).toEqual({
      __typename: "Refusal",
      code: "not-connected",
      message,
      nextStep: POLICY["file-of-another-company"].nextStep,
    });
    await look(api.pool, paired, minutesAgo(1));
    expect(at(await confirm(id), "a.__typename")).toBe("Company");
  });
});

const REFUSAL = "{ ... on Refusal { code nextStep } }";

describe("the other edition", () => {
  test("has no connectors, no first look, and none of these calls", async () => {
    const { id } = await api.company({ as: "confirmed" });
    const fields = [
      `connectDesktop(companyId: "${id}") ${REFUSAL}`,
      `addConnector(companyId: "${id}", name: "x") ${REFUSAL}`,
      `acceptMovedFile(companyId: "${id}") ${COMPANY}`,
      `startNewFile(companyId: "${id}") ${COMPANY}`,
    ];
    for (const field of fields) {
      expect(at(await run(field), "a"), field).toMatchObject({
        code: "wrong-edition",
        nextStep: "Call connectOnline.",
      });
    }
    const answer = await api.ask(
      token,
      `{ company(id: "${id}") { connectors { id } firstLook { seenAt } } }`,
    );
    expect(answer.data).toEqual({ company: { connectors: [], firstLook: null } });
  });

  test("is named to a Desktop company that calls connectOnline", async () => {
    const { company } = await aDesktopCompany(api.pool);
    const answer = await run(
      `connectOnline(companyId: "${company.id}") { ... on Refusal { code nextStep } }`,
    );
    expect(at(answer, "a")).toEqual({ code: "wrong-edition", nextStep: "Call connectDesktop." });
  });
});

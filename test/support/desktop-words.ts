import { beforeAll, expect } from "vitest";
import { z } from "zod";

import { mintToken } from "../../db/api-tokens.ts";
import { findBatch } from "../../db/batches.ts";
import { expectEqualFile, metCompany, type DesktopCompany, type Door } from "./desktop.ts";
import { eventually, isOver, startInitialSync, untilBatch, type Stage } from "./sync.ts";

const Told = z.object({
  data: z.object({
    company: z.object({
      activity: z.string(),
      status: z.string(),
      waitingFor: z.string().nullable(),
      openBatch: z.object({ waitingFor: z.string().nullable() }).nullable(),
    }),
  }),
});

/** What people read of a company: is it waiting, for what, and what comes next. */
export type Words = z.infer<typeof Told>["data"]["company"];

/** Answers what the api of a door says of a company, as somebody who may only look. */
export function withWords(stage: Stage, door: Door): (companyId: string) => Promise<Words> {
  let token = "";
  beforeAll(async () => {
    token = await mintToken(stage.pool, { name: "test", role: "viewer", companyIds: null });
  });
  return async (companyId) => {
    const answer = await fetch(`${door.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query:
          "query ($id: ID!) { company(id: $id) { activity status waitingFor openBatch { waitingFor } } }",
        variables: { id: companyId },
      }),
    });
    return Told.parse(await answer.json()).data.company;
  };
}

/** What a person decides about a company file, by the name of the mutation. */
export type Decide = (
  mutation: "acceptMovedFile" | "startNewFile",
  companyId: string,
) => Promise<void>;

/** Decides through the api of a door, as somebody who sets companies up. Fails where it is refused. */
export function withDecisions(stage: Stage, door: Door): Decide {
  let token = "";
  beforeAll(async () => {
    token = await mintToken(stage.pool, { name: "test", role: "implementer", companyIds: null });
  });
  return async (mutation, companyId) => {
    const answer = await fetch(`${door.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `mutation ($id: ID!) { decided: ${mutation}(companyId: $id) { ... on Company { id } ... on Refusal { message } } }`,
        variables: { id: companyId },
      }),
    });
    expect(await answer.json()).toEqual({ data: { decided: { id: companyId } } });
  };
}

/** A confirmed company whose PC calls only when it is told to. */
export async function heldCompany(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const company = await metCompany(stage, door, file);
  await company.order("polling", { pc: company.pc, everyMs: null });
  await contact(company);
  return company;
}

/** One run of the Web Connector, to its end. */
export const contact = ({ order, pc }: DesktopCompany): Promise<Record<string, unknown>> =>
  order("run", { pc });

export const letPoll = ({ order, pc }: DesktopCompany): Promise<Record<string, unknown>> =>
  order("polling", { pc, everyMs: 200 });

/** An initial sync that has found no PC yet. */
export async function waitingSync(stage: Stage, { companyId }: DesktopCompany): Promise<string> {
  const batchId = await startInitialSync(stage, companyId);
  await untilBatch(stage, companyId, batchId, ({ waitingFor }) => waitingFor !== null);
  return batchId;
}

/** The batch ends well, and every record of the file is here. */
export async function expectDone(
  stage: Stage,
  company: DesktopCompany,
  batchId: string,
  without: Parameters<typeof expectEqualFile>[2] = [],
): Promise<void> {
  await untilBatch(stage, company.companyId, batchId, isOver);
  expect(await findBatch(stage.pool, company.companyId, batchId)).toMatchObject({
    status: "succeeded",
    waitingFor: null,
    failure: null,
  });
  await eventually(() => expectEqualFile(stage, company, without));
}

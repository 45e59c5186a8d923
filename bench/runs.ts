import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import { accepted, REFUSAL, Result, WithId } from "../dev/demo/graphql-client.ts";
import { Trouble } from "../dev/embedded/trouble.ts";
import type { Stage } from "./stage.ts";

const ASK_EVERY_MS = 100;
/** AutoSync so seldom that no tick of its own comes. */
export const A_WEEK_MIN = 7 * 24 * 60;

/** Which batch to start, in the words of the API. */
export type Wanted =
  | { do: "startInitialSync"; historyFrom: string | null }
  | { do: "startHistoricalSync"; from: string }
  | { do: "syncNow"; everything: boolean }
  | { do: "reapplyPayments"; from: string; preview: boolean }
  | { do: "verify" };

/** What one batch took, from the request that started it to its own end, and what came of it. */
export interface Run {
  batchId: string;
  seconds: number;
  done: number;
  /** Records that were new, changed or deleted. */
  brought: number;
}

/** Beside the company's id. */
const SIGNATURES: Record<Wanted["do"], [variables: string, given: string]> = {
  startInitialSync: [", $historyFrom: Date", ", historyFrom: $historyFrom"],
  startHistoricalSync: [", $from: Date!", ", from: $from"],
  syncNow: [", $everything: Boolean", ", everything: $everything"],
  reapplyPayments: [", $from: Date!, $preview: Boolean", ", from: $from, preview: $preview"],
  verify: ["", ""],
};

/** Starts a batch over the API and answers its id. */
export async function startBatch(stage: Stage, companyId: string, wanted: Wanted): Promise<string> {
  const { do: mutation, ...given } = wanted;
  const [variables, passed] = SIGNATURES[mutation];
  const { result } = await stage.client.ask(
    Result,
    `mutation ($companyId: ID!${variables}) {
      result: ${mutation}(companyId: $companyId${passed}) { ... on Batch { id } ${REFUSAL} }
    }`,
    { companyId, ...given },
  );
  return accepted(WithId, result).id;
}

const Ended = z.object({
  batch: z.object({
    status: z.string(),
    finishedAt: z.string().nullable(),
    done: z.int(),
    created: z.int(),
    updated: z.int(),
    deleted: z.int(),
    failure: z.object({ message: z.string(), nextStep: z.string() }).nullable(),
  }),
});

/** Starts a batch and waits for its end; throws a Trouble unless it succeeds. */
export async function runBatch(stage: Stage, companyId: string, wanted: Wanted): Promise<Run> {
  const began = Date.now();
  const batchId = await startBatch(stage, companyId, wanted);
  for (;;) {
    const { batch } = await stage.client.ask(
      Ended,
      `query ($id: ID!) { batch(id: $id) {
        status finishedAt done created updated deleted failure { message nextStep } } }`,
      { id: batchId },
    );
    const { finishedAt, status, failure, done, created, updated, deleted } = batch;
    if (finishedAt === null) {
      await wait(ASK_EVERY_MS);
      continue;
    }
    if (status !== "SUCCEEDED") {
      throw new Trouble(
        `The batch ${status}: ${failure?.message ?? ""} ${failure?.nextStep ?? ""}`,
      );
    }
    const seconds = (Date.parse(finishedAt) - began) / 1000;
    return { batchId, seconds, done, brought: created + updated + deleted };
  }
}

/** Switches AutoSync on, as often as it may be. */
export async function keepEven(
  stage: Stage,
  companyId: string,
  everyMinutes: number,
): Promise<void> {
  const { result } = await stage.client.ask(
    Result,
    `mutation ($companyId: ID!, $input: AutoSyncInput!) {
      result: setAutoSync(companyId: $companyId, input: $input) { ... on Company { id } ${REFUSAL} }
    }`,
    { companyId, input: { enabled: true, everyMinutes } },
  );
  accepted(WithId, result);
}

const Counts = z.object({
  company: z.object({ counts: z.array(z.object({ present: z.int() })) }),
});

/** Figures of a sync that lost a record would mean nothing: throws a Trouble unless we hold as many as QuickBooks. */
export async function expectAll(stage: Stage, companyId: string, realmId: string): Promise<void> {
  const { company } = await stage.client.ask(
    Counts,
    "query ($id: ID!) { company(id: $id) { counts { present } } }",
    { id: companyId },
  );
  const ours = company.counts.reduce((sum, { present }) => sum + present, 0);
  const counts = [...(await stage.quickbooks.counts(realmId)).values()];
  const theirs = counts.reduce((sum, count) => sum + count, 0);
  if (ours !== theirs) throw new Trouble(`We hold ${ours} records, QuickBooks ${theirs}.`);
}

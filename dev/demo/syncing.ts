import { z } from "zod";

import { accepted, REFUSAL, Result, WithId, type GraphQLClient } from "./graphql-client.ts";

const AUTO_SYNC_EVERY_MINUTES = 15;

const Started = z.object({ id: z.string(), workflowUrl: z.string() });

/** Starts the initial sync and answers its batch. */
export async function startInitialSync(
  client: GraphQLClient,
  companyId: string,
): Promise<z.infer<typeof Started>> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) {
      result: startInitialSync(companyId: $companyId) { ... on Batch { id workflowUrl } ${REFUSAL} }
    }`,
    { companyId },
  );
  return accepted(Started, result);
}

const Progress = z.object({
  batchProgress: z.object({
    status: z.enum(["QUEUED", "RUNNING", "WAITING", "SUCCEEDED", "FAILED", "CANCELLED"]),
    phase: z.string().nullable(),
    waitingFor: z.string().nullable(),
    done: z.number(),
    total: z.number().nullable(),
    recordsPerSecond: z.number().nullable(),
    etaSeconds: z.number().nullable(),
    insideQuickBooksShare: z.number().nullable(),
    failure: z.object({ message: z.string(), nextStep: z.string() }).nullable(),
    company: z.object({ workable: z.boolean() }),
  }),
});

export type BatchProgress = z.infer<typeof Progress>["batchProgress"];

/** How the batch goes on, until it has ended. */
export async function* followBatch(
  client: GraphQLClient,
  batchId: string,
): AsyncGenerator<BatchProgress> {
  const states = client.follow(
    Progress,
    `subscription ($id: ID!) {
      batchProgress(id: $id) {
        status phase waitingFor done total recordsPerSecond etaSeconds insideQuickBooksShare
        failure { message nextStep } company { workable }
      }
    }`,
    { id: batchId },
  );
  for await (const { batchProgress } of states) yield batchProgress;
}

const CountsAnswer = z.object({
  company: z.object({
    counts: z.array(z.object({ kind: z.string(), present: z.number() })),
  }),
});

/** How many records of each kind we hold. */
export async function heldCounts(
  client: GraphQLClient,
  companyId: string,
): Promise<Map<string, number>> {
  const { company } = await client.ask(
    CountsAnswer,
    `query ($companyId: ID!) { company(id: $companyId) { counts { kind present } } }`,
    { companyId },
  );
  return new Map(company.counts.map(({ kind, present }) => [kind, present]));
}

/** Has the company kept even from now on, with or without who paid what. */
export async function enableAutoSync(
  client: GraphQLClient,
  companyId: string,
  { payments }: { payments: boolean },
): Promise<void> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!, $input: AutoSyncInput!) {
      result: setAutoSync(companyId: $companyId, input: $input) { ... on Company { id } ${REFUSAL} }
    }`,
    { companyId, input: { enabled: true, everyMinutes: AUTO_SYNC_EVERY_MINUTES, payments } },
  );
  accepted(WithId, result);
}

/** Wants what has changed by now; answers the batch that brings it. */
export async function syncNow(client: GraphQLClient, companyId: string): Promise<string> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) { result: syncNow(companyId: $companyId) { ... on Batch { id } ${REFUSAL} } }`,
    { companyId },
  );
  return accepted(WithId, result).id;
}

const RunsAnswer = z.object({
  batches: z.object({
    nodes: z.array(
      z.object({
        kind: z.string(),
        trigger: z.string(),
        status: z.string(),
        waitingFor: z.string().nullable(),
        queuedAt: z.coerce.date(),
        startedAt: z.coerce.date().nullable(),
        finishedAt: z.coerce.date().nullable(),
        created: z.number(),
        updated: z.number(),
        deleted: z.number(),
        failure: z.object({ message: z.string() }).nullable(),
      }),
    ),
  }),
});

export type Run = z.infer<typeof RunsAnswer>["batches"]["nodes"][number];

/** The newest batches of a company, newest first. */
export async function newestRuns(client: GraphQLClient, companyId: string): Promise<Run[]> {
  const { batches } = await client.ask(
    RunsAnswer,
    `query ($companyId: ID!) {
      batches(companyId: $companyId, first: 10) {
        nodes {
          kind trigger status waitingFor queuedAt startedAt finishedAt created updated deleted
          failure { message }
        }
      }
    }`,
    { companyId },
  );
  return batches.nodes;
}

import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";
import { accepted, REFUSAL, Result, WithId, type GraphQLClient } from "./graphql-client.ts";
import type { Applied } from "./ledger.ts";
import { followBatch } from "./syncing.ts";

/** Follows a batch to its end; says what it waits for. Throws a Trouble when it does not succeed. */
export async function untilSucceeded(
  client: GraphQLClient,
  batchId: string,
  say: (waitingFor: string | null) => void,
): Promise<void> {
  let last: string | undefined;
  for await (const { status, waitingFor, failure } of followBatch(client, batchId)) {
    say(waitingFor);
    last = status;
    if (failure !== null) throw new Trouble(`${failure.message} ${failure.nextStep}`);
  }
  if (last !== "SUCCEEDED")
    throw new Trouble(`The batch ${batchId} ended as ${last ?? "nothing"}.`);
}

/** Has payments brought back to QuickBooks' truth, or just the plan made; answers its batch. */
export async function reapplyPayments(
  client: GraphQLClient,
  wanted: { companyId: string; from: string; preview: boolean },
): Promise<string> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!, $from: Date!, $preview: Boolean!) {
      result: reapplyPayments(companyId: $companyId, from: $from, preview: $preview) {
        ... on Batch { id } ${REFUSAL}
      }
    }`,
    wanted,
  );
  return accepted(WithId, result).id;
}

const PlannedMove = z.object({
  fromKind: z.string(),
  fromId: z.string(),
  number: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  dateBefore: z.string().nullable(),
  dateAfter: z.string().nullable(),
  why: z.string(),
  notes: z.array(z.string()),
});
export type PlannedMove = z.infer<typeof PlannedMove>;

const PlannedDocument = z.object({
  kind: z.string(),
  quickbooksId: z.string(),
  number: z.string().nullable(),
  state: z.enum(["PLANNED", "SWAPPED", "STOPPED"]),
  moves: z.array(PlannedMove),
});
export type PlannedDocument = z.infer<typeof PlannedDocument>;

const Reapplied = z.object({
  documents: z.number(),
  appliedBefore: z.string(),
  appliedAfter: z.string(),
  mustBeApplied: z.string(),
  isProven: z.boolean(),
  plan: z.object({ nodes: z.array(PlannedDocument) }),
});
export type Reapplied = z.infer<typeof Reapplied>;

/** What a re-application that has ended found and did. */
export async function reapplied(client: GraphQLClient, batchId: string): Promise<Reapplied> {
  const { batch } = await client.ask(
    z.object({ batch: z.object({ reapplication: Reapplied }) }),
    `query ($id: ID!) {
      batch(id: $id) {
        reapplication {
          documents appliedBefore appliedAfter mustBeApplied isProven
          plan {
            nodes {
              kind quickbooksId number state
              moves { fromKind fromId number before after dateBefore dateAfter why notes }
            }
          }
        }
      }
    }`,
    { id: batchId },
  );
  return batch.reapplication;
}

/** Has everything compared with QuickBooks; answers its batch. */
export async function verify(client: GraphQLClient, companyId: string): Promise<string> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) { result: verify(companyId: $companyId) { ... on Batch { id } ${REFUSAL} } }`,
    { companyId },
  );
  return accepted(WithId, result).id;
}

const Line = z.object({
  subject: z.string(),
  kind: z.string().nullable(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  agrees: z.boolean().nullable(),
});
const Reconciliation = z.object({ agrees: z.boolean(), lines: z.array(Line) });
export type Reconciliation = z.infer<typeof Reconciliation>;

/** What a comparison that has ended says. */
export async function reconciliationOf(
  client: GraphQLClient,
  { companyId, batchId }: { companyId: string; batchId: string },
): Promise<Reconciliation> {
  const { reconciliation } = await client.ask(
    z.object({ reconciliation: Reconciliation }),
    `query ($companyId: ID!, $batchId: ID) {
      reconciliation(companyId: $companyId, batchId: $batchId) {
        agrees lines { subject kind ours theirs agrees }
      }
    }`,
    { companyId, batchId },
  );
  return reconciliation;
}

const Held = z.object({
  number: z.string().nullable(),
  date: z.string().nullable(),
  total: z.string().nullable(),
  applications: z.array(
    z.object({
      fromKind: z.string(),
      fromId: z.string(),
      toKind: z.string(),
      toId: z.string(),
      amount: z.string(),
    }),
  ),
});

/** Our copy of an invoice or payment, with what is applied. */
export async function heldRecord(
  client: GraphQLClient,
  key: { companyId: string; kind: "INVOICE" | "PAYMENT"; quickbooksId: string },
): Promise<Omit<z.infer<typeof Held>, "applications"> & { applications: Applied[] }> {
  const { record } = await client.ask(
    z.object({ record: Held }),
    `query ($companyId: ID!, $kind: RecordKind!, $quickbooksId: String!) {
      record(companyId: $companyId, kind: $kind, quickbooksId: $quickbooksId) {
        number date total applications { fromKind fromId toKind toId amount }
      }
    }`,
    key,
  );
  return record;
}

import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";
import { accepted, type GraphQLClient } from "./graphql-client.ts";
import type { CountView } from "./view.ts";

const REFUSAL = "... on Refusal { code message nextStep }";

const WithId = z.object({ id: z.string() });
const Result = z.object({ result: z.unknown() });

/** Makes a company of the Online edition and answers its id. */
export async function createCompany(client: GraphQLClient, name: string): Promise<string> {
  const { result } = await client.ask(
    Result,
    `mutation ($name: String!) {
      result: createCompany(input: { name: $name, edition: ONLINE }) { ... on Company { id } ${REFUSAL} }
    }`,
    { name },
  );
  return accepted(WithId, result).id;
}

const Authorization = z.object({ authorizationUrl: z.string() });

/** Goes the customer's way: to Intuit, where they agree, and back to our callback. */
export async function connectOnline(client: GraphQLClient, companyId: string): Promise<void> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) {
      result: connectOnline(companyId: $companyId) { ... on OnlineAuthorization { authorizationUrl } ${REFUSAL} }
    }`,
    { companyId },
  );
  const page = await fetch(accepted(Authorization, result).authorizationUrl);
  const text = await page.text();
  if (page.ok) return;
  const words = text.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  throw new Trouble(`Connecting failed (HTTP ${page.status}): ${words.trim()}`);
}

const BooksAnswer = z.object({
  company: z.object({
    status: z.string(),
    books: z
      .object({ name: z.string(), edition: z.string().nullable(), currency: z.string().nullable() })
      .nullable(),
  }),
});

/** "Is this the right company?": whose books were connected, in a few words. */
export async function booksOf(client: GraphQLClient, companyId: string): Promise<string> {
  const { company } = await client.ask(
    BooksAnswer,
    `query ($companyId: ID!) { company(id: $companyId) { status books { name edition currency } } }`,
    { companyId },
  );
  if (company.books === null) throw new Trouble(`Connected, but to no books: ${company.status}`);
  const { name, edition, currency } = company.books;
  return [`"${name}"`, edition, currency].filter((word) => word !== null).join(", ");
}

/** A person has looked and says yes. */
export async function confirmCompany(client: GraphQLClient, companyId: string): Promise<void> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) { result: confirmCompany(companyId: $companyId) { ... on Company { id } ${REFUSAL} } }`,
    { companyId },
  );
  accepted(WithId, result);
}

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
        status phase waitingFor done total recordsPerSecond etaSeconds
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

const StateAnswer = z.object({
  realms: z.array(z.object({ counts: z.record(z.string(), z.number()) })),
});

/** Records of each kind here and in the simulated QuickBooks, as each side counts them itself. */
export async function compareCounts(
  client: GraphQLClient,
  companyId: string,
  simulator: string,
): Promise<CountView[]> {
  const { company } = await client.ask(
    CountsAnswer,
    `query ($companyId: ID!) { company(id: $companyId) { counts { kind present } } }`,
    { companyId },
  );
  const state = StateAnswer.parse(await (await fetch(`${simulator}/_simulator/state`)).json());
  const theirs = new Map(
    Object.entries(state.realms[0]?.counts ?? {}).map(([entity, count]) => [kindOf(entity), count]),
  );
  const ours = new Map(company.counts.map(({ kind, present }) => [kind, present]));
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((kind) => ({
      kind: kind.toLowerCase().replaceAll("_", " "),
      ours: ours.get(kind) ?? 0,
      theirs: theirs.get(kind) ?? 0,
    }))
    .filter((count) => count.ours > 0 || count.theirs > 0);
}

/** The API's name of one of QuickBooks' entities: `CreditMemo` is `CREDIT_MEMO`. */
function kindOf(entity: string): string {
  if (entity === "Purchase") return "EXPENSE";
  return entity.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

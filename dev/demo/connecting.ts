import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";
import type { Customer } from "./customer.ts";
import { accepted, REFUSAL, Result, WithId, type GraphQLClient } from "./graphql-client.ts";

/** Makes a company and answers its id. */
export async function createCompany(
  client: GraphQLClient,
  { name, edition }: Pick<Customer, "name" | "edition">,
): Promise<string> {
  const { result } = await client.ask(
    Result,
    `mutation ($input: CreateCompanyInput!) {
      result: createCompany(input: $input) { ... on Company { id } ${REFUSAL} }
    }`,
    { input: { name, edition } },
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

const Pairing = z.object({ password: z.string(), qwc: z.string() });

/** What the Web Connector of the company's first PC needs. */
export async function connectDesktop(
  client: GraphQLClient,
  companyId: string,
): Promise<z.infer<typeof Pairing>> {
  const { result } = await client.ask(
    Result,
    `mutation ($companyId: ID!) {
      result: connectDesktop(companyId: $companyId) { ... on DesktopPairing { password qwc } ${REFUSAL} }
    }`,
    { companyId },
  );
  return accepted(Pairing, result);
}

const Seen = z.object({
  companyStatus: z.object({
    edition: z.string(),
    status: z.string(),
    books: z
      .object({ name: z.string(), edition: z.string().nullable(), currency: z.string().nullable() })
      .nullable(),
    firstLook: z.object({ seenAt: z.string() }).nullable(),
  }),
});

/**
 * "Is this the right company?": whose books were connected, in a few words. On Desktop the PC must
 * have come and been looked at first; meanwhile says how the company stands.
 */
export async function booksOf(
  client: GraphQLClient,
  companyId: string,
  say: (status: string) => void,
): Promise<string> {
  const states = client.follow(
    Seen,
    `subscription ($companyId: ID!) {
      companyStatus(companyId: $companyId) {
        edition status books { name edition currency } firstLook { seenAt }
      }
    }`,
    { companyId },
  );
  for await (const { companyStatus: company } of states) {
    const { books } = company;
    if (books !== null && (company.edition === "ONLINE" || company.firstLook !== null)) {
      const words = [`"${books.name}"`, books.edition, books.currency];
      return words.filter((word) => word !== null).join(", ");
    }
    say(company.status);
  }
  throw new Trouble("The API ended the subscription before it knew whose books were connected.");
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

import type { GraphQLClient } from "./graphql-client.ts";

/** A customer of the demo, with books in the simulated QuickBooks. */
export interface Customer {
  name: string;
  edition: "ONLINE" | "DESKTOP";
  /** Does the customer's part of connecting; afterwards the company is bound to no books yet on Desktop. */
  connect: (client: GraphQLClient, companyId: string) => Promise<void>;
  /** How many records of each kind the books hold, by QuickBooks' own names. */
  counts: () => Promise<Record<string, number>>;
  /** A few people work in QuickBooks for a moment, and whatever hurries a sync then happens. */
  work: (client: GraphQLClient, companyId: string) => Promise<void>;
}

import type { GraphQLClient } from "./graphql-client.ts";
import type { Ledger } from "./ledger.ts";

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
  desk: PaymentDesk;
}

/** Where people edit payments in QuickBooks, by its ids. All throw a Trouble when QuickBooks refuses. */
export interface PaymentDesk {
  /** Who paid what, as the books themselves have it. */
  ledger: () => Promise<Ledger>;
  /** Writes an invoice for a customer and answers its id. */
  writeInvoice: (customerId: string) => Promise<string>;
  /** Puts what a payment pays of one invoice on another one. */
  move: (payment: string, from: string, to: string) => Promise<void>;
  /** Gives a payment another date, YYYY-MM-DD. */
  dateBack: (payment: string, date: string) => Promise<void>;
  /** Enters a payment on an invoice and answers its id. */
  enter: (payment: NewPayment) => Promise<string>;
}

export interface NewPayment {
  invoice: string;
  cents: number;
  /** YYYY-MM-DD */
  date: string;
  /** The number people know it by. */
  reference: string;
}

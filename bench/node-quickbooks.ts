import { createRequire } from "node:module";

import { Client } from "pg";
import { z } from "zod";

import { Trouble } from "../dev/embedded/trouble.ts";
import type { Stage } from "./stage.ts";

const PAGE_ROWS = 1_000;
const ROWS_PER_INSERT = 500;
const TABLE = "bench_node_quickbooks";
const COLUMNS =
  "company_id kind quickbooks_id version modified_at number party date total balance currency payload".split(
    " ",
  );

type Find = (
  criteria: { limit: number; offset: number },
  callback: (error: unknown, data: unknown) => void,
) => void;

/** What is used of the library, which has no types of its own. */
interface Library {
  endpoint: string;
  findInvoices: Find;
  findPayments: Find;
  findBills: Find;
  findBillPayments: Find;
  findCustomers: Find;
}

const KINDS = [
  ["invoice", "Invoice", "findInvoices"],
  ["payment", "Payment", "findPayments"],
  ["bill", "Bill", "findBills"],
  ["bill_payment", "BillPayment", "findBillPayments"],
  ["customer", "Customer", "findCustomers"],
] as const;

const Reference = z.object({ value: z.string(), name: z.string().optional() }).optional();

/** What a program of this kind would take from a row; the rest stays in it. */
const Row = z.looseObject({
  Id: z.string(),
  SyncToken: z.string(),
  MetaData: z.object({ LastUpdatedTime: z.string() }),
  DocNumber: z.string().optional(),
  TxnDate: z.string().optional(),
  TotalAmt: z.number().optional(),
  Balance: z.number().optional(),
  CustomerRef: Reference,
  CurrencyRef: Reference,
});

export interface Stored {
  rows: number;
  seconds: number;
}

/**
 * Reads pages by offset with node-quickbooks, one after another, and stores each with pg, 500 rows
 * an INSERT, in a table like ours: what is written first where no sync manager is at hand.
 */
export async function nodeQuickbooks(
  stage: Stage,
  realmId: string,
  rowsMax: number,
): Promise<Stored> {
  const books = openBooks(stage, realmId, await stage.quickbooks.accessToken(realmId));
  const client = new Client({ connectionString: stage.databaseUrl });
  await client.connect();
  try {
    await client.query(`create table ${TABLE} (like records including defaults including indexes)`);
    await client.query("checkpoint");
    const began = performance.now();
    const rows = await storeKinds(books, client, rowsMax);
    return { rows, seconds: (performance.now() - began) / 1000 };
  } finally {
    await client.end();
  }
}

/** Refuses with what to do when the library is not there: the product does not carry it. */
export function requireLibrary(): unknown {
  try {
    return createRequire(import.meta.url)("node-quickbooks");
  } catch (error) {
    throw new Trouble("node-quickbooks is not installed. Run: npm ci --prefix bench", {
      cause: error,
    });
  }
}

function openBooks({ quickbooks }: Stage, realmId: string, token: string): Library {
  const QuickBooks = requireLibrary() as new (...given: unknown[]) => Library;
  const app = ["bench", "bench", token, false, realmId];
  const books = new QuickBooks(...app, false, false, 75, "2.0", null);
  books.endpoint = `${quickbooks.url}/v3/company/`;
  return books;
}

async function storeKinds(books: Library, client: Client, rowsMax: number): Promise<number> {
  let stored = 0;
  for (const [kind, entity, find] of KINDS) {
    for (let offset = 1, read = PAGE_ROWS; read === PAGE_ROWS; offset += read) {
      if (stored >= rowsMax) return stored;
      const rows = await findPage(books, { entity, find, offset });
      read = rows.length;
      for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
        await insert(client, kind, rows.slice(from, from + ROWS_PER_INSERT));
      }
      stored += read;
    }
  }
  return stored;
}

function findPage(
  books: Library,
  { entity, find, offset }: { entity: string; find: (typeof KINDS)[number][2]; offset: number },
): Promise<unknown[]> {
  return new Promise((settle, refuse) => {
    books[find]({ limit: PAGE_ROWS, offset }, (error, data) => {
      if (error) return refuse(new Error("node-quickbooks failed", { cause: error }));
      const answer = z.object({ QueryResponse: z.record(z.string(), z.unknown()) }).parse(data);
      return settle(z.array(z.unknown()).parse(answer.QueryResponse[entity] ?? []));
    });
  });
}

async function insert(client: Client, kind: string, rows: readonly unknown[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.flatMap((row) => columnsOf(kind, row));
  const places = rows.map((_row, row) => {
    const first = row * COLUMNS.length + 1;
    return `(${COLUMNS.map((_column, column) => `$${first + column}`).join(", ")})`;
  });
  await client.query(
    `insert into ${TABLE} (${COLUMNS.join(", ")}) values ${places.join(", ")}`,
    values,
  );
}

const COMPANY_ID = "00000000-0000-4000-8000-000000000000";

function columnsOf(kind: string, given: unknown): unknown[] {
  const row = Row.parse(given);
  return [
    COMPANY_ID,
    kind,
    row.Id,
    row.SyncToken,
    row.MetaData.LastUpdatedTime,
    row.DocNumber ?? null,
    row.CustomerRef?.name ?? null,
    row.TxnDate ?? null,
    row.TotalAmt ?? null,
    row.Balance ?? null,
    row.CurrencyRef?.value ?? null,
    JSON.stringify(given),
  ];
}

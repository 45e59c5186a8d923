import { setTimeout as wait } from "node:timers/promises";

import { Client } from "pg";

import { Trouble } from "../dev/embedded/trouble.ts";
import { percentile, rounded } from "./figures.ts";
import type { Stage } from "./stage.ts";

const LOOK_EVERY_MS = 5;
const ARRIVES_WITHIN_MS = 60_000;

/** A company and its realm. */
export interface Company {
  companyId: string;
  realmId: string;
}

/** Lends a connection to the database. */
export async function withDatabase<T>(
  { databaseUrl }: Stage,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Milliseconds from just before a record is created in QuickBooks until our row is there; `hurry` wants a run once it is. */
export async function arrival(
  { quickbooks }: Stage,
  client: Client,
  { companyId, realmId }: Company,
  hurry: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const began = performance.now();
  const [id] = await quickbooks.change(realmId, [{ op: "create", entity: "Estimate" }]);
  await hurry();
  while (performance.now() - began < ARRIVES_WITHIN_MS) {
    const { rowCount } = await client.query(
      `select from records where company_id = $1 and kind = 'estimate' and quickbooks_id = $2`,
      [companyId, id],
    );
    if (rowCount === 1) return performance.now() - began;
    await wait(LOOK_EVERY_MS);
  }
  throw new Trouble(`A change did not arrive within ${ARRIVES_WITHIN_MS / 1000} seconds.`);
}

export const percentilesOf = (ms: readonly number[]): object => ({
  p50Ms: rounded(percentile(ms, 50)),
  p95Ms: rounded(percentile(ms, 95)),
  maxMs: rounded(percentile(ms, 100)),
});

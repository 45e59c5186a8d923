import { setTimeout as wait } from "node:timers/promises";

import { Client } from "pg";

import { percentile, rounded } from "./figures.ts";

const READ_EVERY_MS = 3;

/** One read: when it was asked for (milliseconds since 1970), and how long its answer took. */
interface Read {
  at: number;
  ms: number;
}

/** Reads who paid what on one random invoice after another, as a screen does, until it is stopped. */
export interface Reader {
  stop(): Promise<void>;
  /** What reads took that were asked for within a stretch of time. */
  between(from: number, until: number): object;
}

export async function startReader(databaseUrl: string, companyId: string): Promise<Reader> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string }>(
    "select quickbooks_id as id from records where company_id = $1 and kind = 'invoice' and deleted_at is null",
    [companyId],
  );
  const reads: Read[] = [];
  const ended = new AbortController();
  const read = async (): Promise<void> => {
    const invoice = rows[Math.floor(Math.random() * rows.length)];
    const began = performance.now();
    const at = Date.now();
    await client.query(
      `select from_kind, from_id, role, amount, date from applications
        where company_id = $1 and to_kind = 'invoice' and to_id = $2`,
      [companyId, invoice?.id],
    );
    reads.push({ at, ms: performance.now() - began });
  };
  const reading = (async () => {
    while (!ended.signal.aborted) {
      await read();
      await wait(READ_EVERY_MS);
    }
  })();
  return {
    async stop() {
      ended.abort();
      await reading;
      await client.end();
    },
    between(from, until) {
      const ms = reads.filter(({ at }) => at >= from && at <= until).map((each) => each.ms);
      const at = (hundredths: number): number => rounded(percentile(ms, hundredths), 2);
      return { reads: ms.length, p50Ms: at(50), p99Ms: at(99), maxMs: at(100) };
    },
  };
}

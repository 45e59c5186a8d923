import { randomUUID } from "node:crypto";
import { pipeline } from "node:stream/promises";

import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

const PAGE_ROWS = 1_000;
const COLUMNS =
  "kind, quickbooks_id, version, modified_at, number, party, date, total, balance, currency, payload";

export interface Copied {
  rows: number;
  seconds: number;
}

/** The rows of a company as pages of COPY's text, without their company; at most `rowsMax` of them. */
export async function pagesOf(
  databaseUrl: string,
  companyId: string,
  rowsMax: number,
): Promise<string[][]> {
  const pages: string[][] = [[]];
  const add = (line: string): void => {
    if (pages.at(-1)?.length === PAGE_ROWS) pages.push([]);
    pages.at(-1)?.push(line);
  };
  const client = await connected(databaseUrl);
  try {
    const rows = client.query(
      copyTo(
        `copy (select ${COLUMNS} from records where company_id = '${companyId}' limit ${rowsMax}) to stdout`,
      ),
    );
    rows.setEncoding("utf8");
    let rest = "";
    for await (const chunk of rows) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(add);
    }
  } finally {
    await client.end();
  }
  return pages;
}

/**
 * Copies pages straight into the table as a new company's, a transaction each, as a superuser: what
 * PostgreSQL takes when nothing is merged, checked or counted.
 */
export async function bareCopy(
  databaseUrl: string,
  pages: readonly string[][],
  connections: number,
): Promise<Copied> {
  const companyId = randomUUID();
  const bodies = pages.map((lines) =>
    Buffer.from(lines.map((line) => `${companyId}\t${line}\n`).join("")),
  );
  const clients = await Promise.all(
    Array.from({ length: connections }, () => connected(databaseUrl)),
  );
  let next = 0;
  const copyAll = async (client: Client): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      await pipeline(
        [body],
        client.query(copyFrom(`copy records (company_id, ${COLUMNS}) from stdin`)),
      );
    }
  };
  try {
    await clients[0]?.query("checkpoint");
    const began = performance.now();
    await Promise.all(clients.map(copyAll));
    const seconds = (performance.now() - began) / 1000;
    return { rows: pages.reduce((sum, lines) => sum + lines.length, 0), seconds };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function connected(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return client;
}

import { Agent, request } from "undici";

import { isPage, type AskedQuery } from "./quickbooks.ts";
import type { Stage } from "./stage.ts";

/** As many at one time as a sync asks. */
const STREAMS = 10;

export interface Fetched {
  rows: number;
  bytes: number;
  seconds: number;
}

/** Asks for the pages of a sync once more, as many side by side, and drops what comes. */
export async function fetchAndDrop(
  { quickbooks }: Stage,
  realmId: string,
  queries: readonly AskedQuery[],
): Promise<Fetched> {
  const pages = queries.filter(isPage);
  const dispatcher = new Agent({ connections: STREAMS });
  const headers = {
    authorization: `Bearer ${await quickbooks.accessToken(realmId)}`,
    accept: "application/json",
  };
  const fetched = { rows: 0, bytes: 0 };
  let next = 0;
  const stream = async (): Promise<void> => {
    for (let page = pages[next++]; page !== undefined; page = pages[next++]) {
      const query = encodeURIComponent(page.query);
      const url = `${quickbooks.url}/v3/company/${realmId}/query?query=${query}&minorversion=75`;
      const answer = await request(url, { dispatcher, headers });
      if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}: ${page.query}`);
      for await (const chunk of answer.body) fetched.bytes += Buffer.byteLength(chunk);
      fetched.rows += page.rows;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: STREAMS }, stream));
  const seconds = (performance.now() - began) / 1000;
  await dispatcher.close();
  return { ...fetched, seconds };
}

import { setInterval } from "node:timers/promises";

import { z } from "zod";

import { confirmCompany, createCompany } from "../dev/demo/connecting.ts";
import { accepted } from "../dev/demo/graphql-client.ts";
import { startInitialSync } from "../dev/demo/syncing.ts";
import { Trouble } from "../dev/embedded/trouble.ts";
import { BATCH_QUERY, BatchAnswer, type Batch } from "./batch-query.ts";
import type { Stage } from "./stage.ts";

const ASK_EVERY_MS = 100;
/** Steps that read no listing. */
const NO_LISTING = new Set(["sweep", "final_sweep", "proof"]);

/** What one initial sync took, in seconds from the request that started it. */
export interface SyncRun {
  companyId: string;
  batchId: string;
  records: number;
  seconds: number;
  /** People can work; seen within a tenth of a second. */
  secondsToWorkable: number;
  /** The last page of the last listing was stored; seen within a tenth of a second. */
  secondsToLastPage: number;
  began: number;
  /** When each phase was first seen (milliseconds since 1970), as `began`. */
  phases: Map<string, number>;
  /** How long each `batch` query took, in milliseconds. */
  latenciesMs: number[];
}

/** Connects a company by OAuth, syncs it while its batch is asked for every 100 ms, and holds the counts against QuickBooks'. */
export async function runInitialSync(stage: Stage, realmId: string): Promise<SyncRun> {
  const companyId = await connectedCompany(stage, realmId);
  const began = Date.now();
  const { id: batchId } = await startInitialSync(stage.client, companyId);
  const watched = await watch(stage, batchId);
  const since = (moment: number): number => (moment - began) / 1000;
  return {
    companyId,
    batchId,
    records: await countedRecords(stage, realmId, watched.last),
    seconds: since(Date.parse(watched.last.finishedAt ?? "")),
    secondsToWorkable: since(watched.workableAt),
    secondsToLastPage: since(watched.lastPageAt),
    began,
    phases: watched.phases,
    latenciesMs: watched.latenciesMs,
  };
}

const Authorization = z.object({ authorizationUrl: z.string() });

/** A confirmed company, connected by OAuth to a realm of the simulator; answers its id. */
export async function connectedCompany({ client }: Stage, realmId: string): Promise<string> {
  const companyId = await createCompany(client, { name: `Bench ${realmId}`, edition: "ONLINE" });
  const { result } = await client.ask(
    z.object({ result: z.unknown() }),
    `mutation ($companyId: ID!) {
      result: connectOnline(companyId: $companyId) {
        ... on OnlineAuthorization { authorizationUrl } ... on Refusal { code message nextStep }
      }
    }`,
    { companyId },
  );
  const url = new URL(accepted(Authorization, result).authorizationUrl);
  url.searchParams.set("simulator_realm", realmId);
  const page = await fetch(url);
  await page.arrayBuffer();
  if (!page.ok) throw new Trouble(`Connecting failed: HTTP ${page.status}`);
  await confirmCompany(client, companyId);
  return companyId;
}

interface Watched {
  last: Batch;
  workableAt: number;
  lastPageAt: number;
  phases: Map<string, number>;
  latenciesMs: number[];
}

/** Asks on the beat, whether or not the answers before have come. */
async function watch(stage: Stage, batchId: string): Promise<Watched> {
  const phases = new Map<string, number>();
  const latenciesMs: number[] = [];
  const seen = { workableAt: Number.NaN, lastPageAt: Number.NaN, last: null as Batch | null };
  const failed = { error: null as unknown };
  const ask = async (): Promise<void> => {
    const began = performance.now();
    const { batch } = await stage.client.ask(BatchAnswer, BATCH_QUERY, { id: batchId });
    latenciesMs.push(performance.now() - began);
    const now = Date.now();
    if (batch.phase !== null && !phases.has(batch.phase)) phases.set(batch.phase, now);
    if (batch.company.workable && Number.isNaN(seen.workableAt)) seen.workableAt = now;
    if (isRead(batch) && Number.isNaN(seen.lastPageAt)) seen.lastPageAt = now;
    if (batch.finishedAt !== null) seen.last = batch;
  };
  for await (const _beat of setInterval(ASK_EVERY_MS)) {
    if (failed.error !== null) throw failed.error;
    if (seen.last !== null) break;
    ask().catch((error: unknown) => {
      failed.error = error;
    });
  }
  const { last } = seen;
  if (last?.status !== "SUCCEEDED") {
    const { message, nextStep } = last?.failure ?? { message: "", nextStep: "" };
    throw new Trouble(`The sync ${last?.status ?? "was lost"}: ${message} ${nextStep}`);
  }
  return { ...seen, last, phases, latenciesMs };
}

function isRead({ steps }: Batch): boolean {
  const listings = steps.filter(({ name }) => !NO_LISTING.has(name));
  return listings.length > 0 && listings.every(({ status }) => status === "SUCCEEDED");
}

/** Figures of a sync that lost a record would mean nothing. */
async function countedRecords(stage: Stage, realmId: string, batch: Batch): Promise<number> {
  const theirs = sum((await stage.quickbooks.counts(realmId)).values());
  const ours = sum(batch.company.counts.map(({ present }) => present));
  if (ours !== theirs) throw new Trouble(`We hold ${ours} records, QuickBooks ${theirs}.`);
  return ours;
}

const sum = (numbers: Iterable<number>): number =>
  [...numbers].reduce((total, number) => total + number, 0);

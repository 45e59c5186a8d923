import type { Pool } from "pg";

import { readBatch, type Batch } from "../db/batches.ts";
import type { Company } from "../db/companies.ts";
import { insideQuickBooksShareOf } from "../db/inside-quickbooks.ts";
import {
  companiesOf,
  countsOfCompanies,
  overviewsOf,
  readAmong,
  type Overview,
} from "../db/overviews.ts";
import type { KindCount } from "../db/records.ts";
import type { Queryable } from "../db/sql.ts";
import { sumsOf, type StepSum } from "../db/step-sums.ts";
import {
  progressOf,
  samplesOf,
  summarizeSteps,
  type Progress,
  type StepSummary,
} from "../db/steps.ts";
import { gather } from "./gather.ts";
import type { Sample } from "./progress/pace.ts";

/**
 * What the rows of an answer ask for. All that is asked in one turn, by however many rows, is read in
 * one transaction; nothing is kept beyond it, but what was asked ahead.
 */
export interface Loaders {
  batch(ref: BatchRef): Promise<Batch | null>;
  company(companyId: string): Promise<Company>;
  overview(companyId: string): Promise<Overview>;
  counts(companyId: string): Promise<readonly KindCount[]>;
  progress(batch: BatchRef): Promise<Progress>;
  steps(batch: BatchRef): Promise<StepSummary[]>;
  sums(batch: BatchRef): Promise<StepSum[]>;
  samples(batch: BatchRef): Promise<Sample[]>;
  insideShare(batch: BatchRef): Promise<number | null>;
  /** Asks in this turn for what this request will ask for about a batch and its company. */
  ahead(batch: BatchRef, loads: Iterable<Load>): void;
}

export type BatchRef = Pick<Batch, "id" | "companyId">;
export type Load = Exclude<keyof Loaders, "ahead">;

type Found<K extends Load> = Awaited<ReturnType<Loaders[K]>>;

/** What can be read of many companies with one statement. */
const OF_COMPANIES: {
  [K in "company" | "overview" | "counts"]: (
    tx: Queryable,
    companyIds: readonly string[],
  ) => Promise<ReadonlyMap<string, Found<K>>>;
} = { company: companiesOf, overview: overviewsOf, counts: countsOfCompanies };

/** What is read batch by batch. */
const OF_BATCH: {
  [K in "batch" | "progress" | "steps" | "sums" | "samples" | "insideShare"]: (
    tx: Queryable,
    companyId: string,
    batchId: string,
  ) => Promise<Found<K>>;
} = {
  batch: readBatch,
  progress: progressOf,
  steps: summarizeSteps,
  sums: sumsOf,
  samples: samplesOf,
  insideShare: insideQuickBooksShareOf,
};

interface Ask {
  key: string;
  what: string;
  companyId: string;
  batchId: string;
}

/** Fresh loaders for one request. */
export function createLoaders(pool: Pool): Loaders {
  const asked = gather(async (keys: string[]) => {
    const asks = keys.map(readKey);
    const companyIds = [...new Set(asks.map((ask) => ask.companyId))];
    const answers = await readAmong(pool, companyIds, (tx) => readAll(tx, asks));
    return new Map(answers.flat());
  });
  const early = new Map<string, Promise<unknown>>();
  const load = async <K extends Load>(
    what: K,
    companyId: string,
    batchId = "",
  ): Promise<Found<K>> => {
    const key = keyOf(what, companyId, batchId);
    const answer = await (early.get(key) ?? asked(key));
    if (answer === undefined) throw new Error(`company ${companyId} is gone`);
    return answer as Found<K>;
  };
  return {
    ahead({ id, companyId }, loads) {
      for (const what of loads) {
        const key = keyOf(what, companyId, what in OF_COMPANIES ? "" : id);
        const answer = asked(key);
        // Whoever asks for it meets what went wrong.
        answer.catch(() => undefined);
        early.set(key, answer);
      }
    },
    batch: (ref) => load("batch", ref.companyId, ref.id),
    company: (id) => load("company", id),
    overview: (id) => load("overview", id),
    counts: (id) => load("counts", id),
    progress: (batch) => load("progress", batch.companyId, batch.id),
    steps: (batch) => load("steps", batch.companyId, batch.id),
    sums: (batch) => load("sums", batch.companyId, batch.id),
    samples: (batch) => load("samples", batch.companyId, batch.id),
    insideShare: (batch) => load("insideShare", batch.companyId, batch.id),
  };
}

const keyOf = (what: Load, companyId: string, batchId: string): string =>
  `${what} ${companyId} ${batchId}`;

function readKey(key: string): Ask {
  const [what = "", companyId = "", batchId = ""] = key.split(" ");
  return { key, what, companyId, batchId };
}

/** Sends every statement at once: none waits for another. */
function readAll(tx: Queryable, asks: readonly Ask[]): Promise<[string, unknown][][]> {
  const reads: Promise<[string, unknown][]>[] = [];
  for (const [what, read] of Object.entries(OF_COMPANIES)) {
    const some = asks.filter((ask) => ask.what === what);
    if (some.length === 0) continue;
    const ids = some.map((ask) => ask.companyId);
    reads.push(
      read(tx, ids).then((found) => some.map((ask) => [ask.key, found.get(ask.companyId)])),
    );
  }
  for (const [what, read] of Object.entries(OF_BATCH)) {
    for (const ask of asks.filter((one) => one.what === what)) {
      reads.push(read(tx, ask.companyId, ask.batchId).then((found) => [[ask.key, found]]));
    }
  }
  return Promise.all(reads);
}

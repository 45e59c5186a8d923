import type { Pool } from "pg";

import type { Batch } from "../../db/batches.ts";
import {
  progressOf,
  samplesOf,
  summarizeSteps,
  type Progress,
  type StepSummary,
} from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { gather } from "../gather.ts";
import type { Sample } from "./pace.ts";

interface Figures {
  progress: Progress;
  steps: StepSummary[];
  samples: Sample[];
}

const READ: {
  [W in keyof Figures]: (
    tx: Parameters<typeof progressOf>[0],
    companyId: string,
    batchId: string,
  ) => Promise<Figures[W]>;
} = { progress: progressOf, steps: summarizeSteps, samples: samplesOf };

export type LoadFigures = <W extends keyof Figures>(batch: Batch, want: W) => Promise<Figures[W]>;

/**
 * How far batches are. Whatever the batches of one answer are asked is read in one transaction a
 * company, and only what was asked for.
 */
export function createFigures(pool: Pool): LoadFigures {
  const load = gather(async (keys: string[]) => {
    const answers = new Map<string, unknown>();
    const wants = keys.map(parseKey);
    for (const companyId of new Set(wants.map((want) => want.companyId))) {
      await inCompany(pool, companyId, async (tx) => {
        for (const { key, batchId, want } of wants.filter((one) => one.companyId === companyId)) {
          answers.set(key, await READ[want](tx, companyId, batchId));
        }
      });
    }
    return answers;
  });
  return async <W extends keyof Figures>(batch: Batch, want: W) =>
    (await load(`${batch.companyId} ${batch.id} ${want}`)) as Figures[W];
}

function parseKey(key: string) {
  const [companyId = "", batchId = "", want = ""] = key.split(" ");
  return { key, companyId, batchId, want: want as keyof Figures };
}

import { z } from "zod";

import { listBatches, type Batch } from "../../db/batches.ts";
import { sumsAgree } from "../../db/step-sums.ts";
import { batchWorkflowId } from "../../workflows/contract.ts";
import { loadsOf } from "../ahead.ts";
import { readableBatch, readableCompany } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { cursorOf, firstOf, pageOf } from "../paging.ts";
import { paceOf, type Pace } from "../progress/pace.ts";
import { waitingForOf } from "../progress/status.ts";
import { isRefusal, notFoundError } from "../refusals.ts";
import type { BatchStatusWord } from "../words.ts";

const cursor = cursorOf("batches", z.int().nonnegative());

export const batch: Resolvers = {
  Query: {
    batch: (_, { id }, context, info) => readableBatch(context, id, loadsOf(info)),
    batches: async (_, args, context) => {
      const first = firstOf(args);
      const after = cursor.read(args);
      const { companyId } = args;
      if ((await readableCompany(context, companyId)) === null) throw notFoundError("company");
      const rows = await listBatches(context.deps.pool, companyId, { first: first + 1, after });
      return pageOf(rows, { first, cursor, position: (row) => row.position });
    },
  },
  BatchResult: { __resolveType: (answer) => (isRefusal(answer) ? "Refusal" : "Batch") },
  Batch: {
    company: (row, _, { load }) => load.company(row.companyId),
    status: (row) => statusOf(row),
    waitingFor: async (row, _, { load }) =>
      row.waitingFor && waitingForOf(row, await load.overview(row.companyId), new Date()),
    steps: (row, _, { load }) => load.steps(row),
    sums: (row, _, { load }) => load.sums(row),
    done: async (row, _, context) => (await progressOf(row, context)).done,
    total: async (row, _, context) => (await progressOf(row, context)).total,
    created: async (row, _, context) => (await progressOf(row, context)).created,
    updated: async (row, _, context) => (await progressOf(row, context)).updated,
    unchanged: async (row, _, context) => (await progressOf(row, context)).unchanged,
    deleted: async (row, _, context) => (await progressOf(row, context)).deleted,
    recordsPerSecond: async (row, _, context) => (await pace(row, context)).recordsPerSecond,
    etaSeconds: async (row, _, context) => (await pace(row, context)).etaSeconds,
    etaSecondsLow: async (row, _, context) => (await pace(row, context)).etaSecondsLow,
    etaSecondsHigh: async (row, _, context) => (await pace(row, context)).etaSecondsHigh,
    insideQuickBooksShare: (row, _, { load }) => load.insideShare(row),
    workflowUrl: ({ id }, _, { deps }) => {
      const { uiUrl, namespace } = deps.settings.temporal;
      const workflowId = encodeURIComponent(batchWorkflowId(id));
      return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflowId}`;
    },
  },
  BatchStep: {
    unavailable: (step) => step.unavailable?.message ?? null,
  },
  StepSum: { step: ({ name }) => name, agrees: (sum) => sumsAgree(sum) },
};

/** A running batch that waits for something is WAITING; the table keeps the two beside each other. */
const statusOf = (row: Batch): BatchStatusWord =>
  (row.status === "running" || row.status === "queued") && row.waitingFor !== null
    ? "waiting"
    : row.status;

const progressOf = (row: Batch, { load }: Context) => load.progress(row);

async function pace(row: Batch, { load }: Context): Promise<Pace> {
  const [{ done, total }, samples] = await Promise.all([load.progress(row), load.samples(row)]);
  return paceOf({ ...row, done, total, samples, now: new Date() });
}

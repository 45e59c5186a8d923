import { z } from "zod";

import { compareDecimals } from "../../core/money.ts";
import { enqueueBatch, type Batch } from "../../db/batches.ts";
import type { Company } from "../../db/companies.ts";
import type { WantedReapplication } from "../../db/reapplication-words.ts";
import { listPlan } from "../../db/payment-plans.ts";
import { syncedKinds } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { companyFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { cursorOf, firstOf, pageOf } from "../paging.ts";
import { ifDisconnected, isRefusal, notSynced } from "../refusals.ts";
import { announce, dateRefusal } from "../starting.ts";
import type { Refusal } from "../words.ts";

const ID_LENGTH_MAX = 200;
const planCursor = cursorOf(
  "plan",
  z.tuple([z.string().max(ID_LENGTH_MAX), z.string().max(ID_LENGTH_MAX)]),
);

/** Re-applying payments for a period, and the plan that comes of it. */
export const reapply: Resolvers = {
  Mutation: {
    reapplyPayments: async (_, { companyId, from, preview, by }, context) => {
      const company = await companyFor(context, companyId, "reapplyPayments");
      if (isRefusal(company)) return company;
      const wanted = { from, preview: preview ?? false, by: by ?? "modified", closedUntil: null };
      const refusal = ifDisconnected(company) ?? dateRefusal("from", from);
      return refusal ?? start(context, company, wanted);
    },
  },
  Batch: {
    reapplication: (batch) =>
      batch.reapply === null ? null : { batch, wanted: batch.reapply, result: batch.result },
  },
  Reapplication: {
    from: ({ wanted }) => wanted.from,
    by: ({ wanted }) => wanted.by,
    preview: ({ wanted }) => wanted.preview,
    closedUntil: ({ wanted }) => wanted.closedUntil,
    documents: ({ result }) => result?.documents ?? null,
    differing: ({ result }) => result?.differing ?? null,
    stopped: ({ result }) => result?.stopped ?? null,
    moves: ({ result }) => result?.moves ?? null,
    appliedBefore: ({ result }) => result?.appliedBefore ?? null,
    appliedAfter: ({ result }) => result?.appliedAfter ?? null,
    mustBeApplied: ({ result }) => result?.mustBeApplied ?? null,
    isProven: ({ batch, result }) =>
      result &&
      batch.status !== "cancelled" &&
      batch.status !== "failed" &&
      result.stopped === 0 &&
      compareDecimals(result.appliedAfter, result.mustBeApplied) === 0,
    plan: async ({ batch: { companyId, id: batchId } }, args, { deps }) => {
      const first = firstOf(args);
      const after = planCursor.read(args);
      const rows = await listPlan(deps.pool, { companyId, batchId }, { first: first + 1, after });
      return pageOf(rows, {
        first,
        cursor: planCursor,
        position: (row): [string, string] => [row.kind, row.quickbooksId],
      });
    },
  },
};

async function start(
  context: Context,
  company: Company,
  wanted: WantedReapplication,
): Promise<Batch | Refusal> {
  const { deps, viewer } = context;
  const { isComplete } = await inCompany(deps.pool, company.id, (tx) =>
    syncedKinds(tx, company.id),
  );
  if (!isComplete) return notSynced(company);
  const { batch } = await enqueueBatch(deps.pool, {
    companyId: company.id,
    kind: "reapply_payments",
    trigger: viewer.role === "app" ? "app" : "user",
    startedBy: viewer.name,
    label: `${wanted.preview ? "Preview of payments" : "Payments"} of ${company.name} since ${wanted.from}`,
    historyFrom: null,
    reapply: wanted,
  });
  if (!isSame(batch.reapply, wanted)) {
    return {
      code: "already-running",
      message: `Another re-application of payments, since ${batch.reapply?.from ?? "another day"}, waits or runs at ${company.name}.`,
      nextStep: "Wait until it has ended; `batches` shows it.",
    };
  }
  await announce(context, batch);
  return batch;
}

const isSame = (one: WantedReapplication | null, other: WantedReapplication): boolean =>
  one !== null && one.from === other.from && one.by === other.by && one.preview === other.preview;

import { enqueueBatch, findBatch } from "../../db/batches.ts";
import { reconciliationOf, type ReconciliationLine } from "../../db/reconciliations.ts";
import { syncedKinds } from "../../db/steps.ts";
import { inCompany, isUuid } from "../../db/transactions.ts";
import { newestComparison } from "../../db/wanted-comparisons.ts";
import { verifyLabel } from "../../workflows/contract.ts";
import { companyFor, readableCompany } from "../auth/access.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { ifDisconnected, isRefusal, notSynced } from "../refusals.ts";
import { announce } from "../starting.ts";

/** Comparing a company with QuickBooks, and what came of it. */
export const reconciliation: Resolvers = {
  Query: {
    reconciliation: async (_, { companyId, batchId }, context) => {
      const { pool } = context.deps;
      if ((await readableCompany(context, companyId)) === null) return null;
      if (batchId && !isUuid(batchId)) return null;
      const batch = batchId
        ? await findBatch(pool, companyId, batchId)
        : await newestComparison(pool, companyId);
      if (batch?.kind !== "verify") return null;
      const lines = await reconciliationOf(pool, { companyId, batchId: batch.id });
      return lines.length === 0 ? null : { batch, lines };
    },
  },
  Mutation: {
    verify: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "verify");
      if (isRefusal(company)) return company;
      const refusal = ifDisconnected(company);
      if (refusal !== null) return refusal;
      const { deps, viewer } = context;
      const { isComplete } = await inCompany(deps.pool, companyId, (tx) =>
        syncedKinds(tx, companyId),
      );
      if (!isComplete) return notSynced(company);
      const { batch } = await enqueueBatch(deps.pool, {
        companyId,
        kind: "verify",
        trigger: viewer.role === "app" ? "app" : "user",
        startedBy: viewer.name,
        label: verifyLabel(company.name),
        historyFrom: null,
      });
      await announce(context, batch);
      return batch;
    },
  },
  Reconciliation: {
    agrees: ({ lines }) => lines.every(({ agrees }) => agrees !== false),
    csv: ({ lines }) => csvOf(lines),
  },
};

const TITLES = [
  "subject",
  "kind",
  "month",
  "quickbooksId",
  "ours",
  "theirs",
  "agrees",
  "note",
] as const;

const csvOf = (lines: readonly ReconciliationLine[]): string =>
  [TITLES.join(","), ...lines.map((line) => TITLES.map((title) => cell(line[title])).join(","))]
    .map((line) => `${line}\r\n`)
    .join("");

/** Quoted as RFC 4180 has it; a text that a spreadsheet would take for a formula is kept a text. */
function cell(value: string | boolean | null): string {
  const text = value === null ? "" : String(value);
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import {
  enqueueBatch,
  findBatch,
  newestBatch,
  requestCancel,
  requeueBatch,
  type Batch,
} from "../../db/batches.ts";
import { findConnection, type Connection } from "../../db/connections.ts";
import type { Company } from "../../db/companies.ts";
import { notifyBatch } from "../../db/notify.ts";
import { syncedKinds } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { batchFor, companyFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import {
  ifDisconnected,
  isRefusal,
  noSuch,
  notConnected,
  notSeen,
  notSynced,
} from "../refusals.ts";
import { announce, dateRefusal } from "../starting.ts";
import type { Refusal } from "../words.ts";

/** Starting, ending and repeating batches. PostgreSQL decides; Temporal is told to hurry. */
export const sync: Resolvers = {
  Mutation: {
    startInitialSync: async (_, { companyId, historyFrom }, context) => {
      const company = await companyFor(context, companyId, "start");
      if (isRefusal(company)) return company;
      const connection = await findConnection(context.deps.pool, companyId);
      const refusal =
        cannotStart(company, connection) ?? dateRefusal("historyFrom", historyFrom ?? null);
      if (refusal !== null) return refusal;
      return startInitial(context, company, historyFrom ?? null);
    },
    cancelBatch: async (_, { id }, context) => {
      const batch = await batchFor(context, id, "cancel");
      return isRefusal(batch) ? batch : cancel(context, batch);
    },
    retryBatch: async (_, { id }, context) => {
      const batch = await batchFor(context, id, "retry");
      return isRefusal(batch) ? batch : retry(context, batch);
    },
    startHistoricalSync: async (_, { companyId, from }, context) => {
      const company = await companyFor(context, companyId, "start");
      if (isRefusal(company)) return company;
      const refusal = ifDisconnected(company) ?? dateRefusal("from", from);
      return refusal ?? startHistory(context, company, from);
    },
  },
};

function cannotStart(company: Company, connection: Connection | null): Refusal | null {
  if (connection?.state !== "authorized" || company.state === "disconnected") {
    return notConnected(company);
  }
  if (connection.books === null && company.edition === "desktop") return notSeen(company);
  if (company.confirmedAt === null) {
    return {
      code: "not-confirmed",
      message: `Nobody has confirmed yet that these are the books of ${company.name}.`,
      nextStep: "Look at `company.books`, then call confirmCompany.",
    };
  }
  return null;
}

async function startInitial(
  context: Context,
  company: Company,
  historyFrom: string | null,
): Promise<Batch | Refusal> {
  const { deps, viewer } = context;
  const newest = await newestBatch(deps.pool, company.id, "initial");
  if (newest?.status === "succeeded") {
    return {
      code: "already-done",
      message: `The initial sync of ${company.name} has succeeded.`,
      nextStep: "Nothing to do: read `records`.",
    };
  }
  const { batch } = await enqueueBatch(deps.pool, {
    companyId: company.id,
    kind: "initial",
    trigger: viewer.role === "app" ? "app" : "user",
    startedBy: viewer.name,
    label: `Initial sync of ${company.name}`,
    historyFrom,
  });
  await announce(context, batch);
  return batch;
}

/** Was it about the company file that another one has replaced? */
const isOfFileBefore = ({ queuedAt }: Batch, fileSince: Date | null): boolean =>
  fileSince !== null && queuedAt <= fileSince;

/** The years before what is held already. */
async function startHistory(
  context: Context,
  company: Company,
  from: string,
): Promise<Batch | Refusal> {
  const { deps, viewer } = context;
  const { isComplete, historyFrom } = await inCompany(deps.pool, company.id, (tx) =>
    syncedKinds(tx, company.id),
  );
  if (!isComplete) return notSynced(company);
  if (historyFrom === null || historyFrom <= from) {
    return {
      code: "already-done",
      message:
        historyFrom === null
          ? `Everything of ${company.name} is held already.`
          : `Everything since ${historyFrom} is held already.`,
      nextStep: "Nothing to do: read `records`, or name an earlier day.",
    };
  }
  const { batch } = await enqueueBatch(deps.pool, {
    companyId: company.id,
    kind: "historical",
    trigger: viewer.role === "app" ? "app" : "user",
    startedBy: viewer.name,
    label: `History of ${company.name} since ${from}`,
    historyFrom: from,
  });
  await announce(context, batch);
  return batch;
}

async function cancel(context: Context, batch: Batch): Promise<Batch | Refusal> {
  const { deps } = context;
  const after = await requestCancel(deps.pool, batch.companyId, batch.id);
  if (after === null) return noSuch("batch");
  if (after.status === "succeeded" || after.status === "failed") {
    return {
      code: "already-done",
      message: `This batch has ${after.status} already; there is nothing left to cancel.`,
      nextStep:
        after.status === "failed" ? "Call retryBatch to go on where it stood." : "Nothing to do.",
    };
  }
  await notifyBatch(deps.pool, { batchId: batch.id, companyId: batch.companyId });
  if (after.status === "running") await deps.coordinators.cancel(batch.id);
  return after;
}

async function retry(context: Context, batch: Batch): Promise<Batch | Refusal> {
  const { deps } = context;
  const refusal = retryRefusal(batch);
  if (refusal !== null) return refusal;
  const company = await context.load.company(batch.companyId);
  const connection = await findConnection(deps.pool, company.id);
  if (isOfFileBefore(batch, connection?.fileSince ?? null)) return ofFileBefore();
  const stopped = cannotStart(company, connection);
  if (stopped !== null) return stopped;
  const queued = await requeueBatch(deps.pool, batch.companyId, batch.id);
  if (queued !== null) {
    await announce(context, queued);
    return queued;
  }
  const now = await findBatch(deps.pool, batch.companyId, batch.id);
  return retryRefusal(now ?? batch) ?? anotherIsOpen();
}

function retryRefusal(batch: Batch): Refusal | null {
  if (batch.status === "succeeded") {
    return {
      code: "already-done",
      message: "This batch has succeeded.",
      nextStep: "Nothing to do.",
    };
  }
  if (batch.status === "queued" || batch.status === "running") {
    return {
      code: "already-running",
      message: `This batch ${batch.status === "queued" ? "is in the queue" : "runs"} already.`,
      nextStep: "Watch it with `batchProgress`, or call cancelBatch first.",
    };
  }
  return null;
}

const ofFileBefore = (): Refusal => ({
  code: "already-done",
  message: "This batch belongs to the company file before: the books go on in a new one.",
  nextStep: "Call startInitialSync for the new file.",
});

const anotherIsOpen = (): Refusal => ({
  code: "already-running",
  message: "Another batch of this kind waits or runs at this company.",
  nextStep: "Wait until it has ended; `batches` shows it.",
});

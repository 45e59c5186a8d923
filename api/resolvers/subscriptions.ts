import type { Batch } from "../../db/batches.ts";
import { readableBatch, readableCompany } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { waitingForOf } from "../progress/status.ts";
import { watch } from "../progress/watch.ts";
import { notFoundError } from "../refusals.ts";

/** The present state first, then each change; every state is read afresh. */
export const subscriptions: Resolvers = {
  Subscription: {
    batchProgress: {
      subscribe: async (_, { id }, context) => {
        if ((await readableBatch(context, id)) === null) throw notFoundError("batch");
        return watch({
          feed: context.deps.feed,
          topic: { batchId: id },
          read: async () => {
            const batch = await readableBatch(context, id);
            if (batch === null) throw notFoundError("batch");
            return {
              state: { batchProgress: batch },
              print: await printOf(context, batch),
              isOver: hasEnded(batch),
            };
          },
        });
      },
    },
    companyStatus: {
      subscribe: async (_, { companyId }, context) => {
        if ((await readableCompany(context, companyId)) === null) throw notFoundError("company");
        return watch({
          feed: context.deps.feed,
          topic: { companyId },
          read: async () => {
            const company = await readableCompany(context, companyId);
            if (company === null) throw notFoundError("company");
            const { openBatch, ...rest } = await context.load.overview(companyId);
            const open = openBatch === null ? null : await printOf(context, openBatch);
            return {
              state: { companyStatus: company },
              print: JSON.stringify([company, rest, open]),
              isOver: false,
            };
          },
        });
      },
    },
  },
};

async function printOf({ load }: Context, batch: Batch): Promise<string> {
  const [progress, overview] = await Promise.all([
    load.progress(batch),
    batch.waitingFor === null ? null : load.overview(batch.companyId),
  ]);
  const waitingFor = overview && waitingForOf(batch, overview, new Date());
  return JSON.stringify([batch, progress, waitingFor]);
}

const hasEnded = ({ status }: Batch): boolean => status !== "queued" && status !== "running";

import { findCompany } from "../db/companies.ts";
import { scheduledVerifyLabel } from "../workflows/contract.ts";
import type { ActivityDeps } from "./deps.ts";
import { queueComparison } from "./queue-comparisons.ts";

/** One tick of a company's Schedule: a comparison waits in its queue afterwards, or runs. */
export const tickVerify =
  (deps: ActivityDeps) =>
  async (companyId: string): Promise<string> => {
    const company = await findCompany(deps.pool, companyId);
    const queued =
      company &&
      (await queueComparison(deps, {
        companyId,
        trigger: "schedule",
        startedBy: "Schedule",
        label: scheduledVerifyLabel(company.name),
      }));
    if (queued === null) {
      return "The company is not connected, or its first sync is not done; nothing was done.";
    }
    const { batch, joined } = queued;
    return joined ? `Batch ${batch.id} compares already.` : `Queued batch ${batch.id}.`;
  };

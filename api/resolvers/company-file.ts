import { findCompany, type Company } from "../../db/companies.ts";
import { acceptMovedFile, startNewFile, type Decision } from "../../db/company-files.ts";
import { acceptMassChange } from "../../db/mass-changes.ts";
import { notifyBatch, notifyCompany } from "../../db/notify.ts";
import { companyFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { invalid, isRefusal, noSuch, wrongEdition } from "../refusals.ts";
import type { Refusal } from "../words.ts";

/** What a person decides about a company file that is not what or where it was, or what it held. */
export const companyFile: Resolvers = {
  Mutation: {
    acceptMovedFile: (_, { companyId }, context) =>
      decide(context, companyId, {
        decision: (company) => acceptMovedFile(context.deps.pool, company.id),
        doneBefore: (file) => ({
          code: "already-done",
          message: `The company file is accepted at ${file}.`,
          nextStep: "Nothing to do: we go on when the Web Connector calls next.",
        }),
        nothing: (company) => nothingToDecide(company, "file-moved or file-copied"),
      }),
    acceptMassChange: (_, { companyId }, context) =>
      decide(context, companyId, {
        decision: async (company) =>
          (await acceptMassChange(context.deps.pool, company.id))
            ? { is: "done", cancelledRunning: [] }
            : { is: "nothing" },
        doneBefore: () => nothingWaits(),
        nothing: () => nothingWaits(),
      }),
    startNewFile: (_, { companyId }, context) =>
      decide(context, companyId, {
        decision: (company) => startNewFile(context.deps.pool, company.id),
        doneBefore: () => ({
          code: "already-done",
          message: "The new company file was begun already.",
          nextStep:
            "When the Web Connector has called, look at whose books these are and call confirmCompany.",
        }),
        nothing: (company) => nothingToDecide(company, "file-replaced"),
      }),
  },
};

interface Choice {
  decision: (company: Company) => Promise<Decision>;
  doneBefore: (file: string | null) => Refusal;
  nothing: (company: Company) => Refusal;
}

async function decide(
  context: Context,
  companyId: string,
  choice: Choice,
): Promise<Company | Refusal> {
  const company = await companyFor(context, companyId, "connect");
  if (isRefusal(company)) return company;
  if (company.edition === "online") return wrongEdition(company);
  const decided = await choice.decision(company);
  if (decided.is === "nothing") return choice.nothing(company);
  if (decided.is === "done-before") return choice.doneBefore(decided.file);
  const { deps } = context;
  await notifyCompany(deps.pool, companyId);
  for (const batchId of decided.cancelledRunning) {
    await notifyBatch(deps.pool, { batchId, companyId });
    await deps.coordinators.cancel(batchId);
  }
  return (await findCompany(deps.pool, companyId)) ?? noSuch("company");
}

const nothingWaits = (): Refusal => ({
  code: "already-done",
  message: "No batch of this company waits for a word about a mass change.",
  nextStep: "Nothing to do; `status` of the company says what goes on.",
});

const nothingToDecide = (company: Company, kinds: string): Refusal =>
  invalid(
    `The last contact with the company file of ${company.name} was not refused as ${kinds}.`,
    "There is nothing to decide; `status` of the company says what is in the way.",
  );

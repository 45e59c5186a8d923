import { randomBytes } from "node:crypto";

import { faultIn } from "../../core/faults.ts";
import { confirmCompany, type Company, type Reason } from "../../db/companies.ts";
import { findConnection, rememberState } from "../../db/connections.ts";
import { companyFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { learnBooks } from "../oauth/books.ts";
import { isRefusal, notConnected, notSeen, unreachable, wrongEdition } from "../refusals.ts";
import type { Refusal } from "../words.ts";

const STATE_BYTES = 32;

/** From a new company to one whose books are confirmed. */
export const connect: Resolvers = {
  Mutation: {
    connectOnline: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "connect");
      if (isRefusal(company)) return company;
      return company.edition === "online" ? authorization(context, company) : wrongEdition(company);
    },
    confirmCompany: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "confirm");
      if (isRefusal(company) || company.confirmedAt !== null) return company;
      return (
        (await cannotConfirm(context, company)) ?? confirmCompany(context.deps.pool, companyId)
      );
    },
  },
  ConnectOnlineResult: {
    __resolveType: (answer) => (isRefusal(answer) ? "Refusal" : "OnlineAuthorization"),
  },
};

async function authorization({ deps }: Context, company: Company) {
  const state = randomBytes(STATE_BYTES).toString("base64url");
  try {
    const authorizationUrl = await deps.oauth.authorizationUrl(state);
    return { authorizationUrl, expiresAt: await rememberState(deps.pool, company.id, state) };
  } catch (error) {
    const fault = faultIn(error);
    if (fault === null) throw error;
    return unreachable("Intuit's addresses could not be read", fault);
  }
}

/** Books that nobody could have looked at cannot be confirmed. */
async function cannotConfirm({ deps }: Context, company: Company): Promise<Refusal | null> {
  const connection = await findConnection(deps.pool, company.id);
  if (connection?.state !== "authorized") return notConnected(company);
  const { realmId, books } = connection;
  if (realmId === null && company.stateReason !== null) return refusedBefore(company.stateReason);
  if (books !== null) return null;
  if (realmId === null) return notSeen(company);
  const learned = await learnBooks(deps, { companyId: company.id, realmId });
  return "fault" in learned
    ? unreachable("QuickBooks could not be asked whose books these are", learned.fault)
    : null;
}

/** Whoever met the company file has refused it, such as that of another company. */
const refusedBefore = ({ message, nextStep }: Reason): Refusal => ({
  code: "not-connected",
  message,
  nextStep,
});

import { randomUUID } from "node:crypto";

import type { Company } from "../../db/companies.ts";
import { findConnection } from "../../db/connections.ts";
import {
  addConnector,
  listConnectors,
  revokeConnector,
  rotateConnectorPassword,
  type Connector,
  type NewConnector,
} from "../../db/connectors.ts";
import { notifyCompany } from "../../db/notify.ts";
import { isUniqueViolation } from "../../db/sql-errors.ts";
import { OWNER_ID, qwcFile } from "../../quickbooks/desktop/pairing.ts";
import { companyFor, connectorFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import { webConnectorAddress } from "../desktop-address.ts";
import type { DesktopPairing, Resolvers } from "../generated/resolvers.ts";
import { invalid, isRefusal, noSuch, wrongEdition } from "../refusals.ts";
import { isLine } from "../text.ts";
import type { Refusal } from "../words.ts";

const FIRST_NAME = "Main PC";
const NAME_LENGTH_MAX = 200;

/** The PCs of a Desktop company: each has a login of its own, and a pair of OwnerID and FileID. */
export const connectors: Resolvers = {
  Mutation: {
    connectDesktop: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "connect");
      if (isRefusal(company)) return company;
      if (company.edition === "online") return wrongEdition(company);
      const known = await listConnectors(context.deps.pool, companyId);
      if (known.length > 0) return connectedBefore(company);
      return pair(context, company, FIRST_NAME, () => connectedBefore(company));
    },
    addConnector: async (_, { companyId, name: given }, context) => {
      const company = await companyFor(context, companyId, "connect");
      if (isRefusal(company)) return company;
      if (company.edition === "online") return wrongEdition(company);
      const name = given.trim();
      if (!isLine(name, NAME_LENGTH_MAX)) {
        return invalid(
          `A connector's name has 1 to ${NAME_LENGTH_MAX} characters on one line.`,
          "Name the PC or the person who works there, such as Front desk.",
        );
      }
      return pair(context, company, name, () => nameTaken(company, name));
    },
    rotateConnectorPassword: async (_, { connectorId }, context) => {
      const found = await connectorFor(context, connectorId, "connect");
      return isRefusal(found) ? found : rotate(context, found);
    },
    revokeConnector: async (_, { connectorId }, context) => {
      const found = await connectorFor(context, connectorId, "connect");
      if (isRefusal(found)) return found;
      const revoked = await revokeConnector(context.deps.pool, found.companyId, found.id);
      await notifyCompany(context.deps.pool, found.companyId);
      return revoked ?? noSuch("connector");
    },
  },
  ConnectDesktopResult: {
    __resolveType: (answer) => (isRefusal(answer) ? "Refusal" : "DesktopPairing"),
  },
  ConnectorResult: { __resolveType: (answer) => (isRefusal(answer) ? "Refusal" : "Connector") },
  Connector: {
    serving: (row) => row.isInSession,
    lastSeenAt: (row) => row.seenAt,
    lastRefusedAt: (row) => row.refusedAt,
    lastRefusedFrom: (row) => row.refusedFrom,
  },
  Company: {
    connectors: async (row, _, { load }) => (await load.overview(row.id)).connectors,
    firstLook: async (row, _, { load }) =>
      (await load.overview(row.id)).connection?.firstLook ?? null,
  },
};

/** A new login for a PC; a name that another one has is for `onTaken` to refuse. */
async function pair(
  { deps }: Context,
  company: Company,
  name: string,
  onTaken: () => Refusal,
): Promise<DesktopPairing | Refusal> {
  const address = webConnectorAddress(deps.settings.publicUrl);
  if (isRefusal(address)) return address;
  try {
    const made = await addConnector(deps.pool, {
      companyId: company.id,
      name,
      fileId: newFileId(),
    });
    await notifyCompany(deps.pool, company.id);
    return pairing(address, company, made);
  } catch (error) {
    if (isUniqueViolation(error)) return onTaken();
    throw error;
  }
}

async function rotate(
  { deps, load }: Context,
  found: Connector,
): Promise<DesktopPairing | Refusal> {
  const address = webConnectorAddress(deps.settings.publicUrl);
  if (isRefusal(address)) return address;
  const company = await load.company(found.companyId);
  const fileId = (await findConnection(deps.pool, company.id))?.fileId ?? null;
  const made = await rotateConnectorPassword(deps.pool, company.id, found.id);
  if (made === null || fileId === null) return revokedBefore(found);
  await notifyCompany(deps.pool, company.id);
  return pairing(address, company, { ...made, fileId });
}

const pairing = (
  { url }: { url: string },
  company: Company,
  { connector, password, fileId }: NewConnector,
): DesktopPairing => {
  const { username, name: connectorName } = connector;
  const qwc = qwcFile({
    companyName: company.name,
    connectorName,
    username,
    ownerId: connector.ownerId ?? OWNER_ID,
    fileId: connector.fileId ?? fileId,
    url,
  });
  return { username, password, qwc };
};

const newFileId = (): string => `{${randomUUID().toUpperCase()}}`;

const connectedBefore = (company: Company): Refusal => ({
  code: "already-done",
  message: `${company.name} has a connector already, and its password is shown once.`,
  nextStep:
    "Call addConnector for another PC, or rotateConnectorPassword for a new password; `connectors` of the company has the ids.",
});

const nameTaken = (company: Company, name: string): Refusal =>
  invalid(
    `${company.name} has a connector with the name ${name} already.`,
    "Give this PC another name, or call rotateConnectorPassword for the one that is there.",
  );

const revokedBefore = ({ name }: Connector): Refusal => ({
  code: "already-done",
  message: `The connector ${name} was revoked: it does not log in any more.`,
  nextStep: "Call addConnector for a new login.",
});

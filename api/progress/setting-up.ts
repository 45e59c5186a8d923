import type { Company } from "../../db/companies.ts";
import type { Overview } from "../../db/overviews.ts";
import { needsYou, type CompanyStatus } from "./company-status.ts";
import { moment } from "./moment.ts";
import { away, foundTrouble, OPEN_QWC, type Trouble } from "./pc.ts";

/** What is missing before a first sync of a Desktop company, or null when nothing is. */
export function settingUpDesktop(
  company: Company,
  overview: Overview,
  now: Date,
): CompanyStatus | null {
  if (company.confirmedAt !== null) return null;
  const { connection, connectors } = overview;
  if (connection === null) {
    return needsYou(
      "Not connected yet. Next: call connectDesktop, and open its .qwc with the Web Connector on the PC that has QuickBooks.",
    );
  }
  const { stateReason } = company;
  if (stateReason !== null) {
    const { kind, message, nextStep } = stateReason;
    return needsYou(`Not connected yet: ${message} Next: ${nextStep}`, kind);
  }
  const found = foundTrouble(overview);
  const seenAt = connection.firstLook?.seenAt ?? null;
  const isNews = found !== null && (seenAt === null || found.at === null || found.at > seenAt);
  if (connection.books !== null) {
    const { name, file } = connection.books;
    const seen = `The company file of "${name}"${file === null ? "" : ` (${file})`} was seen.`;
    return isNews
      ? needsYou(`${seen} ${since(found)}`, found.code)
      : needsYou(
          `${seen} Next: look at whose books these are (books, firstLook), then call confirmCompany.`,
        );
  }
  if (isNews)
    return needsYou(`Not connected yet: ${found.says}. Next: ${found.nextStep}`, found.code);
  if (connectors.some(({ isInSession }) => isInSession)) {
    return {
      activity: "running",
      status: "First contact: we look whose books these are. Nothing to do: it takes a minute.",
      waitingFor: null,
    };
  }
  return firstContact(overview, now);
}

/** Nobody has called yet, or nothing was seen of the file. */
function firstContact(overview: Overview, now: Date): CompanyStatus {
  const fileSince = overview.connection?.fileSince ?? null;
  if (fileSince !== null) {
    return needsYou(
      `A new company file was begun at ${moment(fileSince)} and was not seen yet. Next: ${OPEN_QWC}`,
      "connector-away",
    );
  }
  const { code, says, nextStep } = away(overview, now);
  return needsYou(`Not connected yet: ${says}. Next: ${nextStep}`, code);
}

const since = ({ says, nextStep }: Trouble): string =>
  `At the last contact since then, ${says}. Next: ${nextStep}`;

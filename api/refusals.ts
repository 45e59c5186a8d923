import { GraphQLError } from "graphql";

import { POLICY, type Fault } from "../core/faults.ts";
import type { Role } from "../db/api-tokens.ts";
import type { Company } from "../db/companies.ts";
import { OPEN_QWC } from "./progress/pc.ts";
import type { Refusal } from "./words.ts";

/** Is this answer a refusal? */
export const isRefusal = (answer: object): answer is Refusal => "nextStep" in answer;

export const noSuch = (what: keyof typeof WHERE): Refusal => ({
  code: "not-found",
  message: `There is no ${what} with this id, or this token may not see it.`,
  nextStep: `Take an id from ${WHERE[what]}.`,
});

const WHERE = {
  company: "`companies`",
  batch: "`batches`",
  connector: "`connectors` of a company",
};

export const wrongEdition = ({ name, edition }: Company): Refusal => ({
  code: "wrong-edition",
  message: `${name} is a company of QuickBooks ${edition === "online" ? "Online" : "Desktop"}.`,
  nextStep: edition === "online" ? "Call connectOnline." : "Call connectDesktop.",
});

export const forbidden = (role: Role): Refusal => ({
  code: "forbidden",
  message: `A token with the role ${role.toUpperCase()} may not do this.`,
  nextStep: "Use a token with a role that may; the README says which role may do what.",
});

export const invalid = (message: string, nextStep: string): Refusal => ({
  code: "invalid-input",
  message,
  nextStep,
});

/** There is no living authorisation; the way out depends on the edition. */
export function notConnected(company: Company): Refusal {
  if (company.edition === "desktop") {
    return {
      code: "not-connected",
      message: `${company.name} is not connected to a QuickBooks Desktop company file.`,
      nextStep:
        "Call connectDesktop, and open its .qwc with the Web Connector on the PC that has QuickBooks.",
    };
  }
  const again = company.state === "disconnected";
  return {
    code: "not-connected",
    message: again
      ? `${company.name} is no longer connected to QuickBooks.`
      : `${company.name} is not connected to QuickBooks.`,
    nextStep: `Call connectOnline and send an administrator of the QuickBooks company to its address${again ? "; then call this again" : ""}.`,
  };
}

/**
 * What would only fail, and hold AutoSync after a few times, until somebody connects the company again. One
 * that failures have disconnected is still authorised: whoever has mended it may try.
 */
export function ifDisconnected(company: Company): Refusal | null {
  const isAuthorised =
    company.state !== "disconnected" || company.stateReason?.kind === "failures-in-a-row";
  return isAuthorised ? null : notConnected(company);
}

/** A PC has a login, and its company file was not seen yet. */
export const notSeen = (company: Company): Refusal => ({
  code: "not-connected",
  message: `The company file of ${company.name} was not seen yet.`,
  nextStep: OPEN_QWC,
});

/** What was asked for goes on from an initial sync, and there is none that has succeeded. */
export const notSynced = ({ name }: Company): Refusal =>
  invalid(
    `The initial sync of ${name} is not done.`,
    "Call startInitialSync first, and this when it has succeeded.",
  );

/** QuickBooks or Intuit was asked and did not give what we need. */
export const unreachable = (what: string, fault: Fault): Refusal => ({
  code: "not-connected",
  message: `${what}: ${fault.message}`,
  nextStep:
    POLICY[fault.kind].whose === "system"
      ? "Nothing was changed. Call this again in a minute."
      : POLICY[fault.kind].nextStep,
});

/** Where the schema leaves no room for null or a refusal. */
export const notFoundError = (what: "company" | "batch"): GraphQLError =>
  new GraphQLError(noSuch(what).message, { extensions: { code: "NOT_FOUND" } });

/** The question itself cannot be answered as it was put. */
export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });

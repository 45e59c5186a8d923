import { POLICY, type FaultKind } from "../../core/faults.ts";
import type { LastSession } from "../../db/company-files.ts";
import type { Connector } from "../../db/connectors.ts";
import type { Overview } from "../../db/overviews.ts";
import { moment } from "./moment.ts";

/** Something in the way at a customer's PC, as far as it is known. */
export interface Trouble {
  /** The kind of the fault. */
  code: string;
  /** A part of a sentence: `QuickBooks was closed on "Front desk" at …`. */
  says: string;
  nextStep: string;
  /** When it was found. */
  at: Date | null;
}

/** How somebody begins, or begins again. */
export const OPEN_QWC =
  "On the PC with QuickBooks, open the company file as its administrator, open the .qwc with the Web Connector, type in the password, and let it update.";

const TYPE_PASSWORD =
  "Type the password into the Web Connector again, or call rotateConnectorPassword for a new one.";

/** A Web Connector that calls less often than this is worth a word. */
const SILENT_MS = 15 * 60_000;

/** What is known of a PC where something is in the way. */
interface Seen {
  /** The PC's name for people. */
  pc: string;
  /** ` at …`, or nothing. */
  at: string;
  /** Where the company file was, where it was found, and what QuickBooks or we said about it. */
  bound: string;
  found: string;
  said: string;
  /** ` since …`: the moment of the question that was not answered. */
  unanswered: string;
  /** QuickBooks gave a code for it; otherwise we conclude it from its silence. */
  isSaid: boolean;
}

type PcFault = keyof typeof SAYS;

/** What a fault at the PC looks like from here. Where nobody said so, it is `probably`. */
const SAYS = {
  "quickbooks-closed": ({ pc, at }) => `QuickBooks was closed on ${pc}${at}`,
  "quickbooks-unreachable": ({ pc, at, said }) =>
    `QuickBooks on ${pc} could not be reached${at}${said}`,
  "other-file-open": ({ pc, at, found }) => `another company file was open on ${pc}${at}${found}`,
  "single-user-mode": ({ pc, at }) => `QuickBooks on ${pc} was in single-user mode${at}`,
  "modal-open": ({ pc, at, unanswered, isSaid }) =>
    isSaid
      ? `a window was open in QuickBooks on ${pc}${at}`
      : `a window is probably open in QuickBooks on ${pc}${unanswered}`,
  "permission-missing": ({ pc, at, said }) => `QuickBooks on ${pc} did not let us in${at}${said}`,
  "file-unavailable": ({ pc, at, bound }) => `${pc} could not open the company file${bound}${at}`,
  "file-moved": ({ pc, at, bound, found }) =>
    `the company file${bound} was probably moved: ${pc} had it open${found}${at}`,
  "file-copied": ({ pc, at, bound, found }) =>
    `${pc} had a file open${found}${at} that is probably a copy of the company file${bound}`,
  "file-replaced": ({ pc, at, bound, found }) =>
    `${pc} had another file open${found}${at} in place of the company file${bound}`,
  "file-of-another-company": ({ pc, at, said }) =>
    `${pc} had the file of another company open${at}${said}`,
  "release-unsupported": ({ pc, at, said }) =>
    `QuickBooks on ${pc} is of a release that cannot be used${at}${said}`,
} satisfies Partial<Record<FaultKind, (seen: Seen) => string>>;

/** What the last contact with a company's PCs found in the way and nobody has settled since, or null. */
export function foundTrouble(overview: Overview): Trouble | null {
  const { connectors, session } = overview;
  const refused = wrongPassword(connectors);
  const reason = session?.endedBy ?? null;
  if (session === null || reason === null || !isPcFault(reason.kind)) return refused;
  const { endedAt } = session;
  if (endedAt !== null && refused?.at && refused.at > endedAt) return refused;
  if (isSettled(overview)) return null;
  return {
    code: reason.kind,
    says: SAYS[reason.kind](seenBy(ofSession(overview), session)),
    nextStep: reason.nextStep,
    at: endedAt,
  };
}

/**
 * What a batch that waits for this really waits for: where the PC was there and something else was in
 * the way, that. Null for what has nothing to do with a PC.
 */
export function troubleBehind(code: string, overview: Overview, now: Date): Trouble | null {
  if (code === "connector-away") {
    const found = foundTrouble(overview);
    return found === null ? away(overview, now) : withSilence(found, overview, now);
  }
  if (!isPcFault(code)) return null;
  const { connectors, session } = overview;
  if (session?.endedBy?.kind === code && isSettled(overview)) return away(overview, now);
  const isAbout = session !== null && (session.endedBy === null || session.endedBy.kind === code);
  const seen = isAbout ? seenBy(ofSession(overview), session) : seenBy(newestOf(connectors), null);
  return {
    code,
    says: SAYS[code](seen),
    nextStep: POLICY[code].nextStep,
    at: null,
  };
}

/** Nobody is there: who was heard of last, and when. */
export function away(overview: Overview, now: Date): Trouble {
  const { connectors, session } = overview;
  const trouble = { code: "connector-away", nextStep: POLICY["connector-away"].nextStep, at: null };
  const connector = newestOf(connectors);
  if (connector === undefined) {
    return {
      ...trouble,
      says: connectors.length === 0 ? "no PC is connected yet" : "every PC's login was revoked",
      nextStep: "Call addConnector, and open its .qwc with the Web Connector on the PC.",
    };
  }
  const { seenAt } = connector;
  if (seenAt === null) {
    return {
      ...trouble,
      says: `the Web Connector on ${nameOf(connector)} has never called`,
      nextStep: OPEN_QWC,
    };
  }
  if (isAccepted(overview)) {
    return {
      ...trouble,
      says: `the company file is accepted${pathOf(session?.file)}, and we go on when ${nameOf(connector)} calls next`,
    };
  }
  const probably = isSilent(seenAt, now)
    ? "; the PC is probably off, asleep or logged off, or its Web Connector closed"
    : "";
  return {
    ...trouble,
    says: `the Web Connector on ${nameOf(connector)} was last heard of at ${moment(seenAt)}${probably}`,
  };
}

function withSilence(found: Trouble, { connectors }: Overview, now: Date): Trouble {
  const seenAt = newestOf(connectors)?.seenAt ?? null;
  if (seenAt === null || !isSilent(seenAt, now)) return found;
  return { ...found, says: `${found.says}, and nothing was heard since ${moment(seenAt)}` };
}

/** A login that failed after everything that went well on that PC. */
function wrongPassword(connectors: readonly Connector[]): Trouble | null {
  const refused = living(connectors)
    .filter(({ refusedAt, seenAt }) => refusedAt !== null && (seenAt ?? refusedAt) <= refusedAt)
    .sort((a, b) => timeOf(b.refusedAt) - timeOf(a.refusedAt))[0];
  if (refused === undefined || refused.refusedAt === null) return null;
  const from = refused.refusedFrom === null ? "" : ` from ${refused.refusedFrom}`;
  return {
    code: "connector-away",
    says: `somebody tried a wrong password for ${nameOf(refused)} at ${moment(refused.refusedAt)}${from}`,
    nextStep: TYPE_PASSWORD,
    at: refused.refusedAt,
  };
}

function seenBy(connector: Connector | undefined, session: LastSession | null): Seen {
  const at = session?.endedAt ?? null;
  const unanswered = session?.unansweredSince ?? null;
  const reason = session?.endedBy ?? null;
  return {
    pc: connector === undefined ? "the PC" : nameOf(connector),
    at: at === null ? "" : ` at ${moment(at)}`,
    bound: pathOf(connector?.file),
    found: pathOf(session?.file),
    said: reason === null ? "" : `: ${reason.message.replace(/\.$/, "")}`,
    unanswered: unanswered === null ? "" : ` since ${moment(unanswered)}`,
    isSaid: (reason?.rawCode ?? null) !== null,
  };
}

const pathOf = (file: string | null | undefined): string => (file ? ` (${file})` : "");

const ofSession = ({ connectors, session }: Overview): Connector | undefined =>
  connectors.find(({ id }) => id === session?.connectorId);

/** A person has said that the file is right where it was found. */
function isAccepted(overview: Overview): boolean {
  const { session } = overview;
  const kind = session?.endedBy?.kind;
  if (kind !== "file-moved" && kind !== "file-copied") return false;
  return session?.file != null && ofSession(overview)?.file === session.file;
}

/** What the last contact found is decided: the file was accepted, or another one begun. */
function isSettled(overview: Overview): boolean {
  const fileSince = overview.connection?.fileSince ?? null;
  const endedAt = overview.session?.endedAt ?? null;
  return isAccepted(overview) || (fileSince !== null && endedAt !== null && fileSince > endedAt);
}

const nameOf = ({ name, host }: Connector): string =>
  host === null ? `"${name}"` : `"${name}" (${host})`;

const living = (connectors: readonly Connector[]): Connector[] =>
  connectors.filter(({ revokedAt }) => revokedAt === null);

/** The PC that called last; one that never called where none has. */
const newestOf = (connectors: readonly Connector[]): Connector | undefined =>
  living(connectors).sort((a, b) => timeOf(b.seenAt) - timeOf(a.seenAt))[0];

const timeOf = (at: Date | null): number => at?.getTime() ?? 0;

const isSilent = (seenAt: Date, now: Date): boolean => now.getTime() - seenAt.getTime() > SILENT_MS;

const isPcFault = (kind: string): kind is PcFault => Object.hasOwn(SAYS, kind);

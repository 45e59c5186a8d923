import { FaultError, type Fault, type FaultKind } from "../../core/faults.ts";

interface Meaning {
  kind: FaultKind;
  message: string;
}

const closed = (message: string): Meaning => ({ kind: "quickbooks-closed", message });
const unreachable = (message: string): Meaning => ({ kind: "quickbooks-unreachable", message });
const forbidden = (message: string): Meaning => ({ kind: "permission-missing", message });
const file = (message: string): Meaning => ({ kind: "file-unavailable", message });

/**
 * What QuickBooks' request processor says instead of an answer (connectionError, or an empty answer),
 * by HRESULT in capitals. Source: the fact sheet's section 4.2; the message beside it is the authority.
 */
const HRESULTS: Record<string, Meaning> = {
  "80040154": unreachable("QuickBooks' request processor is not registered on the PC."),
  "80040308": unreachable("QuickBooks' request processor on the PC is too old."),
  "80010105": unreachable("QuickBooks hangs on the PC; end its process, or restart the PC."),
  "80040400": { kind: "request-refused", message: "QuickBooks could not parse a request of ours." },
  "80040401": unreachable("The Web Connector could not reach QuickBooks."),
  "80040402": unreachable("QuickBooks broke off with an unexpected error."),
  "80040403": file("QuickBooks could not open the company file."),
  "80040406": file("The company file was not found at its path."),
  "80040408": unreachable("QuickBooks could not be started on the PC."),
  "80040409": {
    kind: "release-unsupported",
    message: "The company file needs another version of QuickBooks.",
  },
  "8004040A": { kind: "other-file-open", message: "Another company file is open in QuickBooks." },
  "8004040D": unreachable("The session with QuickBooks was dropped."),
  "80040410": {
    kind: "single-user-mode",
    message: "The company file is open in the other mode, single-user by somebody else probably.",
  },
  "80040414": {
    kind: "modal-open",
    message: "A window is open in QuickBooks that must be closed.",
  },
  "80040416": closed("QuickBooks is not running, and no company file was named."),
  "80040417": closed("QuickBooks runs, but no company file is open."),
  "80040418": forbidden("Our access was never authorised for this company file."),
  "8004041A": forbidden("Our access to this company file was taken away."),
  "8004041B": { kind: "record-locked", message: "Data that we need is locked in QuickBooks." },
  "8004041C": unreachable("QuickBooks broke off with an internal error."),
  "8004041D": closed("QuickBooks is closed, and logging in by itself is not allowed."),
  "8004041E": forbidden("The certificate of our access has expired."),
  "8004041F": {
    kind: "release-unsupported",
    message: "This edition of QuickBooks cannot be synced.",
  },
  "80040420": forbidden("Somebody denied our access in QuickBooks."),
  "80040422": {
    kind: "single-user-mode",
    message: "Another application shares the company file, which would have to be ours alone.",
  },
  "80040423": {
    kind: "release-unsupported",
    message: "This QuickBooks does not know the version of qbXML that we speak.",
  },
  "80040424": unreachable("QuickBooks is still starting."),
  "80040427": unreachable("QuickBooks is not registered on the PC."),
  "8004042A": forbidden("QuickBooks does not allow access from another machine."),
  "8004042C": forbidden("The certificate of our access was revoked."),
};

/** What an HRESULT means; its own text is kept. One that is not known is shown as it came. */
export function faultOfHresult(hresult: string, message: string): Fault {
  const code = hresult.trim().replace(/^0x/i, "").toUpperCase().padStart(8, "0");
  const meaning = HRESULTS[code] ?? unreachable(`QuickBooks answered ${hresult}.`);
  return { ...meaning, rawCode: `0x${code}`, ...rawText(message) };
}

const notOffered: FaultKind = "kind-not-available";

/** Status codes that mean something of their own, by code. Source: section 4.1. */
const STATUSES: Record<number, FaultKind> = {
  1000: "quickbooks-unreachable",
  1010: "quickbooks-unreachable",
  1030: notOffered,
  3175: "record-locked",
  3176: "record-locked",
  3220: "permission-missing",
  3231: "quickbooks-unreachable",
  3250: notOffered,
  3260: notOffered,
  3261: notOffered,
  3262: notOffered,
  3264: notOffered,
};

/** These say by their text alone whether the record is locked or something is wrong. */
const BY_TEXT = new Set([3170, 3180]);
const LOCKED = /modified by another user|could not be locked|failed to acquire|in use/i;

/** The status with which QuickBooks says that an iterator is unknown to it. */
export const ITERATOR_LOST = 3391;
/** Below this a status is information, or a warning that some of what was asked for is not there. */
const ERROR_FROM = 1000;

/** The fault in a status; null where it is none. `fallback` is what an unknown one means here. */
export function faultOfStatus(
  { statusCode, statusMessage }: { statusCode: number; statusMessage: string },
  fallback: FaultKind,
): Fault | null {
  if (statusCode < ERROR_FROM) return null;
  const locked = BY_TEXT.has(statusCode) && LOCKED.test(statusMessage);
  const kind = locked ? "record-locked" : (STATUSES[statusCode] ?? fallback);
  return {
    kind,
    message: `QuickBooks answered with status ${statusCode}: ${statusMessage}`.slice(0, TEXT_MAX),
    rawCode: String(statusCode),
    ...rawText(statusMessage),
  };
}

const TEXT_MAX = 500;

const rawText = (text: string): { rawMessage?: string } =>
  text === "" ? {} : { rawMessage: text.slice(0, TEXT_MAX) };

/** An answer that is no qbXML, or not the one we asked for. */
export const unreadable = (message: string, cause?: unknown): FaultError =>
  new FaultError(
    { kind: "unreadable-answer", message: `QuickBooks' answer cannot be read: ${message}` },
    { cause },
  );

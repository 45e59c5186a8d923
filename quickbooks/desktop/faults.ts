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

/**
 * What an HRESULT means; its own text is kept. One of which nobody knows a meaning is shown with its
 * own text, and the Web Connector comes again. It may be written in small letters, with zeros or without.
 */
export function faultOfHresult(hresult: string, message: string): Fault {
  const digits = hresult.trim().replace(/^0x/i, "").replace(/^0+/, "").toUpperCase();
  const code = digits.padStart(CODE_DIGITS, "0").slice(0, RAW_CODE_MAX);
  const meaning =
    HRESULTS[code] ??
    unreachable(message === "" ? `QuickBooks could not be reached (0x${code}).` : message);
  return {
    kind: meaning.kind,
    message: meaning.message.slice(0, TEXT_MAX),
    rawCode: `0x${code}`,
    ...rawText(message),
  };
}

const refused = (message: string): Meaning => ({ kind: "request-refused", message });
const notOffered = (message: string): Meaning => ({ kind: "kind-not-available", message });
const locked = (message: string): Meaning => ({ kind: "record-locked", message });
const unknown = (message: string): Meaning => ({ kind: "unknown-fault", message });

/**
 * What a status code of an answer means, by code. Source: section 4.1; the code's own text is kept
 * beside it. Codes from 500 to 999 are warnings: what was asked for is there in part.
 */
const STATUSES: Record<number, Meaning> = {
  500: { kind: "not-found", message: "QuickBooks did not find some of what we asked for." },
  501: refused("QuickBooks cannot say some of a record in the version we speak."),
  510: refused("QuickBooks cannot say some of a record in the version we speak."),
  530: refused("QuickBooks does not support a field of ours."),
  531: refused("QuickBooks does not support a field of ours."),
  550: refused("QuickBooks saved a record without its notes."),
  560: refused("QuickBooks does not use a field of ours any more."),
  570: refused("QuickBooks could not link to a closed transaction."),
  600: { kind: "not-found", message: "QuickBooks remembers nothing of this message set." },
  1000: { kind: "page-refused", message: "QuickBooks broke off with an internal error." },
  1010: { kind: "unavailable", message: "QuickBooks is not available at the moment." },
  1030: refused("QuickBooks does not support a request of ours."),
  1060: refused("The number of a request of ours is too long."),
  3000: refused("QuickBooks takes an id of ours for malformed."),
  3010: refused("QuickBooks cannot read a yes or no of ours."),
  3020: refused("QuickBooks cannot read a date of ours."),
  3030: refused("A range of dates of ours ends before it begins."),
  3031: refused("A range of names of ours ends before it begins."),
  3035: refused("QuickBooks cannot read a span of time of ours."),
  3040: refused("QuickBooks cannot read an amount of ours."),
  3045: refused("QuickBooks cannot read a price of ours."),
  3070: refused("A text is too long for QuickBooks."),
  3090: refused("QuickBooks cannot store a value of ours."),
  3100: refused("QuickBooks has this name already."),
  3110: refused("QuickBooks does not know one of our words."),
  3120: { kind: "not-found", message: "QuickBooks does not find the record." },
  3130: refused("QuickBooks does not find the parent of a record."),
  3140: refused("QuickBooks does not find a record that another one refers to."),
  3150: refused("A request of ours lacks what QuickBooks needs."),
  3160: refused("QuickBooks does not delete what is in use."),
  3161: refused("QuickBooks does not delete what was before the closing date."),
  3162: unknown("QuickBooks refused a request."),
  3170: refused("QuickBooks does not change this record."),
  3171: refused("QuickBooks does not change what was before the closing date."),
  3173: unknown("QuickBooks refused a request."),
  3175: locked("Somebody has a record open in QuickBooks."),
  3176: locked("A record is in use in QuickBooks."),
  3177: unknown("QuickBooks refused a request."),
  3180: refused("QuickBooks could not save a record."),
  3185: unknown("QuickBooks refused a request."),
  3190: refused("QuickBooks does not let a field be empty."),
  3200: refused("Somebody changed the record in QuickBooks meanwhile."),
  3205: unknown("QuickBooks refused a request."),
  3210: refused("QuickBooks does not take a value of ours."),
  3220: forbidden("The QuickBooks user of our access may not do this."),
  3230: unknown("QuickBooks refused a request."),
  3231: { kind: "unavailable", message: "QuickBooks left a request out after another one failed." },
  3240: unknown("QuickBooks refused a request."),
  3250: notOffered("This QuickBooks does not have this feature, or it is switched off."),
  3260: notOffered("The QuickBooks user of our access may not see this."),
  3261: notOffered("Our access does not include personal data."),
  3262: notOffered("This needs a payroll subscription of QuickBooks."),
  3263: forbidden("Our access may only read."),
  3264: notOffered("This needs a payment service of QuickBooks."),
  3270: refused("QuickBooks does not find the account to post to."),
  3280: unknown("QuickBooks refused a request."),
  3290: refused("Lines of ours stand in the wrong order."),
  3300: unknown("QuickBooks refused a request."),
  3390: { kind: "unavailable", message: "QuickBooks has no room for another page." },
  3391: { kind: "unavailable", message: "QuickBooks has forgotten where a page begins." },
  3500: unknown("QuickBooks refused a request."),
  9001: refused("A message set of this name was another one."),
  9002: refused("QuickBooks did not keep the answer to a message set."),
  9003: refused("QuickBooks does not know a message set of this name."),
  9004: refused("The name of a message set is too long."),
  9005: refused("QuickBooks could not keep the answer to a message set."),
};

/** These say by their text alone whether the record is locked or something is wrong. */
const BY_TEXT = new Set([3170, 3180]);
const SAYS_LOCKED = /modified by another user|could not be locked|failed to acquire|in use/i;

/** The status with which QuickBooks says that it does not know an iterator. */
export const ITERATOR_LOST = 3391;
/** Below this a status is information, or a warning that some of what was asked for is not there. */
const ERROR_FROM = 1000;
/** 2000 to 2999 are QuickBooks Online's, of a time when it spoke qbXML. */
const isOfOnline = (code: number): boolean => code >= 2000 && code <= 2999;

/** What a status means. One that is not known is shown as it came. */
export function faultOfStatus({ statusCode, statusMessage }: Status): Fault {
  const meaning =
    BY_TEXT.has(statusCode) && SAYS_LOCKED.test(statusMessage)
      ? locked("Somebody works on the same list in QuickBooks.")
      : (STATUSES[statusCode] ??
        (isOfOnline(statusCode)
          ? refused("QuickBooks does not know this in its Desktop edition.")
          : unknown("QuickBooks refused a request.")));
  const message = `${meaning.message} It says: "${statusMessage}" (${statusCode}).`;
  return {
    kind: meaning.kind,
    message: message.slice(0, TEXT_MAX),
    rawCode: String(statusCode),
    ...rawText(statusMessage),
  };
}

export interface Status {
  statusCode: number;
  statusMessage: string;
}

/** The fault in an answer's status; null where it brings what was asked for, in part at least. */
export const faultIn = (status: Status): Fault | null =>
  status.statusCode < ERROR_FROM ? null : faultOfStatus(status);

const TEXT_MAX = 500;
const RAW_CODE_MAX = 20;
const CODE_DIGITS = 8;

const rawText = (text: string): { rawMessage?: string } =>
  text === "" ? {} : { rawMessage: text.slice(0, TEXT_MAX) };

/** An answer that ends before it is complete. */
export const truncated = (): FaultError =>
  new FaultError({
    kind: "truncated-answer",
    message: "QuickBooks' answer broke off on its way.",
  });

/** An answer that is no qbXML, or not the one we asked for. */
export const unreadable = (message: string, cause?: unknown): FaultError =>
  new FaultError(
    { kind: "unreadable-answer", message: `QuickBooks' answer cannot be read: ${message}` },
    { cause },
  );

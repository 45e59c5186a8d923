/**
 * Everything that can be in the way, as data. A fault's kind decides what we do (POLICY);
 * its raw code and text are QuickBooks' own and are kept for people and for Intuit's support.
 */
export const FAULT_KINDS = [
  "throttled",
  "monthly-quota",
  "unavailable",
  "maintenance",
  "truncated-answer",
  "authorization-ended",
  "access-denied",
  "subscription-ended",
  "kind-not-available",
  "query-refused",
  "page-refused",
  "company-reset",
  "not-found",
  "unreadable-answer",
  "unknown-fault",
  "connector-away",
  "quickbooks-closed",
  "quickbooks-unreachable",
  "record-locked",
  "other-file-open",
  "single-user-mode",
  "modal-open",
  "permission-missing",
  "file-unavailable",
  "file-moved",
  "file-copied",
  "file-replaced",
  "file-of-another-company",
  "release-unsupported",
  "mass-change",
  "request-refused",
  "lease-lost",
  "not-connected",
  "stopped",
  "internal",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** One sentence for a person: what happened, to what. */
  message: string;
  /** QuickBooks' own code, as it came. */
  rawCode?: string;
  /** QuickBooks' own text, as it came, cut to a sane length. */
  rawMessage?: string;
  httpStatus?: number;
  /** Intuit's trace id (`intuit_tid`), which their support asks for. */
  traceId?: string;
  /** How long QuickBooks wants us to stay away. */
  retryAfterMs?: number;
}

interface FaultPolicy {
  /**
   * `after`: wait `retryAfterMs`, then again. `backoff`: again, ever slower. `contact`: again when the
   * PC with the Web Connector comes next. `word`: again when a person has said so. `never`: the batch
   * fails.
   */
  retry: "after" | "backoff" | "contact" | "word" | "never";
  /** Who acts next. */
  whose: "system" | "customer" | "operator" | "developer";
  /** The company is no longer connected: somebody must authorise us again. */
  disconnects: boolean;
  /** What to do, said to the one who acts next. */
  nextStep: string;
}

/** The one place that says what a fault means for us. A new kind does not compile without its row. */
export const POLICY: Record<FaultKind, FaultPolicy> = {
  throttled: {
    retry: "after",
    whose: "system",
    disconnects: false,
    nextStep: "Nothing to do: QuickBooks asked us to slow down, and we go on by ourselves.",
  },
  "monthly-quota": {
    retry: "after",
    whose: "operator",
    disconnects: false,
    nextStep:
      "The Intuit app has used its metered calls of this month. Raise its tier in Intuit's developer portal, or wait for the next month; the sync goes on by itself.",
  },
  unavailable: {
    retry: "backoff",
    whose: "system",
    disconnects: false,
    nextStep: "Nothing to do: we try again until QuickBooks answers.",
  },
  maintenance: {
    retry: "backoff",
    whose: "system",
    disconnects: false,
    nextStep: "Nothing to do: Intuit is at work on this company, and we go on when it is done.",
  },
  "truncated-answer": {
    retry: "backoff",
    whose: "system",
    disconnects: false,
    nextStep: "Nothing to do: the answer broke off on its way and is asked for again.",
  },
  "authorization-ended": {
    retry: "never",
    whose: "customer",
    disconnects: true,
    nextStep:
      "Reconnect: call connectOnline and send an administrator of this QuickBooks company to its address, then retryBatch.",
  },
  "access-denied": {
    retry: "never",
    whose: "customer",
    disconnects: true,
    nextStep:
      "The QuickBooks user who connected lost access. Reconnect with connectOnline as an administrator of the company, then retryBatch.",
  },
  "subscription-ended": {
    retry: "never",
    whose: "customer",
    disconnects: false,
    nextStep: "Renew the QuickBooks subscription of this company, then retryBatch.",
  },
  "kind-not-available": {
    retry: "never",
    whose: "customer",
    disconnects: false,
    nextStep: "This kind of record needs another QuickBooks plan; everything else is synced.",
  },
  "query-refused": {
    retry: "never",
    whose: "developer",
    disconnects: false,
    nextStep: "Report this with the trace id: QuickBooks refused one of our questions.",
  },
  "page-refused": {
    retry: "never",
    whose: "developer",
    disconnects: false,
    nextStep: "Report this with the trace id: QuickBooks refuses page after page of this kind.",
  },
  "company-reset": {
    retry: "never",
    whose: "operator",
    disconnects: false,
    nextStep:
      "The company was reset in QuickBooks and its ids changed: create a new company here and start its initial sync.",
  },
  "not-found": {
    retry: "never",
    whose: "operator",
    disconnects: false,
    nextStep: "Check that the company still exists in QuickBooks.",
  },
  "unreadable-answer": {
    retry: "backoff",
    whose: "developer",
    disconnects: false,
    nextStep: "We ask again; if it stays so, report it with the trace id.",
  },
  "unknown-fault": {
    retry: "never",
    whose: "developer",
    disconnects: false,
    nextStep: "Report the code and text with the trace id; then retryBatch.",
  },
  "connector-away": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "Somebody at the customer's PC logs in to Windows and starts the Web Connector; we go on by ourselves.",
  },
  "quickbooks-closed": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "Open QuickBooks and the company file on the PC, or let the Web Connector log in by itself (QuickBooks: Edit, Preferences, Integrated Applications).",
  },
  "quickbooks-unreachable": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "We try again at the Web Connector's next call. If it stays so, restart QuickBooks on the PC, and look at QWCLog.txt.",
  },
  "record-locked": {
    retry: "backoff",
    whose: "system",
    disconnects: false,
    nextStep:
      "Nothing to do: somebody has it open in QuickBooks, and we ask again. If it stays so, close its window.",
  },
  "other-file-open": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep: "Close the company file that is open on the PC, or open the right one.",
  },
  "single-user-mode": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "Switch QuickBooks back to multi-user mode (File, Switch to Multi-user Mode); we go on by ourselves.",
  },
  "modal-open": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "Look at the PC: answer or close the window that QuickBooks shows (an update, a backup, a password, a message).",
  },
  "permission-missing": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "The QuickBooks administrator opens the file and allows our access (Edit, Preferences, Integrated Applications, Company Preferences).",
  },
  "file-unavailable": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "See that the PC reaches the company file at its path. If it was moved or renamed, open it in QuickBooks: then we see where it is.",
  },
  "file-moved": {
    retry: "contact",
    whose: "operator",
    disconnects: false,
    nextStep:
      "If it was moved on purpose, call acceptMovedFile; otherwise open the file at its old path.",
  },
  "file-copied": {
    retry: "contact",
    whose: "operator",
    disconnects: false,
    nextStep:
      "If this PC shall serve with this file from now on, call acceptMovedFile; otherwise open the original.",
  },
  "file-replaced": {
    retry: "contact",
    whose: "operator",
    disconnects: false,
    nextStep:
      "If the books go on in the new file, call startNewFile: it begins anew and keeps what was synced. Otherwise open the old file.",
  },
  "file-of-another-company": {
    retry: "contact",
    whose: "operator",
    disconnects: false,
    nextStep: "Open this company's own file, or use the other company's connector for that file.",
  },
  "release-unsupported": {
    retry: "contact",
    whose: "customer",
    disconnects: false,
    nextStep:
      "Update QuickBooks on the PC (Help, Update QuickBooks Desktop); we go on by ourselves.",
  },
  "mass-change": {
    retry: "word",
    whose: "operator",
    disconnects: false,
    nextStep:
      "Ask whoever works in the file. If it was rebuilt, condensed or imported into, call acceptMassChange: then all of it is read. Otherwise call cancelBatch and find out what changed it.",
  },
  "request-refused": {
    retry: "never",
    whose: "developer",
    disconnects: false,
    nextStep: "Report the code and text: QuickBooks refused one of our requests.",
  },
  "lease-lost": {
    retry: "never",
    whose: "system",
    disconnects: false,
    nextStep: "Nothing to do: another run of this batch is at work.",
  },
  "not-connected": {
    retry: "never",
    whose: "operator",
    disconnects: false,
    nextStep: "Connect the company with connectOnline or connectDesktop, then retryBatch.",
  },
  stopped: {
    retry: "never",
    whose: "operator",
    disconnects: false,
    nextStep: "Someone stopped the workflow in Temporal. Call retryBatch to go on where it stood.",
  },
  internal: {
    retry: "backoff",
    whose: "developer",
    disconnects: false,
    nextStep:
      "Look at the worker's log for this batch, then retryBatch: it goes on where it stood.",
  },
};

/** The one error that `quickbooks/` and `db/` throw on purpose. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly fault: Fault;

  constructor(fault: Fault, options?: { cause?: unknown }) {
    super(fault.message, options);
    this.fault = fault;
  }
}

/** The fault in an error, if it carries one. */
export const faultIn = (error: unknown): Fault | null =>
  error instanceof FaultError ? error.fault : null;

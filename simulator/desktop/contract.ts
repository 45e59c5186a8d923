import type { CompanyFile } from "./file/company-file.ts";

/** With which QuickBooks does not do what was asked. */
export interface Refused {
  hresult: string;
  message: string;
}

/** BeginSession has succeeded; until `close` one qbXML document after the other may be processed. */
export interface QuickBooksSession {
  /** The path that is open. */
  readonly file: string;
  /** As the Web Connector hands them on in sendRequestXML. */
  readonly country: string;
  readonly qbxmlVersion: { major: number; minor: number };
  /** Writes FileID under an OwnerID into the file. Throws StampRefused when another one is there. */
  stamp(ownerId: string, fileId: string): void;
  /** Writes AppLock as the Web Connector does when its work begins. */
  lock(ownerId: string): void;
  unlock(ownerId: string): void;
  /**
   * ProcessRequest: one qbXML document in, one out; or an HRESULT (0x80040400 when it does not
   * validate). Takes as long as the settings of QuickBooks say.
   */
  process(request: string): Promise<{ response: string } | Refused>;
  close(): void;
}

/** One PC with QuickBooks on it; several PCs may open the same company file. */
export interface QuickBooks {
  readonly host: string;
  /** The files that this PC can reach; each is found under its own path. */
  readonly disk: Set<CompanyFile>;
  /** What happens on this PC; `change` alters it. */
  readonly settings: Readonly<PcSettings>;
  /** The requests processed on this PC, oldest first. */
  readonly log: readonly LogEntry[];
  /** The file that is open in QuickBooks; null when QuickBooks runs without one, or not at all. */
  readonly file: CompanyFile | null;
  /** BeginSession. Answers a session, or the HRESULT with which QuickBooks refuses. `asked` is '' for the file that is open. */
  open(asked: string): Promise<QuickBooksSession | Refused>;
  change(patch: Partial<PcSettings>): void;
  /** A person opens a file (QuickBooks starts if it must), or closes the one that is open. */
  show(file: CompanyFile | null): void;
}

/** What happens on a PC. Numbers called `next…` count down with every request. */
export interface PcSettings {
  /** QuickBooks runs. Setting it to false closes the file and ends all sessions. */
  isRunning: boolean;
  /** An application may open QuickBooks while nobody works in it. */
  isAutomaticLoginAllowed: boolean;
  isPersonalDataAllowed: boolean;
  /** What the admin said to the application's certificate for this file. */
  access: "granted" | "never-asked" | "revoked";
  /** Somebody else has the file in single-user mode. */
  isSingleUserElsewhere: boolean;
  fileMode: "SingleUser" | "MultiUser";
  /** Before BeginSession it is refused; during a request nothing is answered until it is closed. */
  isModalOpen: boolean;
  /** A modal window opens once, right after an iterator has answered its first page and holds more. */
  isModalMidIterator: boolean;
  /** The process dies in the request after this many more; null for never. */
  crashAfter: number | null;
  /** With which HRESULT a crash shows. */
  crashHresult: "0x80040402" | "0x8004040D";
  /** So many queries are answered with this status: the record is being edited by somebody. */
  nextInUse: number;
  inUseStatus: "3175" | "3176";
  /** So many requests are refused with this HRESULT. */
  nextRefused: number;
  refusedHresult: string;
  /** So many answers are cut off in the middle. */
  nextCut: number;
  latency: Latency;
}

/** Milliseconds. */
export interface Latency {
  /** BeginSession with QuickBooks running. */
  openMs: number;
  /** On top, when QuickBooks has to be started. */
  startMs: number;
  requestMs: number;
  recordMs: number;
  lineMs: number;
}

/** One request of a message set, as it was processed. */
export interface LogEntry {
  /** InvoiceQuery */
  query: string;
  /** The request as it came. */
  asked: string;
  statusCode: number;
  records: number;
  /** Start, Continue or Stop; null without an iterator. */
  iterator: string | null;
  /** The ids of the records that were answered, in order. */
  ids: string[];
}

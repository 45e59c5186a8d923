import type { Fault } from "../../core/faults.ts";
import type { RecordKind } from "../../core/record-kinds.ts";

/**
 * The way to a PC's QuickBooks: a request is put down, the Web Connector fetches it from our SOAP
 * door and brings the answer. Nothing here waits for a PC that is away: that is the fault
 * `connector-away`, and whoever asked comes back when the PC does.
 */
export interface Exchanges {
  /** The session in which QuickBooks is open right now. Throws the fault `connector-away` without one. */
  session(): Promise<DesktopSession>;
  /**
   * Passes one qbXML document through a session and answers what QuickBooks said. Throws a fault:
   * `connector-away` when the session has ended, `modal-open` when the answer is long overdue (asking
   * the same again later finds it, if it came), or what the HRESULT means that came instead.
   */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** What this company's file looked like when it was last judged; null before it was confirmed. */
  bound(): Promise<BoundFile>;
  /** Of these kinds the record that was touched last of those we hold, and the one that was deleted last. */
  touchedLast(kinds: readonly RecordKind[]): Promise<HeldRecord[]>;
  /** The file of this session is the right one: from here on its answers are stored. */
  accept(sessionId: string, seen: SeenFile): Promise<void>;
  /** It is not: the session ends, and the person at the PC reads why. */
  refuse(sessionId: string, fault: Fault): Promise<void>;
}

/** One login of a Web Connector for one company, once QuickBooks is open. */
export interface DesktopSession {
  id: string;
  connectorId: string;
  /** The path of the company file, as the Web Connector said it. */
  file: string;
  country: string;
  /** The newest qbXML version that the Web Connector named: 13 and 0. */
  majorVersion: number;
  minorVersion: number;
  /** HostQueryRs, CompanyQueryRs and PreferencesQueryRs in one qbXML document; null where it sent none. */
  hostAnswer: string | null;
  /** The file was judged and is the right one. */
  isJudged: boolean;
  /** QuickBooks refused the path that is bound to this connector (its HRESULT), and this is the file that was open instead. */
  refusedPath: string | null;
}

export interface Question {
  sessionId: string;
  /** A whole qbXML document, pure ASCII. */
  request: string;
}

export interface Answer {
  /** A whole qbXML document. */
  response: string;
  /** How long QuickBooks worked on it, as seen from our door, in milliseconds. */
  insideMs: number;
}

/** What tells one company file from another. */
export interface Fingerprint {
  /** The FileID under our OwnerID, as the Web Connector stamped it; null where there is none. */
  fileId: string | null;
  companyName: string;
  ein: string | null;
  /** As QuickBooks wrote it; null when the file was never restored. */
  lastRestoreTime: string | null;
  /** A few records that the file must still know, as new as they were. */
  sentinels: Sentinel[];
}

export interface Sentinel {
  kind: string;
  quickbooksId: string;
  /** When it was last modified, as QuickBooks wrote it; absent where that cannot be relied on. */
  modifiedAt?: string | undefined;
}

/** A record as we hold it. */
export interface HeldRecord {
  kind: RecordKind;
  quickbooksId: string;
  modifiedAt: Date;
  isDeleted: boolean;
}

/** A file as one session showed it. */
export interface SeenFile {
  fingerprint: Fingerprint;
  file: string;
  /** The PC's name, from AppLock; null where it is not to be had. */
  host: string | null;
  /** The program that opened it, "QuickBooks Premier 2024 (34.0)"; null where it did not say. */
  edition: string | null;
  /** Since the last session the file was restored from a backup: everything is to be verified again. */
  wasRestored: boolean;
  /** What we hold is newer than what it shows: so it is until all is verified. */
  isOlder: boolean;
}

export interface BoundFile {
  companyName: string;
  isConfirmed: boolean;
  /** The FileID of our .qwc. */
  fileId: string;
  fingerprint: Fingerprint | null;
  /** The path that was accepted for the session's connector; null before its first session. */
  file: string | null;
  /** Which other company of ours is bound to a file with this FileID, or with this path and name. */
  otherCompanyOf(seen: SeenFile): Promise<string | null>;
}

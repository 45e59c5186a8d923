/** What a company file is made from; the same options make the same books. */
export interface FileOptions {
  path: string;
  companyName: string;
  ein: string;
  /** How many records in all, lists and transactions together. */
  records: number;
  seed: number;
  /** "QuickBooks Premier 2024"; a Pro has no sales orders. */
  product?: string;
  /** The year of the product less 1990. */
  majorVersion?: number;
  minorVersion?: number;
  /** How far the wall clock of the PC is ahead of true time. */
  clockSkewMs?: number;
  /** The PC's standard time, without daylight saving. */
  utcOffsetMinutes?: number;
}

/** With which QuickBooks does not do what was asked. */
export interface Refused {
  hresult: string;
  message: string;
}

/** A FileID that cannot be put into this file; the Web Connector shows the code. */
export class StampRefused extends Error {
  override readonly name = "StampRefused";
  readonly code = "QBWC1039";
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
  /** BeginSession. Answers a session, or the HRESULT with which QuickBooks refuses. `asked` is '' for the file that is open. */
  open(asked: string): Promise<QuickBooksSession | Refused>;
}

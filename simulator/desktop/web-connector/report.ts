import type { Method } from "./envelope.ts";

/** How a run ended. */
export type How =
  /** receiveResponseXML said 100. */
  | "finished"
  /** authenticate said none, busy or nvu, or postponed the run. */
  | "no-work"
  | "busy"
  | "invalid-password"
  | "postponed"
  /** clientVersion said E: or W:. */
  | "version-refused"
  /** QuickBooks could not be opened. */
  | "quickbooks-refused"
  /** The server told an error through getLastError. */
  | "server-error"
  /** A call failed: `code` says which. */
  | "failed"
  /** The Web Connector was killed. */
  | "died";

/** One call of a run. */
export interface Call {
  method: Method;
  /** Milliseconds since the run began. */
  at: number;
  ms: number;
  /** What the server said, shortened; what went wrong where `isFailed`. */
  result: string;
  isFailed: boolean;
  /** The trouble of the line that befell it. */
  trouble?: string;
}

/** What one update run did. */
export interface RunReport {
  application: string;
  hostName: string;
  isAutoRun: boolean;
  startedAt: string;
  ms: number;
  how: How;
  /** The Web Connector's own code, such as QBWC1012; null when it ended as it should. */
  code: string | null;
  /** What the log says at the end. */
  text: string;
  /** What the status column shows. */
  status: string;
  ticket: string | null;
  /** The path of the company file that was open. */
  file: string | null;
  /** Requests that QuickBooks was asked, the Web Connector's own left out. */
  exchanges: number;
  /** Milliseconds inside QuickBooks for these requests. */
  quickBooksMs: number;
  /** The last percentage that receiveResponseXML said. */
  percent: number;
  /** What authenticate asked of the schedule; null where it asked nothing, or outside Auto-Run. */
  postponeSeconds: number | null;
  everySecondsMin: number | null;
  calls: Call[];
}

/** How a run ended, before anything is known about its length. */
export type Ending = Pick<RunReport, "how" | "code" | "text" | "status">;

export const ending = (how: How, code: string | null, text: string, status = text): Ending => ({
  how,
  code,
  text,
  status,
});

/** The code of a call that failed (facts 4.4); serverVersion has none, for it may fail. */
const FAILURE_CODES: { readonly [M in Exclude<Method, "serverVersion">]: string } = {
  clientVersion: "QBWC1036",
  authenticate: "QBWC1012",
  sendRequestXML: "QBWC1041",
  receiveResponseXML: "QBWC1042",
  getLastError: "QBWC1043",
  closeConnection: "QBWC1044",
  connectionError: "QBWC1045",
};

const FAILURE_TEXTS: { readonly [M in Exclude<Method, "serverVersion">]: string } = {
  clientVersion: "Error countered during version check",
  authenticate: "Authentication failed due to error message",
  sendRequestXML: "SendRequestXML failed due to error message",
  receiveResponseXML: "ReceiveResponseXML failed due to error message",
  getLastError: "getLastError failed due to error message",
  closeConnection: "CloseConnection failed due to error message",
  connectionError: "ConnectionError failed due to error message",
};

/** The end of a run whose call failed. */
export function failure(method: Exclude<Method, "serverVersion">, why: string): Ending {
  const text = `${FAILURE_TEXTS[method]}: ${why}`;
  return ending("failed", FAILURE_CODES[method], text, `${FAILURE_CODES[method]}: ${text}`);
}

import { setTimeout as sleep } from "node:timers/promises";
import {
  StampRefused,
  type QuickBooks,
  type QuickBooksSession,
  type Refused,
} from "../quickbooks.ts";
import { QwcRefused, type Qwc } from "./qwc.ts";
import type { Settings } from "./settings.ts";

/** A company file that is open for an update run. */
export interface OpenFile {
  path: string;
  country: string;
  majorVersion: number;
  minorVersion: number;
  /** Host, company and preferences, for the first sendRequestXML. */
  hostAnswer: string;
  /** The parameters of receiveResponseXML. */
  process: (request: string) => Promise<{ response: string; hresult: string; message: string }>;
  /** Frees AppLock and ends the session. */
  close: () => void;
  /** Ends the session as QuickBooks does when its client is gone: AppLock stays. */
  lose: () => void;
}

/** QuickBooks did not open; `code` is there when that is the end of the run. */
export interface OpenRefused extends Refused {
  code?: string;
}

interface Opener {
  quickBooks: QuickBooks;
  qwc: Qwc;
  settings: Settings;
}

/** Opens a company file ('' is the one that is open), tried twice, and asks it who it is. */
export async function openFile(opener: Opener, path: string): Promise<OpenFile | OpenRefused> {
  const { ownerId } = opener.qwc;
  const session = await openTwice(opener, path);
  if ("hresult" in session) return session;
  session.lock(ownerId);
  const answered = await session.process(hostQuery(session, ownerId));
  if ("hresult" in answered) {
    session.unlock(ownerId);
    session.close();
    const why = "Could not get Host/Company/Preference Query response from QuickBooks. Job ending.";
    return { ...answered, code: "QBWC1014", message: `${why} ${answered.message}` };
  }
  return {
    path: session.file,
    country: session.country,
    majorVersion: session.qbxmlVersion.major,
    minorVersion: session.qbxmlVersion.minor,
    hostAnswer: answered.response,
    process: async (request) => ({
      response: "",
      hresult: "",
      message: "",
      ...(await session.process(request)),
    }),
    close: () => {
      session.unlock(ownerId);
      session.close();
    },
    lose: () => session.close(),
  };
}

async function openTwice(
  { quickBooks, settings }: Opener,
  path: string,
): Promise<QuickBooksSession | Refused> {
  const first = await quickBooks.open(path);
  if (!("hresult" in first)) return first;
  await sleep(settings.secondTryMs);
  return quickBooks.open(path);
}

const hostQuery = (session: QuickBooksSession, ownerId: string): string =>
  inDocument(
    session,
    '<HostQueryRq requestID="0" />' +
      `<CompanyQueryRq requestID="1"><OwnerID>${ownerId}</OwnerID></CompanyQueryRq>` +
      '<PreferencesQueryRq requestID="2" />',
  );

function inDocument({ qbxmlVersion }: QuickBooksSession, requests: string): string {
  const { major, minor } = qbxmlVersion;
  return (
    `<?xml version="1.0"?><?qbxml version="${major}.${minor}"?>` +
    `<QBXML><QBXMLMsgsRq onError="continueOnError">${requests}</QBXMLMsgsRq></QBXML>`
  );
}

/**
 * Puts FileID into the company file that is open, as adding a .qwc does. Throws QwcRefused. A file
 * that carries this pair already is refused (facts 2.2) unless it `isKnown`, because this PC's list
 * has the application, or Intuit's tool has taken the stamp away.
 */
export async function stampFile(
  { quickBooks, qwc, settings }: Opener,
  isKnown: boolean,
): Promise<void> {
  const session = await openTwice({ quickBooks, qwc, settings }, "");
  if ("hresult" in session) {
    const why = `Unable to connect to QuickBooks. Task could not be completed. Reason: ${session.message}`;
    throw new QwcRefused("QBWC1023", why);
  }
  try {
    if (!isKnown && (await hasStamp(session, qwc))) throw notUnique(qwc);
    if (qwc.isReadOnly) {
      throw new QwcRefused("QBWC1039", "The application may only read, so FileID is not written.");
    }
    session.stamp(qwc.ownerId, qwc.fileId);
  } catch (cause) {
    if (!(cause instanceof StampRefused)) throw cause;
    throw new QwcRefused(cause.code, cause.message, { cause });
  } finally {
    session.close();
  }
}

const notUnique = ({ appName }: Qwc): QwcRefused =>
  new QwcRefused("QBWC1039", `A unique OwnerID/FileID pair is required for ${appName}.`);

async function hasStamp(session: QuickBooksSession, { ownerId, fileId }: Qwc): Promise<boolean> {
  const answered = await session.process(
    inDocument(session, `<CompanyQueryRq><OwnerID>${ownerId}</OwnerID></CompanyQueryRq>`),
  );
  if ("hresult" in answered) throw new QwcRefused("QBWC1025", answered.message);
  return answered.response.toLowerCase().includes(fileId.toLowerCase());
}

import type { DesktopSession } from "./exchanges.ts";
import { readAppLock } from "./clock.ts";
import { OWNER_ID } from "./pairing.ts";
import { readAnswer, type RawRecord, type Response } from "./reader.ts";

/** The newest qbXML that we speak; every request of ours is in it. */
const OUR_VERSION = 13;

/** What a session's first message shows: the program, the file, and what we may do there. */
export interface Host {
  product: string | null;
  majorVersion: number;
  minorVersion: number;
  country: string | null;
  /** The home currency; null where QuickBooks does not say (it works with one alone). */
  currency: string | null;
  mode: "single_user" | "multi_user" | null;
  /** The day up to which the books are closed when the session begins, YYYY-MM-DD; null where they are not. */
  closedUntil: string | null;
  unattendedAccess: boolean | null;
  personalDataAccess: boolean | null;
  /** The qbXML version that both sides speak, as a number and as it is written. */
  qbxml: number;
  version: string;
  company: Company | null;
}

/** "QuickBooks Premier 2024 (34.0)"; null where QuickBooks did not say. */
export const editionOf = ({ product, majorVersion, minorVersion }: Host): string | null =>
  product === null ? null : `${product} (${majorVersion}.${minorVersion})`;

/** The company as CompanyQuery shows it. */
export interface Company {
  name: string;
  ein: string | null;
  /** The stamps under our OwnerID. */
  fileId: string | null;
  /** The PC's name, and its wall clock when the session began. */
  lock: { host: string; wallMs: number } | null;
}

/** Reads what a session's Web Connector sent first, or what its parameters say where it sent nothing. */
export async function readHost(session: DesktopSession): Promise<Host> {
  const responses = session.hostAnswer === null ? [] : await readHostAnswer(session.hostAnswer);
  const first = (name: string): RawRecord | undefined =>
    responses.find((response) => response.name === name)?.records[0];
  const host = first("HostQueryRs");
  const rights = first("PreferencesQueryRs")?.fields;
  const company = first("CompanyQueryRs");
  const spoken = (host === undefined ? [] : valuesOf(host, "SupportedQBXMLVersion"))
    .map(Number)
    .filter((version) => version > 0);
  const theirs =
    spoken.length === 0 ? session.majorVersion + session.minorVersion / 10 : Math.max(...spoken);
  const qbxml = Math.min(OUR_VERSION, theirs);
  return {
    product: host?.fields.get("ProductName") ?? null,
    majorVersion: Number(host?.fields.get("MajorVersion") ?? 0),
    minorVersion: Number(host?.fields.get("MinorVersion") ?? 0),
    country: host?.fields.get("Country") ?? session.country,
    currency: textOr(rights?.get("MultiCurrencyPreferences/HomeCurrencyRef/FullName")),
    mode: modeOf(host?.fields.get("QBFileMode")),
    closedUntil: dayOr(rights?.get("AccountingPreferences/ClosingDate")),
    unattendedAccess: yes(rights?.get("CurrentAppAccessRights/IsAutomaticLoginAllowed")),
    personalDataAccess: yes(rights?.get("CurrentAppAccessRights/IsPersonalDataAccessAllowed")),
    qbxml,
    version: qbxml.toFixed(1),
    company: company === undefined ? null : companyOf(company),
  };
}

/** A host answer that cannot be read tells nothing; the file is judged by what we ask ourselves. */
const readHostAnswer = (text: string): Promise<Response[]> =>
  readAnswer(text).catch((): Response[] => []);

/** A company file as CompanyQueryRs shows it. */
export function companyOf(record: RawRecord): Company {
  const { fields } = record;
  return {
    name: fields.get("CompanyName") ?? "",
    ein: textOr(fields.get("EIN")),
    fileId: stampOf(record, "FileID"),
    lock: readAppLock(stampOf(record, "AppLock") ?? ""),
  };
}

function stampOf({ groups }: RawRecord, name: string): string | null {
  const stamps = groups
    .filter((group) => group.name === "DataExtRet" && group.fields.get("DataExtName") === name)
    .map(({ fields }) => fields);
  const ours = stamps.find((fields) => sameId(fields.get("OwnerID"), OWNER_ID));
  // A further PC locks the file under an owner of its own; what tells the file is ours alone.
  const found = name === "AppLock" ? (ours ?? stamps[0]) : ours;
  return textOr(found?.get("DataExtValue"));
}

/** Two GUIDs are the same whatever their case. */
export const sameId = (one: string | null | undefined, other: string | null | undefined): boolean =>
  one != null && other != null && one.toUpperCase() === other.toUpperCase();

const valuesOf = ({ groups }: RawRecord, name: string): string[] =>
  groups.filter((group) => group.name === name).map(({ fields }) => fields.get("") ?? "");

function modeOf(text: string | undefined): Host["mode"] {
  if (text === "SingleUser") return "single_user";
  return text === "MultiUser" ? "multi_user" : null;
}

const yes = (text: string | undefined): boolean | null =>
  text === undefined ? null : text === "true" || text === "1";

/** Books that say so in another way are no reason to refuse them: it is told beside payments alone. */
const dayOr = (text: string | undefined): string | null =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? text.trim() : null;

const textOr = (text: string | undefined): string | null =>
  text === undefined || text.trim() === "" ? null : text;

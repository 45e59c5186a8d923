import { isIP } from "node:net";
import { XmlRefused, childOf, readXml, type XmlElement } from "./xml.ts";

const DESCRIPTION_LENGTH_MAX = 80;
const SUPPORT_TIMEOUT_MS = 10_000;
const SECONDS_PER_MINUTE = 60;
const DOMAIN_LABELS = 2;
const GUID = /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i;

/** What a .qwc file says, checked. */
export interface Qwc {
  appName: string;
  appUrl: URL;
  appSupport: URL;
  userName: string;
  ownerId: string;
  fileId: string;
  isReadOnly: boolean;
  isUnattended: boolean;
  wantsPersonalData: boolean;
  /** The gap between two runs; undefined without a Scheduler. */
  everySeconds: number | undefined;
}

/** A .qwc file that the Web Connector does not take, with its code (facts 4.4). */
export class QwcRefused extends Error {
  override readonly name = "QwcRefused";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

const MISSING = "There was a problem adding the application to registry";
const broken = (why: string, options?: ErrorOptions): QwcRefused =>
  new QwcRefused("QBWC1039", `${MISSING}. ${why}`, options);

/** Reads the text of a .qwc file. Throws QwcRefused; asks nobody over the network. */
export function readQwc(text: string): Qwc {
  const root = rootOf(text);
  const required = (name: string, mayBeEmpty = false): string => {
    const value = childOf(root, name)?.text.trim();
    if (value === undefined || (value === "" && !mayBeEmpty)) throw broken(`${name} is missing.`);
    return value;
  };
  const oneOf = (name: string, values: readonly string[]): string => {
    const value = childOf(root, name)?.text.trim() ?? values[0] ?? "";
    if (!values.includes(value)) throw broken(`${name} is ${value}, not ${values.join(" or ")}.`);
    return value;
  };
  const appName = required("AppName");
  required("AppID", true);
  if (required("AppDescription", true).length > DESCRIPTION_LENGTH_MAX) {
    throw broken(`AppDescription is longer than ${DESCRIPTION_LENGTH_MAX} characters.`);
  }
  const [appUrl, appSupport] = urlsOf(appName, required("AppURL"), required("AppSupport"));
  const guid = (name: string): string => {
    const value = required(name);
    if (!GUID.test(value)) throw broken(`${name} is no GUID in braces.`);
    return value;
  };
  required("QBType");
  oneOf("QBType", ["QBFS"]);
  oneOf("Style", ["Document"]);
  const flags = childOf(root, "AuthFlags")?.text.trim();
  if (flags !== undefined && !/^(0x[0-9a-f]|[0-9]|1[0-5])$/i.test(flags)) {
    throw new QwcRefused("QBWC1034", `Error setting AuthFlags - ${flags}`);
  }
  return {
    appName,
    appUrl,
    appSupport,
    userName: required("UserName"),
    ownerId: guid("OwnerID"),
    fileId: guid("FileID"),
    isReadOnly: oneOf("IsReadOnly", ["false", "true"]) === "true",
    isUnattended: oneOf("UnattendedModePref", ["umpOptional", "umpRequired"]) === "umpRequired",
    wantsPersonalData:
      oneOf("PersonalDataPref", ["pdpNotNeeded", "pdpOptional", "pdpRequired"]) !== "pdpNotNeeded",
    everySeconds: everySecondsOf(root),
  };
}

function rootOf(text: string): XmlElement {
  if (text.startsWith("\uFEFF")) throw broken("The file begins with a byte order mark.");
  let root: XmlElement;
  try {
    root = readXml(text);
  } catch (cause) {
    if (cause instanceof XmlRefused) throw broken(cause.message, { cause });
    throw cause;
  }
  if (root.local !== "QBWCXML") throw broken("The root element is not QBWCXML.");
  return root;
}

/** The first of the two that is found counts. */
function everySecondsOf(root: XmlElement): number | undefined {
  const scheduler = childOf(root, "Scheduler");
  const given = scheduler?.children.find(({ local }) => /^RunEveryN(Minutes|Seconds)$/.test(local));
  if (given === undefined) return undefined;
  const every = Number(given.text.trim());
  if (!Number.isInteger(every) || every < 1) {
    throw broken(`${given.local} is ${given.text}, not a number of at least 1.`);
  }
  return given.local === "RunEveryNMinutes" ? every * SECONDS_PER_MINUTE : every;
}

function urlsOf(appName: string, service: string, support: string): [URL, URL] {
  const appUrl = urlIn("AppURL", service);
  const appSupport = urlIn("AppSupport", support);
  for (const [url, code, what] of [
    [appUrl, "QBWC1001", "service"],
    [appSupport, "QBWC1002", "support"],
  ] as const) {
    if (isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0) continue;
    const why = `The application ${appName}'s ${what} URL is an IP Address, it will not be loaded.`;
    throw new QwcRefused(code, why);
  }
  if (domainOf(appUrl) !== domainOf(appSupport)) {
    const why = `The domain names for ${appName}'s service and support URLs do not match.`;
    throw new QwcRefused("QBWC1000", why);
  }
  if (appUrl.protocol !== "https:" && appUrl.hostname !== "localhost") {
    const why =
      `Application ${appName} cannot be loaded. For security reasons only SSL (https) based ` +
      "applications are allowed.";
    throw new QwcRefused("QBWC1010", why);
  }
  return [appUrl, appSupport];
}

function urlIn(name: string, text: string): URL {
  if (URL.canParse(text) && /^https?:/i.test(text)) return new URL(text);
  throw broken(`${name} is no web address.`);
}

const domainOf = ({ hostname }: URL): string =>
  hostname.toLowerCase().split(".").slice(-DOMAIN_LABELS).join(".");

/** Visits the support page, as the Web Connector does when a .qwc is added. Throws QwcRefused. */
export async function visitSupport({ appName, appSupport }: Qwc): Promise<void> {
  const why = `The application ${appName}'s support URL (AppSupport) could not be reached.`;
  let status: number;
  try {
    const answered = await fetch(appSupport, { signal: AbortSignal.timeout(SUPPORT_TIMEOUT_MS) });
    await answered.body?.cancel();
    ({ status } = answered);
  } catch (cause) {
    throw new QwcRefused("QBWC1004", `${why} ${String(cause)}`, { cause });
  }
  if (status !== 200 && status !== 202) {
    throw new QwcRefused("QBWC1003", `${why} It answered ${status}.`);
  }
}

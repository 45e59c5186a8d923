import { xmlText } from "./xml-text.ts";

/** The product itself, as the Web Connector knows it: what is stamped under this owner tells a company file. */
export const OWNER_ID = "{5E1B0C56-7D0A-4F0C-9C5F-6A3F1D8E42B7}";

/** How often the Web Connector calls by itself, once its Auto-Run is on. */
const EVERY_MINUTES = 1;
const APP_NAME_LENGTH_MAX = 60;
const DESCRIPTION = "Keeps your software and QuickBooks even.";

export interface Pairing {
  companyName: string;
  /** What people call the PC. */
  connectorName: string;
  username: string;
  /** A pair that no company file has yet, in braces; the first PC's owner is the product. */
  ownerId: string;
  fileId: string;
  /** Where the api is reached: https, or http on localhost; without a slash at its end. */
  url: string;
}

/**
 * The text of the .qwc file that a person opens with the Web Connector: UTF-8 without a byte order
 * mark. It holds no password. Unattended access is asked for, because QuickBooks may be closed; access
 * to personal data is left to the administrator. Names: Web Connector Programmer's Guide, chapter 4.
 */
export function qwcFile(pairing: Pairing): string {
  const { username, ownerId, fileId, url } = pairing;
  const fields: [name: string, value: string][] = [
    ["AppName", appName(pairing)],
    ["AppID", ""],
    ["AppURL", `${url}/qbwc`],
    ["AppDescription", DESCRIPTION],
    ["AppSupport", `${url}/qbwc`],
    ["UserName", username],
    ["OwnerID", ownerId],
    ["FileID", fileId],
    ["QBType", "QBFS"],
    ["Style", "Document"],
    ["AuthFlags", "0xF"],
    ["UnattendedModePref", "umpRequired"],
    ["PersonalDataPref", "pdpOptional"],
    ["IsReadOnly", "false"],
    ["Notify", "false"],
  ];
  return [
    `<?xml version="1.0"?>`,
    "<QBWCXML>",
    ...fields.map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`),
    `<Scheduler><RunEveryNMinutes>${EVERY_MINUTES}</RunEveryNMinutes></Scheduler>`,
    "</QBWCXML>",
    "",
  ].join("\n");
}

/** Two companies on one PC must differ in it, or the second would replace the first. */
const appName = ({ companyName, connectorName, username }: Pairing): string =>
  `Evenbooks ${username.slice(-4)} - ${companyName} - ${connectorName}`.slice(
    0,
    APP_NAME_LENGTH_MAX,
  );

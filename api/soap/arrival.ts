import { readFileSync } from "node:fs";

import { checkLogin } from "../../db/connectors.ts";
import { logIn } from "../../db/desktop-sessions.ts";
import type { Door } from "./door.ts";
import type { ParametersOf } from "./methods.ts";
import { makeTicket } from "./tickets.ts";

/** Web Connectors before it know neither NoOp nor today's TLS. */
const CLIENT_MAJOR_MIN = 2;

const PACKAGE = new URL("../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };

export const serverVersion = (): string => `Evenbooks ${version}`;

/** Empty, or `E:` and why this Web Connector cannot go on. */
export function clientVersion(_: Door, { strVersion }: ParametersOf<"clientVersion">): string {
  const major = /^\s*(\d{1,6})(\.|\s*$)/.exec(strVersion)?.[1];
  return major !== undefined && Number(major) < CLIENT_MAJOR_MIN
    ? `E:This Web Connector (${strVersion.slice(0, 30)}) is too old. Install the newest one from Intuit, then update again.`
    : "";
}

/** A ticket, and which file to open: a path, empty for the one that is open, or a word why there is nothing to open. */
export async function authenticate(
  door: Door,
  { strUserName, strPassword }: ParametersOf<"authenticate">,
  remoteAddress: string,
): Promise<[ticket: string, file: string]> {
  const { pool, log } = door;
  const ticket = makeTicket();
  // Ours have no space in them: one that stands around it came along with a copy.
  const password = strPassword.trim();
  const login = await checkLogin(pool, { username: strUserName, password, remoteAddress });
  if (login === null) {
    log.warn({ remoteAddress }, "a Web Connector came with a wrong name or password");
    return [ticket, "nvu"];
  }
  const answer = await logIn(pool, { ...login, ticket, remoteAddress });
  log.info({ ...login, answer: answer.is }, "a Web Connector has logged in");
  return [ticket, answer.is === "open" ? answer.file : answer.is];
}

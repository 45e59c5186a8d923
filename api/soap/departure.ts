import { closeSession, failConnection, readSaid } from "../../db/desktop-sessions.ts";
import { faultOfHresult } from "../../quickbooks/desktop/faults.ts";
import type { Door } from "./door.ts";
import type { ParametersOf } from "./methods.ts";

const UNKNOWN =
  "This session is not known here; the next run of the Web Connector begins a new one.";
const OVER = "This session is over; the next run of the Web Connector goes on.";

/** The file could not be opened, is not there, could not be started with it, or another one is open. */
const ABOUT_THE_PATH = new Set(["0x80040403", "0x80040406", "0x80040408", "0x8004040a"]);
const DONE = "done";
const OPEN_FILE = "";

/** QuickBooks could not be opened. Where the path that we gave may be why, the file that is open is tried once. */
export async function connectionError(
  { pool, tickets, log }: Door,
  { ticket, hresult, message }: ParametersOf<"connectionError">,
): Promise<string> {
  const holder = await tickets.find(ticket);
  if (holder === null) return DONE;
  const code = hresult.trim();
  const fault = faultOfHresult(code, message);
  log.warn({ ...holder, fault }, "QuickBooks could not be opened on a PC");
  const next = await failConnection(pool, holder, {
    hresult: code,
    fault,
    isAboutThePath: ABOUT_THE_PATH.has(code.toLowerCase()),
  });
  return next === "try-open-file" ? OPEN_FILE : DONE;
}

/** Why there was no request, or what was in the way; never empty, because the Web Connector takes that for an error. */
export async function getLastError(
  { pool, tickets }: Door,
  { ticket }: ParametersOf<"getLastError">,
): Promise<string> {
  const holder = await tickets.find(ticket);
  if (holder === null) return UNKNOWN;
  const said = await readSaid(pool, holder);
  return said === null || said === "" ? OVER : said;
}

/** The end of a session, and what the Web Connector shows of it. */
export async function closeConnection(
  { pool, tickets }: Door,
  { ticket }: ParametersOf<"closeConnection">,
): Promise<string> {
  const holder = await tickets.find(ticket);
  if (holder === null) return "There was nothing to do.";
  const { exchanges, said } = await closeSession(pool, holder);
  if (said !== null) return said;
  if (exchanges === 0) return "There was nothing to do.";
  return `Done: QuickBooks answered ${exchanges} request${exchanges === 1 ? "" : "s"}.`;
}

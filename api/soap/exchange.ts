import { POLICY } from "../../core/faults.ts";
import {
  readProspect,
  storeAnswer,
  takeOrLook,
  takeRequest,
  type Prospect,
} from "../../db/desktop-requests.ts";
import { giveUpSession, sayNext, type TicketHolder } from "../../db/desktop-sessions.ts";
import { faultOfHresult } from "../../quickbooks/desktop/faults.ts";
import type { Door, StrayAnswer } from "./door.ts";
import { hold } from "./hold.ts";
import type { ParametersOf } from "./methods.ts";

/** Tells the Web Connector to come again in five seconds; as a request, and as the last error after it. */
const NO_OP = "NoOp";
const FINISHED = 100;
const REFUSED = -1;

const UP_TO_DATE = "Everything is up to date.";
const IDLE =
  "The sync could not go on just now; the next run of the Web Connector goes on with it.";

/**
 * The next request; NoOp while one is to be expected; empty when there is none, or the session is
 * over, and getLastError says why.
 */
export async function sendRequest(
  door: Door,
  parameters: ParametersOf<"sendRequestXML">,
): Promise<string> {
  const { pool } = door;
  const holder = await door.tickets.find(parameters.ticket);
  if (holder === null) return "";
  const request = await takeRequest(pool, holder, {
    hostAnswer: parameters.strHCPResponse === "" ? null : parameters.strHCPResponse,
    file: parameters.strCompanyFileName,
    country: parameters.qbXMLCountry,
    majorVersion: numberIn(parameters.qbXMLMajorVers),
    minorVersion: numberIn(parameters.qbXMLMinorVers),
  });
  if (request !== null) return request;
  const next = await hold(door, holder.companyId, () => lookForRequest(door, holder));
  if (next === null) {
    await sayNext(pool, holder, NO_OP);
    return NO_OP;
  }
  if (next.say !== null) await sayNext(pool, holder, next.say);
  return next.request;
}

/** A request, or why there is none (what ended a session was said by whoever ended it); null while one is to be expected. */
async function lookForRequest(
  { pool }: Door,
  holder: TicketHolder,
): Promise<{ request: string; say: string | null } | null> {
  const { request, prospect } = await takeOrLook(pool, holder);
  if (request !== null) return { request, say: null };
  if (prospect.session !== "open") return { request: "", say: null };
  if (prospect.isWanted || prospect.isExpected) return null;
  return { request: "", say: prospect.isIdle ? IDLE : UP_TO_DATE };
}

/**
 * Takes an answer; how far the work is in percent, 100 when it is finished, negative when the file was
 * refused. Where the next request is down it says so at once. Where none is, it may have been the last
 * one: only 100 from here ends a session in which all is well.
 */
export async function receiveResponse(
  door: Door,
  { ticket, response, hresult, message }: ParametersOf<"receiveResponseXML">,
): Promise<number> {
  const { pool, tickets } = door;
  const holder = await tickets.find(ticket);
  if (holder === null) {
    noteStray(door, "unknown-ticket", {});
    return REFUSED;
  }
  const brought = { response, hresult: hresult.trim(), message };
  const { isStored, prospect } = await storeAnswer(pool, holder, brought);
  if (!isStored) noteStray(door, "not-asked", holder);
  if (await endIfLost(door, holder, brought.hresult, message)) return REFUSED;
  if (!isUndecided(prospect)) return progressOf(prospect);
  let last = prospect;
  await hold(door, holder.companyId, async () => {
    last = await readProspect(pool, holder);
    return isUndecided(last) ? null : last;
  });
  return progressOf(last);
}

/** Nothing is wanted just now, but something may be soon. */
const isUndecided = ({ session, isWanted, isExpected }: Prospect): boolean =>
  session === "open" && !isWanted && isExpected;

/**
 * QuickBooks has broken off, or something stands in its way: nothing more comes in this session. It
 * ends, so that the Web Connector's next call opens QuickBooks anew. Answers whether it did.
 */
async function endIfLost(
  { pool, log }: Door,
  holder: TicketHolder,
  hresult: string,
  message: string,
): Promise<boolean> {
  if (hresult === "") return false;
  const fault = faultOfHresult(hresult, message);
  if (POLICY[fault.kind].retry !== "contact") return false;
  log.warn({ ...holder, fault }, "QuickBooks gave no answer on a PC");
  return giveUpSession(pool, holder, fault);
}

function progressOf(prospect: Prospect): number {
  if (prospect.session === "ended") return FINISHED;
  if (prospect.session === "refused") return REFUSED;
  return prospect.isWanted || prospect.isExpected ? prospect.percent : FINISHED;
}

/** An answer that nobody asked for, or that comes again: nothing of it is stored, and the PC is not to blame. */
function noteStray({ log, countStray }: Door, why: StrayAnswer, about: object): void {
  log.warn({ ...about, why }, "an answer came that belongs to no request");
  countStray(why);
}

const NUMBER_MAX = 1_000_000;

const numberIn = (text: string): number => {
  const number = Number.parseInt(text, 10);
  return Number.isFinite(number) ? Math.min(Math.max(number, 0), NUMBER_MAX) : 0;
};

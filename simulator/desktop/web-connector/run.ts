import { CallFailed, type Caller } from "./caller.ts";
import type { Result } from "./envelope.ts";
import { unlessAborted, wait } from "./gate.ts";
import type { OpenFile, OpenRefused } from "./open-file.ts";
import type { Qwc } from "./qwc.ts";
import { ending, failure, type Ending, type RunReport } from "./report.ts";
import type { Settings } from "./settings.ts";
import type { LineTroubles } from "./troubles.ts";

/** The real one has no limit; a server that asks again and again would keep us for ever. */
const CONNECTION_ERRORS_MAX = 100;
const PERCENT_DONE = 100;

/** Everything that one update run needs. */
export interface Run {
  qwc: Qwc;
  /** As typed by the user; null when nobody has typed one. */
  password: string | null;
  settings: Settings;
  caller: Caller;
  troubles: LineTroubles;
  open: (path: string) => Promise<OpenFile | OpenRefused>;
  signal: AbortSignal;
  report: RunReport;
}

interface Login {
  ticket: string;
  path: string;
}

/** One update run, call by call (facts 1.4). Rejects only when the signal aborts. */
export async function runUpdate(run: Run): Promise<Ending> {
  try {
    return await updated(run);
  } catch (error) {
    if (run.signal.aborted || !(error instanceof CallFailed)) throw error;
    const { method, message } = error;
    if (method === "serverVersion") throw error;
    return failure(method, message);
  }
}

async function updated(run: Run): Promise<Ending> {
  const { caller, report, qwc } = run;
  if (run.password === null) {
    const why = `Password is not available for application named ${qwc.appName}.`;
    return ending("failed", "QBWC1030", why);
  }
  await serverVersion(caller);
  const refusal = await clientVersion(run);
  if (refusal !== undefined) return refusal;
  const login = await authenticate(run, run.password);
  if ("how" in login) return login;
  report.ticket = login.ticket;
  if (/^none$/i.test(login.path)) {
    return close(run, login.ticket, ending("no-work", null, "No data exchange"));
  }
  const opened = await openQuickBooks(run, login);
  if ("how" in opened) {
    return run.settings.closesAfterConnectionError ? close(run, login.ticket, opened) : opened;
  }
  const ended = await withFile(run, opened, () => exchange(run, login.ticket, opened));
  return close(run, login.ticket, ended);
}

/** A server without this method is none the worse for it. */
async function serverVersion(caller: Caller): Promise<void> {
  try {
    await caller.call("serverVersion", {});
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
  }
}

async function clientVersion({ caller, settings }: Run): Promise<Ending | undefined> {
  let said: Result;
  try {
    said = await caller.call("clientVersion", { strVersion: settings.version });
  } catch (error) {
    if (error instanceof CallFailed && error.isFault) return undefined;
    throw error;
  }
  if (said === null || said === "") return undefined;
  const answer = String(said);
  if (answer.startsWith("O:")) return undefined;
  if (/^[EW]:/.test(answer)) {
    const why = `Application sent following error or warning message: ${answer.slice(2)}`;
    return ending("version-refused", "QBWC1037", why);
  }
  const why = `Application sent incorrect syntax return value for clientVersion(): ${answer}`;
  return ending("failed", "QBWC1046", why);
}

async function authenticate(run: Run, password: string): Promise<Login | Ending> {
  const { caller, qwc, report } = run;
  const said = await caller.call("authenticate", {
    strUserName: qwc.userName,
    strPassword: password,
  });
  const [ticket, path, postpone, everyMin] = Array.isArray(said) ? said : [];
  const postponeSeconds = secondsIn(postpone);
  const everySecondsMin = secondsIn(everyMin);
  if (
    typeof ticket !== "string" ||
    typeof path !== "string" ||
    Number.isNaN(postponeSeconds) ||
    Number.isNaN(everySecondsMin)
  ) {
    return failure("authenticate", `the answer is no array of strings: ${JSON.stringify(said)}`);
  }
  if (report.isAutoRun) {
    report.everySecondsMin = everySecondsMin;
    report.postponeSeconds = postponeSeconds;
    if (postponeSeconds !== null) {
      return ending("postponed", null, "Update postponed by application");
    }
  }
  const word = path.trim().toLowerCase();
  if (word === "nvu") {
    const why = "Web connector did not provide a valid username and/or password.";
    return ending("invalid-password", "QBWC1040", why, "Invalid password for username");
  }
  if (word === "busy") return ending("busy", null, "Application busy");
  return { ticket, path: path.trim() };
}

/** A whole number of seconds above zero; null for none; NaN for anything else. */
function secondsIn(text: string | null | undefined): number | null {
  if (text === null || text === undefined || /^(0?|-\d+)$/.test(text.trim())) return null;
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

async function openQuickBooks(run: Run, login: Login): Promise<OpenFile | Ending> {
  let { path } = login;
  for (let tries = 0; tries < CONNECTION_ERRORS_MAX; tries++) {
    const opened = await openUnlessDead(run, path);
    if (!("hresult" in opened)) return opened;
    if (opened.code !== undefined) return ending("failed", opened.code, opened.message);
    const { hresult, message } = opened;
    const { ticket } = login;
    const said = await run.caller.call("connectionError", { ticket, hresult, message });
    if (typeof said !== "string") return failure("connectionError", "the answer is no string");
    if (/^done$/i.test(said.trim())) {
      const why = `Error connecting to QuickBooks. Returning error message to application. ${message}`;
      return ending("quickbooks-refused", "QBWC1013", why);
    }
    path = said.trim();
  }
  return ending("quickbooks-refused", "QBWC1013", "Error connecting to QuickBooks, too many times");
}

/** A file that opens after the Web Connector has died is lost at once. */
function openUnlessDead(run: Run, path: string): Promise<OpenFile | OpenRefused> {
  const opened = run.open(path).then((file) => {
    if (run.signal.aborted && !("hresult" in file)) file.lose();
    return file;
  });
  return unlessAborted(opened, run.signal);
}

/** Works with an open file and closes it; when the Web Connector dies, QuickBooks only loses it. */
async function withFile(run: Run, file: OpenFile, work: () => Promise<Ending>): Promise<Ending> {
  run.report.file = file.path;
  try {
    return await work();
  } finally {
    if (run.signal.aborted) file.lose();
    else file.close();
  }
}

async function exchange(run: Run, ticket: string, file: OpenFile): Promise<Ending> {
  const { caller, report, settings, signal } = run;
  let strHCPResponse = file.hostAnswer;
  for (;;) {
    const request = await caller.call("sendRequestXML", {
      ticket,
      strHCPResponse,
      strCompanyFileName: file.path,
      qbXMLCountry: file.country,
      qbXMLMajorVers: file.majorVersion,
      qbXMLMinorVers: file.minorVersion,
    });
    strHCPResponse = "";
    if (typeof request !== "string") return failure("sendRequestXML", "the result is null");
    if (request === "" || isNoOp(request)) {
      const said = await lastError(run, ticket);
      if (said.how !== "server-error" || !isNoOp(said.text)) return said;
      await wait(settings.noOpWaitMs, signal);
      continue;
    }
    const began = performance.now();
    const answer = await unlessAborted(file.process(request), signal);
    report.exchanges++;
    report.quickBooksMs += performance.now() - began;
    const said = await caller.call("receiveResponseXML", { ticket, ...answer });
    if (typeof said !== "string" || !/^\s*-?\d+\s*$/.test(said)) {
      return failure("receiveResponseXML", `the result is no integer: ${JSON.stringify(said)}`);
    }
    const percent = Number(said);
    if (percent < 0) return lastError(run, ticket);
    report.percent = Math.min(percent, PERCENT_DONE);
    if (percent >= PERCENT_DONE) return ending("finished", null, "Update completed");
  }
}

const isNoOp = (text: string): boolean => /^noop$/i.test(text.trim());

async function lastError({ caller }: Run, ticket: string): Promise<Ending> {
  const said = await caller.call("getLastError", { ticket });
  const text = typeof said === "string" ? said : "";
  return ending("server-error", text === "" ? "QBWC1031" : null, text);
}

/** Tells the server that the run is over. Its text, when it has one, goes into the status column. */
async function close(run: Run, ticket: string, ended: Ending): Promise<Ending> {
  const said = await run.caller.call("closeConnection", { ticket });
  await useOldTicket(run, ticket);
  const shown = typeof said === "string" && said !== "" && ended.how !== "no-work";
  return shown ? { ...ended, status: said } : ended;
}

/** The trouble `old-ticket`: what the server says to it stands in the report and changes nothing. */
async function useOldTicket({ caller, troubles }: Run, ticket: string): Promise<void> {
  const method = troubles.afterClose();
  if (method === undefined) return;
  try {
    await caller.call(method, {
      ticket,
      strHCPResponse: "",
      strCompanyFileName: "",
      qbXMLCountry: "US",
      qbXMLMajorVers: 13,
      qbXMLMinorVers: 0,
      response: "",
      hresult: "",
      message: "",
    });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
  }
}

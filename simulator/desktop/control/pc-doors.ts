import { Refused, ordered } from "../../control-order.ts";
import type { Desktop } from "../desktop.ts";
import { Settings } from "../web-connector/settings.ts";
import type { WebConnector } from "../web-connector/web-connector.ts";
import type { Door } from "./door.ts";
import {
  ApplicationOrder,
  LineOrder,
  PasswordOrder,
  PollingOrder,
  PowerOrder,
  RunOrder,
  SettingsOrder,
} from "./orders.ts";

/** The Web Connector of a PC. Throws Refused when there is no such PC. */
export function pcNamed({ pcs }: Desktop, host: string | null): WebConnector {
  const pc = pcs.get(host ?? "");
  if (pc === undefined) throw new Refused(404, `there is no PC ${host ?? "(none given)"}`);
  return pc;
}

function nameOf(pc: WebConnector, given: string | null | undefined): string {
  const name = given ?? [...pc.applications.keys()][0];
  if (name !== undefined) return name;
  throw new Refused(409, `no .qwc was added to ${pc.hostName}`);
}

const addApplication: Door = async (desktop, _url, body) => {
  const { pc, qwc, password, isStampGone } = ordered(ApplicationOrder, body);
  const added = await pcNamed(desktop, pc).add(qwc, password, isStampGone);
  return { application: added.qwc.appName, userName: added.qwc.userName };
};

const setPassword: Door = (desktop, _url, body) => {
  const order = ordered(PasswordOrder, body);
  const pc = pcNamed(desktop, order.pc);
  pc.applicationNamed(nameOf(pc, order.application)).password = order.password;
  return { done: true };
};

const setPolling: Door = (desktop, _url, body) => {
  const order = ordered(PollingOrder, body);
  const pc = pcNamed(desktop, order.pc);
  const name = nameOf(pc, order.application);
  if (order.everyMs === null) pc.stopPolling(name);
  else pc.startPolling(name, order.everyMs);
  return { done: true };
};

const run: Door = (desktop, _url, body) => {
  const order = ordered(RunOrder, body);
  const pc = pcNamed(desktop, order.pc);
  return pc.run(nameOf(pc, order.application));
};

const power: Door = (desktop, _url, body) => {
  const order = ordered(PowerOrder, body);
  const pc = pcNamed(desktop, order.pc);
  const switches = {
    die: () => pc.die(),
    start: () => pc.start(),
    sleep: () => pc.pause(),
    wake: () => pc.resume(),
  };
  switches[order.to]();
  return { isRunning: pc.isRunning, isAsleep: pc.isAsleep };
};

const addTrouble: Door = (desktop, _url, body) => {
  const order = ordered(LineOrder, body);
  return { id: pcNamed(desktop, order.pc).troubles.add(order.trouble) };
};

const clearTroubles: Door = (desktop, url) => {
  pcNamed(desktop, url.searchParams.get("pc")).troubles.clear();
  return { cleared: true };
};

const setSettings: Door = (desktop, _url, body) => {
  const order = ordered(SettingsOrder, body);
  const pc = pcNamed(desktop, order.pc);
  const given = Object.entries(order.settings).filter(([, value]) => value !== undefined);
  pc.settings = Settings.parse({ ...pc.settings, ...Object.fromEntries(given) });
  return pc.settings;
};

const reports: Door = (desktop, url) => {
  const pc = pcNamed(desktop, url.searchParams.get("pc"));
  const application = pc.applicationNamed(nameOf(pc, url.searchParams.get("application")));
  return { runs: application.runs, reports: application.reports };
};

export const PC_DOORS: readonly [string, Door][] = [
  ["POST applications", addApplication],
  ["POST password", setPassword],
  ["POST polling", setPolling],
  ["POST run", run],
  ["POST power", power],
  ["POST line", addTrouble],
  ["DELETE line", clearTroubles],
  ["POST settings", setSettings],
  ["GET reports", reports],
];

import { Refused, ordered } from "../../control-order.ts";
import { createQuickBooks, type LogEntry } from "../quickbooks.ts";
import { WebConnector } from "../web-connector/web-connector.ts";
import type { Door } from "./door.ts";
import { fileNamed } from "./file-doors.ts";
import { pcNamed } from "./pc-doors.ts";
import { PcOrder, QuickBooksOrder } from "./quickbooks-orders.ts";

const REQUESTS_PER_ANSWER_MAX = 10_000;

const addPc: Door = (desktop, _url, body) => {
  const order = ordered(PcOrder, body);
  if (desktop.pcs.has(order.pc)) throw new Refused(409, `PC ${order.pc} is there already`);
  const file = order.file === null ? null : fileNamed(desktop, order.file);
  desktop.pcs.set(order.pc, new WebConnector(createQuickBooks({ host: order.pc, file })));
  return { pc: order.pc, file: file?.path ?? null };
};

const changeQuickBooks: Door = (desktop, _url, body) => {
  const order = ordered(QuickBooksOrder, body);
  const { quickBooks } = pcNamed(desktop, order.pc);
  for (const name of order.reach) quickBooks.disk.add(fileNamed(desktop, name));
  for (const name of order.loseSightOf) quickBooks.disk.delete(fileNamed(desktop, name));
  if (order.show !== undefined) {
    quickBooks.show(order.show === null ? null : fileNamed(desktop, order.show));
  }
  const { latency } = quickBooks.settings;
  quickBooks.change({ ...order.settings, latency: { ...latency, ...order.latency } });
  return { file: quickBooks.file?.path ?? null, ...quickBooks.settings };
};

/** What QuickBooks on a PC was asked, from the n-th request on, and how often each query. */
const requests: Door = (desktop, url) => {
  const { log } = pcNamed(desktop, url.searchParams.get("pc")).quickBooks;
  const from = Number(url.searchParams.get("from") ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new Refused(400, "from is a count of requests");
  return {
    total: log.length,
    perQuery: perQuery(log),
    requests: log.slice(from, from + REQUESTS_PER_ANSWER_MAX),
  };
};

function perQuery(log: readonly LogEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { query } of log) counts[query] = (counts[query] ?? 0) + 1;
  return counts;
}

export const QUICKBOOKS_DOORS: readonly [string, Door][] = [
  ["POST pcs", addPc],
  ["POST quickbooks", changeQuickBooks],
  ["GET requests", requests],
];

import type { Desktop } from "../desktop.ts";
import type { Application, WebConnector } from "../web-connector/web-connector.ts";

/** Every company file with its counts, every PC with what its Web Connector does. */
export function state({ files, pcs }: Desktop): object {
  return {
    files: [...files].map(([name, file]) => ({
      file: name,
      path: file.path,
      companyName: file.books.companyName,
      now: new Date(file.nowMs()).toISOString(),
      counts: file.counts(),
    })),
    pcs: [...pcs.values()].map(pcState),
  };
}

function pcState(pc: WebConnector): object {
  const { quickBooks } = pc;
  return {
    pc: pc.hostName,
    isRunning: pc.isRunning,
    isAsleep: pc.isAsleep,
    file: quickBooks.file?.path ?? null,
    quickBooks: quickBooks.settings,
    requests: quickBooks.log.length,
    settings: pc.settings,
    troubles: pc.troubles.list(),
    applications: [...pc.applications.values()].map(applicationState),
  };
}

function applicationState({ qwc, everyMs, runs, reports }: Application): object {
  const newest = reports.at(-1);
  const last = newest === undefined ? null : { ...newest, calls: newest.calls.length };
  const { appName, appUrl, userName, ownerId, fileId } = qwc;
  return { application: appName, url: appUrl.href, userName, ownerId, fileId, everyMs, runs, last };
}

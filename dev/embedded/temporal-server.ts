import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";

import { freePort, LOOPBACK, until } from "./ports.ts";
import { Trouble } from "./trouble.ts";

export interface TemporalOrder {
  binary: string;
  /** The server's version: a data file belongs to the version that made it. */
  version: string;
  folder: string;
  port: number;
  uiPort: number;
  signal: AbortSignal;
  /** Told whenever a server that died was started again. */
  onRestart: (pid: number) => void;
  /** Told once when it cannot be kept running. */
  onLost: (sentence: string) => void;
}

export interface RunningTemporal {
  pid: number;
  address: string;
  uiUrl: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const PORT_TRIES_MAX = 5;
/** A server that dies this often within a minute is not started again. */
const RESTARTS_MAX = 5;
const RESTARTS_WITHIN_MS = 60_000;

/** Starts Temporal's dev server on its file, and starts it again on the same file and ports should it die. */
export async function startTemporal(order: TemporalOrder): Promise<RunningTemporal> {
  const { child, ports } = await startOnPorts(order);
  let current = child;
  let stopping = false;
  const restarts: number[] = [];

  const keepRunning = async (): Promise<void> => {
    for (;;) {
      await ended(current);
      if (stopping) return;
      restarts.push(Date.now());
      const recent = restarts.filter((at) => at > Date.now() - RESTARTS_WITHIN_MS);
      if (recent.length > RESTARTS_MAX)
        throw new Trouble("Temporal's server died again and again.");
      current = launch(order, ports);
      if (!stopping && current.pid !== undefined) order.onRestart(current.pid);
    }
  };
  keepRunning().catch((error: unknown) =>
    order.onLost(`${String(error)} Its log: ${logFile(order.folder)}`),
  );

  return {
    pid: child.pid ?? 0,
    address: `${LOOPBACK}:${ports.port}`,
    uiUrl: `http://${LOOPBACK}:${ports.uiPort}`,
    async stop() {
      stopping = true;
      if (isOver(current)) return;
      current.kill("SIGTERM");
      await Promise.race([ended(current), until(() => isOver(current), STOP_TIMEOUT_MS)]);
      if (isOver(current)) return;
      current.kill("SIGKILL");
      await ended(current);
    },
  };
}

interface Ports {
  port: number;
  uiPort: number;
}

async function startOnPorts(order: TemporalOrder): Promise<{ child: ChildProcess; ports: Ports }> {
  for (let tries = 1; ; tries += 1) {
    const ports = {
      port: await freePort(tries === 1 ? order.port : 0),
      uiPort: await freePort(tries === 1 ? order.uiPort : 0),
    };
    const child = launch(order, ports);
    const ready = await until(
      async () => order.signal.aborted || isOver(child) || (await knowsItsNamespace(ports.uiPort)),
      START_TIMEOUT_MS,
    );
    if (ready && !isOver(child) && !order.signal.aborted) return { child, ports };
    child.kill("SIGKILL");
    order.signal.throwIfAborted();
    // Somebody may have taken a port in between.
    if (ready && tries < PORT_TRIES_MAX) continue;
    throw new Trouble(
      `Temporal's server (${order.binary}) ${ready ? "ended at once" : "did not answer within a minute"} on ports ${ports.port} and ${ports.uiPort}. Its log: ${logFile(order.folder)}`,
    );
  }
}

function launch(order: TemporalOrder, ports: Ports): ChildProcess {
  const options: [string, string][] = [
    ["ip", LOOPBACK],
    ["ui-ip", LOOPBACK],
    ["port", String(ports.port)],
    ["ui-port", String(ports.uiPort)],
    ["db-filename", join(order.folder, `temporal-${order.version}.db`)],
    ["sqlite-pragma", "journal_mode=wal"],
    ["sqlite-pragma", "synchronous=1"],
    ["log-level", "error"],
  ];
  const flags = options.flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(order.binary, ["server", "start-dev", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(logFile(order.folder), { flags: "a" });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.on("error", (error) => log.write(`${String(error)}\n`));
  child.on("close", () => log.end());
  return child;
}

const logFile = (folder: string): string => join(folder, "temporal.log");

const isOver = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
  if (!isOver(child)) await once(child, "exit");
}

/** The UI asks the server itself, so its answer means that both are ready. */
async function knowsItsNamespace(uiPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${LOOPBACK}:${uiPort}/api/v1/namespaces/default`, {
      signal: AbortSignal.timeout(5_000),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { FromHost, RunningServices, ServicesOptions, StartOrder } from "./messages.ts";
import { Trouble } from "./trouble.ts";

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST = fileURLToPath(new URL("./host.ts", import.meta.url));

export interface Services extends RunningServices {
  /** Ends both servers and, where it was temporary, removes their folder. Twice is once. */
  stop: () => Promise<void>;
  /** Settles when the services ended without being asked to, with a sentence that says why. */
  lost: Promise<string>;
}

/**
 * Starts an embedded PostgreSQL and a Temporal dev server (or finds the one that TEMPORAL_ADDRESS
 * names). Both end with `stop`, and also when this process ends in any way, SIGKILL included.
 * Throws a Trouble whose message tells a person what to do.
 */
export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  const { dataDir: kept, onProgress, signal, ...ports } = options;
  const dataDir = kept === undefined ? await temporaryFolder() : resolve(kept);
  await mkdir(dataDir, { recursive: true });
  const host = await startHost(dataDir);
  const order: StartOrder = { ...ports, dataDir, temporary: kept === undefined };
  const giveUp = (): void => host.disconnect();
  signal?.addEventListener("abort", giveUp);
  host.send(order);
  const services = await ready(host, onProgress ?? (() => undefined));
  signal?.removeEventListener("abort", giveUp);
  let stopped = false;
  return {
    ...services,
    lost: lost(host, () => stopped),
    async stop() {
      stopped = true;
      if (host.connected) host.disconnect();
      if (host.exitCode === null && host.signalCode === null) await once(host, "exit");
    },
  };
}

/** PostgreSQL may run as another user than we do (never as root), so the folder can be entered by others. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "evenbooks-"));
  await chmod(folder, 0o755);
  return folder;
}

/** In a session of its own, so that Ctrl-C in the terminal reaches the one who asked, not the servers. */
async function startHost(dataDir: string): Promise<ChildProcess> {
  const prefix = await passage([ROOT, dataDir]);
  // So that it may remove the folder at the end, which in /tmp only the owner may.
  if (prefix.length > 0) await run("chown", ["postgres", dataDir]);
  const node = [process.execPath, "--import", "tsx", HOST];
  const [command = "", ...rest] = [...prefix, ...node];
  const host = spawn(command, rest, {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await once(host, "spawn");
  return host;
}

/**
 * PostgreSQL refuses to run as root, so it runs as the user `postgres`. Where that user cannot reach
 * the repository or the data (a clone in /root, in a folder made by mktemp), the whole host becomes
 * `postgres` and keeps one right of root's alone, to pass through folders (with the secure bit,
 * access(2) respects that right, too: PostgreSQL asks it about its own program).
 */
async function passage(paths: string[]): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const closed = await Promise.all(paths.map(isClosed));
  if (!closed.includes(true)) return [];
  await run("id", ["-u", "postgres"]).catch(async () => {
    await run("groupadd", ["--force", "postgres"]);
    await run("useradd", ["--gid", "postgres", "postgres"]);
  });
  return [
    "setpriv",
    "--reuid=postgres",
    "--regid=postgres",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
    "--",
  ];
}

/** Whether somebody who is not the owner is stopped on the way to this folder. */
async function isClosed(path: string): Promise<boolean> {
  const OTHERS_MAY_ENTER = 0o001;
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && (found.mode & OTHERS_MAY_ENTER) === 0) return true;
    if (folder === dirname(folder)) return false;
  }
}

function ready(
  host: ChildProcess,
  onProgress: (sentence: string) => void,
): Promise<RunningServices> {
  return new Promise((settle, refuse) => {
    host.on("message", (message: FromHost) => {
      if (message.type === "progress") onProgress(message.sentence);
      if (message.type === "ready") settle(message.services);
      if (message.type === "failed") refuse(new Trouble(message.sentence));
    });
    host.once("exit", (code, signal) =>
      refuse(
        new Trouble(`The process that holds PostgreSQL and Temporal ended (${signal ?? code}).`),
      ),
    );
  });
}

function lost(host: ChildProcess, asked: () => boolean): Promise<string> {
  return new Promise((settle) => {
    host.on("message", (message: FromHost) => {
      if (message.type === "failed") settle(message.sentence);
    });
    host.once("exit", () => {
      if (!asked())
        settle("The process that holds PostgreSQL and Temporal was ended from outside.");
    });
  });
}

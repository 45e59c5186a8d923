import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The newest version that both installs from the Go module proxy and is published as an archive. */
export const TEMPORAL_VERSION = "1.5.1";

const ANYONE_MAY_RUN = 0o111;
const VERSION_TIMEOUT_MS = 20_000;
const PROGRAM = process.platform === "win32" ? "temporal.exe" : "temporal";

export type Environment = Record<string, string | undefined>;

export interface TemporalBinary {
  path: string;
  /** What it says about itself: the server's version where it names one. */
  version: string;
}

/** The folder that keeps a Temporal of ours between runs and clones. */
export function cacheFolder(env: Environment): string {
  const base = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return join(base, "evenbooks", `temporal-${TEMPORAL_VERSION}`);
}

export const cachedPath = (env: Environment): string => join(cacheFolder(env), PROGRAM);

/** The first program of that name on the PATH, as a shell would find it. */
export async function onPath(name: string, env: Environment): Promise<string | undefined> {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, file);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && (found.mode & ANYONE_MAY_RUN) !== 0) return path;
  }
  return undefined;
}

/** Asks a program for its version; undefined when it is not a Temporal that runs on this machine. */
export async function examine(path: string): Promise<TemporalBinary | undefined> {
  try {
    const { stdout } = await run(path, ["--version"], { timeout: VERSION_TIMEOUT_MS });
    const version =
      /Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? /temporal version (\S+)/.exec(stdout)?.[1];
    return version === undefined ? undefined : { path, version };
  } catch {
    return undefined;
  }
}

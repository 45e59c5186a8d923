import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { hasCode } from "./trouble.ts";

const run = promisify(execFile);

/** Whether a process with this id exists (one that we may not signal exists, too). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/** Signals a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/**
 * When the process with this id was started, as text to compare; undefined when there is none. Ids
 * are used again (in containers the very same ones), so an id in a file proves nothing by itself.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return await ps("lstart=", pid);
  // Counted after the program's name, which is in brackets and may hold anything.
  const START_TIME = 19;
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME];
}

/** Whether a process with this id runs and has this text in its command line. */
export async function runsCommand(pid: number, text: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  return (line?.replaceAll("\0", " ") ?? (await ps("command=", pid)))?.includes(text) ?? false;
}

async function ps(column: string, pid: number): Promise<string | undefined> {
  const answer = await run("ps", ["-o", column, "-p", String(pid)]).catch(() => undefined);
  return answer?.stdout.trim();
}

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
 * Whether the process with this id was started with this word in its command line. Ids are used
 * again (in containers the very same ones), so a file that names an id proves nothing by itself.
 */
export async function runsCommand(pid: number, word: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8");
    return line.replaceAll("\0", " ").includes(word);
  } catch {
    const { stdout } = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
      stdout: "",
    }));
    return stdout.includes(word);
  }
}

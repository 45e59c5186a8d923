import { renameSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import { isLock, readHolder, takeLock } from "../embedded/lock-file.ts";
import { until } from "../embedded/ports.ts";
import { Trouble } from "../embedded/trouble.ts";
import type { CleanUp } from "./clean-up.ts";

/** In the folder of the command, which is the repository for `npm run demo`. */
const HOME = resolve(".evenbooks");
export const FOLDER = join(HOME, "demo");
export const STATE_FILE = join(HOME, "demo.json");
const LEFTOVER_ENDS_WITHIN_MS = 30_000;

/** One demo at a time works in the folder, and each begins anew. */
export async function takeFolder(cleanUp: CleanUp): Promise<void> {
  await mkdir(HOME, { recursive: true });
  const lock = await takeLock(join(HOME, "demo.lock"));
  if (!isLock(lock)) {
    throw new Trouble(
      `A demo is running here already (process ${lock.pid}; its addresses are in ${shown(STATE_FILE)}). End it with Ctrl-C first.`,
    );
  }
  await cleanUp.add(() => lock.release());
  const leftover = join(FOLDER, "running.json");
  const isGone = async (): Promise<boolean> => (await readHolder(leftover)) === undefined;
  if (!(await until(isGone, LEFTOVER_ENDS_WITHIN_MS))) {
    throw new Trouble(
      `The servers of an earlier demo still run (see ${shown(leftover)}). End them first.`,
    );
  }
  await rm(FOLDER, { recursive: true, force: true });
  await rm(STATE_FILE, { force: true });
  await mkdir(FOLDER, { recursive: true });
  await cleanUp.add(() => rm(STATE_FILE, { force: true }));
}

/** A path as people read it, from where the command was started. */
export const shown = (path: string): string => relative(process.cwd(), path);

/**
 * Writes what whoever wants to look around meanwhile needs; readable by its owner alone. At once and
 * whole, because each company adds itself when it is there.
 */
export function writeState(content: object): void {
  const draft = join(FOLDER, "demo.json");
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, STATE_FILE);
}

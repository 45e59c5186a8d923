import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { z } from "zod";

import { startOf } from "./process-ids.ts";
import { hasCode } from "./trouble.ts";

const Holder = z.looseObject({ pid: z.int(), started: z.string() });

export type LockHolder = z.infer<typeof Holder>;

export interface Lock {
  /** Writes more about the holder into the file, for others to read. */
  describe(details: Record<string, unknown>): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a lock that a file stands for, or answers who holds it. The file of a process that is gone
 * is no lock.
 */
export async function takeLock(file: string): Promise<Lock | LockHolder> {
  await mkdir(dirname(file), { recursive: true });
  const own: LockHolder = { pid: process.pid, started: (await startOf(process.pid)) ?? "" };
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(own), { flag: "wx", mode: 0o600 });
      return lockOf(file, own);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const holder = await readHolder(file);
    if (holder !== undefined) return holder;
    await rm(file, { force: true });
  }
}

/** Who holds the lock, as it described itself; undefined when nobody living does. */
export async function readHolder(file: string): Promise<LockHolder | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  try {
    const holder = Holder.parse(JSON.parse(text));
    return (await startOf(holder.pid)) === holder.started ? holder : undefined;
  } catch {
    return undefined;
  }
}

export const isLock = (result: Lock | LockHolder): result is Lock => !("pid" in result);

const lockOf = (file: string, own: LockHolder): Lock => ({
  async describe(details) {
    const next = `${file}.${own.pid}`;
    await writeFile(next, JSON.stringify({ ...details, ...own }, null, 2), { mode: 0o600 });
    await rename(next, file);
  },
  release: () => rm(file, { force: true }),
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { until } from "./embedded/ports.ts";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));

const PRELOADED = [
  createRequire(import.meta.url).resolve("tsx"),
  join(ROOT, "worker", "end-with-parent.mjs"),
].flatMap((file) => ["--import", pathToFileURL(file).href]);

const OUTPUT_KEPT_MAX = 100_000;
const STOP_TIMEOUT_MS = 15_000;

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface NodeProcess {
  pid: number;
  /** The latest output, both streams together. */
  output(): string;
  /** The first line of the output, present or to come, for which `find` answers something. */
  line<T>(find: (line: string) => T | undefined, deadlineMs: number): Promise<T>;
  ended: Promise<Ending>;
  isOver(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end with SIGTERM, kills it when it does not, and answers how it ended. */
  stop(): Promise<Ending>;
}

/**
 * Starts one of our TypeScript entry files, e.g. `api/main.ts`. It ends with this process, however
 * this process ends, and has no part in the terminal's Ctrl-C: whoever starts it ends it.
 */
export async function startNode(
  entry: string,
  options: { args?: string[]; env?: Record<string, string>; cwd?: string; logFile?: string } = {},
): Promise<NodeProcess> {
  const child = spawn(
    process.execPath,
    [...PRELOADED, join(ROOT, entry), ...(options.args ?? [])],
    {
      // Away from the repository, whose `.env` is for `npm start` alone.
      cwd: options.cwd ?? tmpdir(),
      detached: true,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const output = keepOutput(child, options.logFile);
  const ended = new Promise<Ending>((settle) => {
    child.once("close", (code, signal) => settle({ code, signal }));
  });
  await once(child, "spawn");
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    output,
    line: (find, deadlineMs) => findLine({ entry, output, isOver, deadlineMs }, find),
    ended,
    isOver,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill("SIGTERM");
      if (!(await until(isOver, STOP_TIMEOUT_MS))) child.kill("SIGKILL");
      return await ended;
    },
  };
}

function keepOutput(child: ChildProcess, logFile: string | undefined): () => string {
  const log =
    logFile === undefined ? undefined : createWriteStream(logFile, { flags: "a", mode: 0o600 });
  let kept = "";
  const keep = (chunk: Buffer): void => {
    log?.write(chunk);
    kept = (kept + chunk.toString()).slice(-OUTPUT_KEPT_MAX);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.once("close", () => log?.end());
  return () => kept;
}

async function findLine<T>(
  from: { entry: string; output: () => string; isOver: () => boolean; deadlineMs: number },
  find: (line: string) => T | undefined,
): Promise<T> {
  let found: T | undefined;
  const look = (): boolean => {
    const lines = from.output().split("\n");
    // The last one may not be whole yet.
    if (!from.isOver()) lines.pop();
    for (const line of lines) found ??= find(line);
    return found !== undefined;
  };
  await until(() => look() || from.isOver(), from.deadlineMs);
  if (look() && found !== undefined) return found;
  throw new Error(
    `${from.entry} ${from.isOver() ? "ended" : "ran on"} without the expected line. It said:\n${from.output()}`,
  );
}

/** `npm start`: the api and the worker from `.env`, as two processes that live and end together. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const ENTRIES = ["api/main.ts", "worker/main.ts"];
/** Longer than the worker's own time to drain. */
const END_TIMEOUT_MS = 45_000;

if (existsSync(".env")) process.loadEnvFile(".env");

const children = ENTRIES.map(start);
let asked = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    asked = true;
    endAll(children);
  });
}

const codes = await Promise.all(children.map(ended));
process.exitCode = codes.find((code) => code !== 0) ?? 0;

/** Apart from the terminal's Ctrl-C, which this process passes on; and no longer than this process, even if it is killed. */
function start(entry: string): ChildProcess {
  return spawn(
    process.execPath,
    ["--import", "tsx", "--import", "./worker/end-with-parent.mjs", entry],
    { cwd: ROOT, detached: true, stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
}

/** Resolves with the exit code (1 for a signal); the first one that ends takes the other with it. */
async function ended(child: ChildProcess, index: number): Promise<number> {
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((settle) => {
    child.once("error", (error) => {
      console.error(error.message);
      settle([1, null]);
    });
    child.once("exit", (...how) => settle(how));
  });
  if (!asked) {
    asked = true;
    console.error(`${ENTRIES[index]} ended (${signal ?? `exit code ${code}`}); ending the other.`);
    endAll(children);
  }
  return code ?? 1;
}

function endAll(all: ChildProcess[]): void {
  for (const child of all) child.kill("SIGTERM");
  setTimeout(() => {
    for (const child of all) child.kill("SIGKILL");
  }, END_TIMEOUT_MS).unref();
}

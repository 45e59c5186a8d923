import { spawn, type ChildProcess } from "node:child_process";

import type { ServicePids } from "./messages.ts";

/** Waits for its standard input to close; then the process that held the other end is gone. */
const SCRIPT = 'cat >/dev/null; kill -INT "$1"; [ "$2" = 0 ] || kill -KILL "$2"';

/**
 * Sees to it that the servers end even when the host itself is killed with SIGKILL: a shell waits
 * for the pipe from the host to close. Where there is no shell, the next start on the folder ends them.
 */
export function endWithUs(pids: ServicePids): { watch(pids: ServicePids): void; end(): void } {
  let dog = start(pids);
  return {
    watch(next) {
      dog.kill("SIGKILL");
      dog = start(next);
    },
    end() {
      dog.kill("SIGKILL");
    },
  };
}

function start(pids: ServicePids): ChildProcess {
  const dog = spawn(
    "sh",
    ["-c", SCRIPT, "evenbooks-watchdog", String(pids.postgres), String(pids.temporal ?? 0)],
    {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  dog.on("error", () => undefined);
  dog.stdin?.on("error", () => undefined);
  return dog;
}

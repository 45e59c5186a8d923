import { isMainThread } from "node:worker_threads";

/**
 * Loaded with `--import` into a process that must not outlive the one that started it. The channel
 * between them closes however the parent ends, SIGKILL included; then the process is asked to end as
 * by SIGTERM, and made to when it does not. Threads of that process load this too (as plain
 * JavaScript: they have no TypeScript loader) and leave it to the main one.
 */
const GRACE_MS = 30_000;

if (isMainThread) {
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  });
  // Watching the channel is no reason to stay alive.
  process.channel?.unref();
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { signal as sendSignal } from "../embedded/process-ids.ts";
import { Trouble } from "../embedded/trouble.ts";
import { onPath, TEMPORAL_VERSION, type Environment } from "./candidates.ts";
import { elapsed } from "./elapsed.ts";

const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`;

/**
 * Builds Temporal's program from the Go module proxy and puts it at `into`, whole or not at all.
 * Takes about three minutes and 3 GB on two cores; the 3 GB are removed again unless the person's
 * own settings say where Go keeps its caches.
 */
export async function buildTemporal(order: {
  env: Environment;
  into: string;
  signal: AbortSignal;
  onProgress: (sentence: string) => void;
}): Promise<void> {
  const go = await onPath("go", order.env);
  if (go === undefined) throw new Trouble("Go, which could build it, is not on the PATH");
  await mkdir(dirname(order.into), { recursive: true });
  const folder = await mkdtemp(join(dirname(order.into), "build-"));
  try {
    await install(go, folder, order);
    await rename(join(folder, "bin", basename(order.into)), order.into);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function install(
  go: string,
  folder: string,
  order: { env: Environment; signal: AbortSignal; onProgress: (sentence: string) => void },
): Promise<void> {
  const child = spawn(go, ["install", "-v", MODULE], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      GOMODCACHE: join(folder, "modules"),
      GOCACHE: join(folder, "cache"),
      ...order.env,
      GOBIN: join(folder, "bin"),
      GOFLAGS: `${order.env["GOFLAGS"] ?? ""} -modcacherw`.trim(),
      CGO_ENABLED: "0",
    },
  });
  const stop = (): void => sendSignal(-(child.pid ?? 0), "SIGKILL");
  order.signal.addEventListener("abort", stop);
  const watch = watchBuild(child.stderr, order.onProgress);
  try {
    const [code] = await once(child, "close");
    order.signal.throwIfAborted();
    if (code === 0) return;
    throw new Trouble(`\`go install ${MODULE}\` failed: ${watch.lastLine()}`);
  } finally {
    order.signal.removeEventListener("abort", stop);
    watch.end();
  }
}

/** With -v, go names each module that it downloads and each package that it compiles: that is what moves. */
function watchBuild(
  output: NodeJS.ReadableStream,
  onProgress: (sentence: string) => void,
): { lastLine: () => string; end: () => void } {
  const started = Date.now();
  let downloaded = 0;
  let compiled = 0;
  let last = "it said nothing.";
  let rest = "";
  output.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      last = line;
      if (line.startsWith("go: downloading")) downloaded += 1;
      else compiled += 1;
    }
  });
  const timer = setInterval(
    () =>
      onProgress(
        `Building Temporal's server, once, about three minutes: ${elapsed(started)}, ${downloaded} modules downloaded, ${compiled} packages compiled`,
      ),
    1_000,
  );
  return { lastLine: () => last, end: () => clearInterval(timer) };
}

import { isLock, takeLock } from "../embedded/lock-file.ts";
import { sentenceOf, Trouble } from "../embedded/trouble.ts";
import { buildTemporal } from "./build.ts";
import {
  cachedPath,
  cacheFolder,
  examine,
  onPath,
  type Environment,
  type TemporalBinary,
} from "./candidates.ts";
import { ARCHIVES, downloadTemporal } from "./download.ts";
import { elapsed } from "./elapsed.ts";

export interface Search {
  env: Environment;
  /** One sentence, about once a second while something takes its time. */
  onProgress: (sentence: string) => void;
  signal: AbortSignal;
  /** Where archives are downloaded from: Temporal's own address. */
  archives?: string;
}

const LOOK_AGAIN_MS = 1_000;

/**
 * Finds Temporal's program: TEMPORAL_CLI_PATH, the PATH, the cache, Temporal's download, a build.
 * Throws a Trouble that says what was tried and what to do.
 */
export async function findTemporal(search: Search): Promise<TemporalBinary> {
  const { env } = search;
  const misses: string[] = [];
  const named = env["TEMPORAL_CLI_PATH"];
  if (named) return await namedTemporal(named);
  misses.push("TEMPORAL_ADDRESS and TEMPORAL_CLI_PATH are not set");

  const found = await onPath("temporal", env);
  const usable = found === undefined ? undefined : await examine(found);
  if (usable !== undefined) return usable;
  misses.push(
    found === undefined
      ? "no program `temporal` is on the PATH"
      : `${found} is on the PATH but does not run here as Temporal`,
  );

  return (await examine(cachedPath(env))) ?? (await fetchIntoCache(search, misses));
}

async function namedTemporal(path: string): Promise<TemporalBinary> {
  const binary = await examine(path);
  if (binary !== undefined) return binary;
  throw new Trouble(
    `TEMPORAL_CLI_PATH names ${path}, which does not run here as Temporal's CLI (it was asked for --version). Correct it, or unset it to have one found.`,
  );
}

/** One process fetches; others wait for it and use what it brought. */
async function fetchIntoCache(search: Search, misses: string[]): Promise<TemporalBinary> {
  const path = cachedPath(search.env);
  const started = Date.now();
  for (;;) {
    const lock = await takeLock(`${cacheFolder(search.env)}.lock`);
    if (isLock(lock)) {
      try {
        return (await examine(path)) ?? (await fetchTemporal(search, misses));
      } finally {
        await lock.release();
      }
    }
    search.onProgress(
      `Waiting for process ${lock.pid}, which is getting Temporal's server (${elapsed(started)})`,
    );
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    search.signal.throwIfAborted();
  }
}

async function fetchTemporal(search: Search, misses: string[]): Promise<TemporalBinary> {
  const path = cachedPath(search.env);
  misses.push(`${path} is not there yet`);
  const ways = [
    () => downloadTemporal({ ...search, archives: search.archives ?? ARCHIVES, into: path }),
    () => buildTemporal({ ...search, into: path }),
  ];
  for (const way of ways) {
    try {
      await way();
      const binary = await examine(path);
      if (binary !== undefined) return binary;
      misses.push(`${path} was fetched but does not run here`);
    } catch (error) {
      search.signal.throwIfAborted();
      misses.push(sentenceOf(error));
    }
  }
  throw new Trouble(
    [
      "Temporal's server was not found. Tried, in this order:",
      ...misses.map((miss) => `  - ${miss}`),
      "Any one of these helps: install Temporal's CLI (https://docs.temporal.io/cli) so that `temporal` is on the PATH;",
      "name it with TEMPORAL_CLI_PATH; name a running server with TEMPORAL_ADDRESS=host:port; or install Go (https://go.dev/dl).",
    ].join("\n"),
  );
}

import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

import { Trouble } from "../embedded/trouble.ts";
import { TEMPORAL_VERSION } from "./candidates.ts";

const run = promisify(execFile);

/** Temporal's own download address for its CLI: https://docs.temporal.io/develop/run-a-development-server */
export const ARCHIVES = "https://temporal.download/cli/archive";

/** Where the address is not reachable a person should not wait long for the next way. */
const ANSWER_TIMEOUT_MS = 5_000;
const SILENCE_MAX_MS = 30_000;
const MEGABYTE = 1_000_000;

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/** Downloads the archive of this platform and puts its program at `into`, whole or not at all. */
export async function downloadTemporal(order: {
  archives: string;
  into: string;
  signal: AbortSignal;
  onProgress: (sentence: string) => void;
}): Promise<void> {
  const platform = PLATFORMS[process.platform];
  const architecture = ARCHITECTURES[process.arch];
  if (platform === undefined || architecture === undefined) {
    throw new Trouble(`Temporal publishes no archive for ${process.platform} on ${process.arch}`);
  }
  const address = `${order.archives}/v${TEMPORAL_VERSION}?platform=${platform}&arch=${architecture}`;
  await mkdir(dirname(order.into), { recursive: true });
  const folder = await mkdtemp(join(dirname(order.into), "download-"));
  try {
    const archive = join(folder, "archive.tar.gz");
    await save(address, archive, order);
    await run("tar", ["-xzf", archive, "-C", folder, basename(order.into)]);
    await chmod(join(folder, basename(order.into)), 0o755);
    await rename(join(folder, basename(order.into)), order.into);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(`the download from ${address} failed (${reason(error)})`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function save(
  address: string,
  file: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (sentence: string) => void },
): Promise<void> {
  const tooLong = new AbortController();
  let timer = setTimeout(() => tooLong.abort(), ANSWER_TIMEOUT_MS);
  try {
    const answer = await fetch(address, { signal: AbortSignal.any([signal, tooLong.signal]) });
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    const size = Number(answer.headers.get("content-length") ?? 0);
    let got = 0;
    let told = 0;
    const watch = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => tooLong.abort(), SILENCE_MAX_MS);
        got += chunk.length;
        if (Date.now() - told > 1_000) {
          told = Date.now();
          onProgress(`Downloading Temporal's server: ${megabytes(got)} of ${megabytes(size)} MB`);
        }
        yield chunk;
      }
    };
    await pipeline(answer.body, watch, createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }
}

const megabytes = (bytes: number): string => (bytes === 0 ? "?" : (bytes / MEGABYTE).toFixed(1));

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError") return "no answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}

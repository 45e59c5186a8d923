import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, expect, test } from "vitest";

import { cachedPath, cacheFolder } from "../../dev/temporal-binary/candidates.ts";
import { findTemporal } from "../../dev/temporal-binary/find.ts";

const run = promisify(execFile);

const NOWHERE = "http://127.0.0.1:9/cli/archive";

let home: string;
let env: Record<string, string>;
const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "evenbooks-test-"));
  env = { PATH: join(home, "bin"), XDG_CACHE_HOME: join(home, "cache") };
  cleanUp.push(() => rm(home, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

async function program(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const temporal = (path: string, version: string): Promise<string> =>
  program(path, `echo "temporal version 9.9.9 (Server ${version}, UI 2.0.0)"`);

/** A `go` that waits a moment and then "builds" a Temporal into GOBIN. */
const goThatBuilds = (): Promise<string> =>
  program(
    join(home, "bin", "go"),
    `echo built >>${join(home, "builds")}
echo "go: downloading go.temporal.io/server v1.29.1" >&2
/bin/sleep 1.5
/bin/mkdir -p "$GOBIN"
printf '#!/bin/sh\\necho "temporal version 1.5.1 (Server 1.29.1)"\\n' >"$GOBIN/temporal"
/bin/chmod 755 "$GOBIN/temporal"`,
  );

function find(archives = NOWHERE, said: string[] = []): ReturnType<typeof findTemporal> {
  const { signal } = new AbortController();
  return findTemporal({ env, signal, archives, onProgress: (sentence) => said.push(sentence) });
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cli/archive`;
}

test("the program that TEMPORAL_CLI_PATH names stands above the PATH and the cache", async () => {
  const path = await temporal(join(home, "mine", "temporal"), "1.1.1");
  env["TEMPORAL_CLI_PATH"] = path;
  await temporal(join(home, "bin", "temporal"), "2.2.2");
  await temporal(cachedPath(env), "3.3.3");
  expect(await find()).toEqual({ path, version: "1.1.1" });
});

test("a TEMPORAL_CLI_PATH that names no Temporal is refused, not passed over", async () => {
  env["TEMPORAL_CLI_PATH"] = join(home, "missing");
  await temporal(join(home, "bin", "temporal"), "2.2.2");
  await expect(find()).rejects.toThrow(
    /TEMPORAL_CLI_PATH names .*missing.* Correct it, or unset it/,
  );
});

test("the PATH stands above the cache", async () => {
  const path = await temporal(join(home, "bin", "temporal"), "2.2.2");
  await temporal(cachedPath(env), "3.3.3");
  expect(await find()).toEqual({ path, version: "2.2.2" });
});

test("another program of that name on the PATH is passed over for the cached one", async () => {
  await program(join(home, "bin", "temporal"), "echo something else");
  await temporal(cachedPath(env), "3.3.3");
  expect(await find()).toEqual({ path: cachedPath(env), version: "3.3.3" });
});

test("an archive is downloaded for this platform and kept for the next time", async () => {
  await temporal(join(home, "archive", "temporal"), "4.4.4");
  const archive = join(home, "temporal.tar.gz");
  await run("tar", ["-czf", archive, "-C", join(home, "archive"), "temporal"]);
  const asked: (string | undefined)[] = [];
  const archives = await serve((request, response) => {
    asked.push(request.url);
    void readFile(archive).then((bytes) => response.end(bytes));
  });
  expect(await find(archives)).toEqual({ path: cachedPath(env), version: "4.4.4" });
  expect(await find(archives)).toEqual({ path: cachedPath(env), version: "4.4.4" });
  expect(asked).toEqual([expect.stringMatching(/\/v1\.5\.1\?platform=\w+&arch=(amd64|arm64)$/)]);
});

test("where nothing can be downloaded it is built with Go, and what moves is said meanwhile", async () => {
  await goThatBuilds();
  const said: string[] = [];
  expect(await find(NOWHERE, said)).toEqual({ path: cachedPath(env), version: "1.29.1" });
  expect(said).toContainEqual(
    expect.stringMatching(
      /^Building Temporal's server, once, about three minutes: \d s, 1 modules/,
    ),
  );
  expect(await readdir(cacheFolder(env))).toEqual(["temporal"]);
});

test("of two that need it at once one builds, and the other waits and uses it", async () => {
  await goThatBuilds();
  const said: string[] = [];
  const both = await Promise.all([find(NOWHERE, said), find(NOWHERE, said)]);
  expect(both[0]).toEqual(both[1]);
  expect(await readFile(join(home, "builds"), "utf8")).toBe("built\n");
  expect(said).toContainEqual(expect.stringMatching(/^Waiting for process \d+, which is getting/));
});

test("a broken archive leaves nothing in the cache", async () => {
  const archives = await serve((_, response) => response.end("this is no archive"));
  await expect(find(archives)).rejects.toThrow("the download from");
  expect(existsSync(cachedPath(env))).toBe(false);
  expect(await readdir(cacheFolder(env))).toEqual([]);
});

test("a miss everywhere says what was tried, in order, and what to do", async () => {
  await program(join(home, "bin", "temporal"), "exit 3");
  await program(join(home, "bin", "go"), 'echo "go: no network" >&2; exit 1');
  const message = await find().catch((error: unknown) => String(error));
  expect(message).toMatch(
    new RegExp(
      [
        "Temporal's server was not found. Tried, in this order:",
        "TEMPORAL_ADDRESS and TEMPORAL_CLI_PATH are not set",
        "bin/temporal is on the PATH but does not run here as Temporal",
        "temporal-1.5.1/temporal is not there yet",
        "the download from http://127.0.0.1:9/cli/archive/v1.5.1.* failed",
        "`go install .*` failed: go: no network",
        "Any one of these helps: install Temporal's CLI",
      ].join("[^]*"),
    ),
  );
});

test("without Go the miss says so", async () => {
  await expect(find()).rejects.toThrow("Go, which could build it, is not on the PATH");
});

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { Client } from "pg";
import { afterEach, expect, test } from "vitest";

import type { ServicePids } from "../../dev/embedded/messages.ts";
import { until } from "../../dev/embedded/ports.ts";
import { isAlive } from "../../dev/embedded/process-ids.ts";
import { startServices, type Services } from "../../dev/embedded/start.ts";
import { ROOT } from "../../dev/node-process.ts";

const run = promisify(execFile);

const ENDS_WITHIN_MS = 60_000;
const TEST_TIMEOUT_MS = 180_000;

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

async function folder(mode = 0o755, within = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(within, "evenbooks-test-"));
  await chmod(path, mode);
  cleanUp.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function start(dataDir?: string): Promise<Services> {
  const services = await startServices(dataDir === undefined ? {} : { dataDir });
  cleanUp.push(() => services.stop());
  return services;
}

async function query(databaseUrl: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const idsOf = (pids: ServicePids): number[] => Object.values(pids);

const allEnd = (pids: ServicePids): Promise<boolean> =>
  until(() => idsOf(pids).every((pid) => !isAlive(pid)), ENDS_WITHIN_MS);

test(
  "both answer, and stopping leaves neither a process nor the temporary folder",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const services = await start();
    expect(await query(services.databaseUrl, "select 1 as one")).toEqual([{ one: 1 }]);
    const answer = await fetch(`${services.temporalUiUrl}/api/v1/namespaces/default`);
    expect(answer.status).toBe(200);
    await services.stop();
    expect(idsOf(services.pids).filter(isAlive)).toEqual([]);
    expect(existsSync(services.dataDir)).toBe(false);
  },
);

test(
  "nothing outlives a parent that is killed with SIGKILL, and its temporary folder goes too",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const script = `import { startServices } from "./dev/embedded/start.ts";
  const { pids, dataDir } = await startServices();
  console.log(JSON.stringify({ pids, dataDir }));`;
    const parent = spawn(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", script],
      { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await parent.stdout.take(1).toArray()) as Buffer[];
    const { pids, dataDir } = JSON.parse(String(line)) as { pids: ServicePids; dataDir: string };
    expect(idsOf(pids).filter(isAlive)).toHaveLength(3);
    parent.kill("SIGKILL");
    expect(await allEnd(pids)).toBe(true);
    expect(await until(() => !existsSync(dataDir), ENDS_WITHIN_MS)).toBe(true);
  },
);

test(
  "nothing outlives the host process itself, whoever asked is told, and the next start goes on",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const dataDir = await folder();
    const first = await start(dataDir);
    await query(first.databaseUrl, "create table kept (id int)");
    process.kill(first.pids.host, "SIGKILL");
    expect(await first.lost).toContain("ended from outside");
    expect(await allEnd(first.pids)).toBe(true);
    const second = await start(dataDir);
    expect(await query(second.databaseUrl, "select * from kept")).toEqual([]);
  },
);

test(
  "a second start on a folder in use is refused with a sentence that names the running one",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const dataDir = await folder();
    const { pids, temporalUiUrl } = await start(dataDir);
    await expect(startServices({ dataDir })).rejects.toThrow(
      new RegExp(`in use by process ${pids.host} .*${temporalUiUrl}.* Stop that one first\\.$`),
    );
  },
);

test(
  "files left by a crash, naming processes that are others now, stop nobody",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const dataDir = await folder();
    const first = await start(dataDir);
    const left = await readFile(join(dataDir, "running.json"), "utf8");
    const leftPid = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
    await first.stop();
    const ours = String(process.pid);
    await writeFile(join(dataDir, "running.json"), left.replaceAll(String(first.pids.host), ours));
    await writeFile(
      join(dataDir, "postgres", "postmaster.pid"),
      leftPid.replace(String(first.pids.postgres), ours),
    );
    const second = await start(dataDir);
    expect(await query(second.databaseUrl, "select 1 as one")).toEqual([{ one: 1 }]);
  },
);

test(
  "a folder that only its owner may enter will do, also for root",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const services = await start(await folder(0o700));
    expect(await query(services.databaseUrl, "select 1 as one")).toEqual([{ one: 1 }]);
  },
);

test(
  "a clone that only its owner may enter will do, also for root",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    // On the same file system as the packages, which are linked and not copied.
    await mkdir(join(ROOT, ".evenbooks"), { recursive: true });
    const clone = await folder(0o700, join(ROOT, ".evenbooks"));
    const parts = ["core", "db", "dev", "worker", "workflows", "package.json", "tsconfig.json"];
    for (const part of parts) await cp(join(ROOT, part), join(clone, part), { recursive: true });
    await run("cp", ["--archive", "--link", join(ROOT, "node_modules"), clone]);
    const script = `import { startServices } from "./dev/embedded/start.ts";
  import { existsSync } from "node:fs";
      for (const options of [{ dataDir: "data" }, {}]) {
        const services = await startServices(options);
        await services.stop();
        console.log(existsSync(services.dataDir) ? "kept" : "gone");
      }`;
    const { stdout } = await run(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "--eval", script],
      { cwd: clone },
    );
    expect(stdout).toBe("kept\ngone\n");
  },
);

test(
  "a wished port is given when it is free, and another one when it is not",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const { databaseUrl, temporalAddress, temporalUiUrl, stop } = await start();
    const wishes = {
      postgresPort: portOf(databaseUrl),
      temporalPort: portOf(`http://${temporalAddress}`),
      temporalUiPort: portOf(temporalUiUrl),
    };
    const second = await startServices(wishes);
    cleanUp.push(() => second.stop());
    expect(second.databaseUrl).not.toContain(`:${wishes.postgresPort}/`);
    await stop();
    const third = await startServices(wishes);
    cleanUp.push(() => third.stop());
    expect(portOf(third.databaseUrl)).toBe(wishes.postgresPort);
    expect(third).toMatchObject({ temporalAddress, temporalUiUrl });
  },
);

const portOf = (url: string): number => Number(new URL(url).port);

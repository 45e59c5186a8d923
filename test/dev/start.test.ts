import { randomBytes } from "node:crypto";

import { expect, test } from "vitest";
import { z } from "zod";

import { freePort, until } from "../../dev/embedded/ports.ts";
import { isAlive } from "../../dev/embedded/process-ids.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { services, withDatabase, withProcesses } from "../support/services.ts";

const STARTS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 60_000;
const TEST_TIMEOUT_MS = 180_000;

const database = withDatabase();
const startProcess = withProcesses();

const LogLine = z.object({ pid: z.int(), name: z.string(), msg: z.string() });

interface Started {
  both: NodeProcess;
  url: string;
  settings: Record<string, string>;
  api: number;
  worker: number;
}

/** `npm start`, with the process ids of its two processes once both say that they run. */
async function start(): Promise<Started> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: services().temporalAddress,
    TEMPORAL_UI_URL: services().temporalUiUrl,
    PORT: String(port),
    PUBLIC_URL: url,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    INTUIT_CLIENT_ID: "an id",
    INTUIT_CLIENT_SECRET: "a secret",
    LOG_LEVEL: "info",
  };
  const both = await startProcess("worker/start.ts", settings);
  const pidOf = (name: string, msg: string) => (line: string) => {
    if (!line.startsWith("{")) return undefined;
    const found = LogLine.safeParse(JSON.parse(line)).data;
    return found?.name === name && found.msg === msg ? found.pid : undefined;
  };
  const api = await both.line(pidOf("api", "the api listens"), STARTS_WITHIN_MS);
  const worker = await both.line(pidOf("worker", "worker runs"), STARTS_WITHIN_MS);
  return { both, url, settings, api, worker };
}

const allEnd = (...pids: number[]): Promise<boolean> =>
  until(() => !pids.some(isAlive), ENDS_WITHIN_MS);

test(
  "npm start runs api and worker, and ends both well when it is asked to",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const { both, url, settings, api, worker } = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const healthy = await startProcess("worker/healthy.ts", settings);
    expect({ ...(await healthy.ended), said: healthy.output() }).toMatchObject({
      code: 0,
      said: "",
    });
    both.kill("SIGTERM");
    expect(await both.ended).toEqual({ code: 0, signal: null });
    expect([api, worker].filter(isAlive)).toEqual([]);
  },
);

test(
  "when one of the two dies the other is ended, and the exit code tells",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const { both, api, worker } = await start();
    process.kill(worker, "SIGKILL");
    expect(await both.ended).toEqual({ code: 1, signal: null });
    expect(both.output()).toContain("worker/main.ts ended (SIGKILL); ending the other.");
    expect(isAlive(api)).toBe(false);
  },
);

test(
  "when npm start itself is killed, api and worker end by themselves",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const { both, api, worker } = await start();
    both.kill("SIGKILL");
    expect(await allEnd(api, worker)).toBe(true);
  },
);

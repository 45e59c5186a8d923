import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";

import { isLock, takeLock } from "../../dev/embedded/lock-file.ts";
import { answers, until } from "../../dev/embedded/ports.ts";
import { isAlive } from "../../dev/embedded/process-ids.ts";
import { startNode, type NodeProcess } from "../../dev/node-process.ts";

const STARTS_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 60_000;
const TEST_TIMEOUT_MS = 180_000;
/** Everything up, both first syncs and what follows of payments, on a machine that does other things beside. */
const GOES_ON_WITHIN_MS = 150_000;
const DEMO_TIMEOUT_MS = 360_000;

/** The commands keep everything under `.evenbooks` of the folder they are started in. */
let cwd: string;
const started: NodeProcess[] = [];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "evenbooks-test-"));
});

afterEach(async () => {
  for (const child of started.splice(0)) await child.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function start(entry: string, ...args: string[]): Promise<NodeProcess> {
  const child = await startNode(entry, { cwd, args, env: { TEMPORAL_ADDRESS: "" } });
  started.push(child);
  return child;
}

const line = (text: string) => (candidate: string) =>
  candidate.includes(text) ? candidate : undefined;

const RunningFile = z.object({ pids: z.record(z.string(), z.int()) });

async function pidsIn(file: string): Promise<number[]> {
  const { pids } = RunningFile.parse(JSON.parse(await readFile(join(cwd, file), "utf8")));
  return Object.values(pids);
}

const allEnd = (pids: number[]): Promise<boolean> =>
  until(() => !pids.some(isAlive), ENDS_WITHIN_MS);

test(
  "services print what .env needs, a second one is refused, and the data is there the next time",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const first = await start("dev/services.ts");
    await first.line(line("npm run migrate"), STARTS_WITHIN_MS);
    const settings = parseEnv(first.output());
    expect(Object.keys(settings).sort()).toEqual([
      "DATABASE_URL",
      "ENCRYPTION_KEY",
      "PORT",
      "PUBLIC_URL",
      "TEMPORAL_ADDRESS",
      "TEMPORAL_NAMESPACE",
      "TEMPORAL_UI_URL",
    ]);
    expect(Buffer.from(settings["ENCRYPTION_KEY"] ?? "", "base64")).toHaveLength(32);
    expect(await answers(settings["TEMPORAL_ADDRESS"] ?? "")).toBe(true);

    const second = await start("dev/services.ts");
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.output()).toMatch(/is in use by process \d+ .* Stop that one first\.\n$/);

    const pids = await pidsIn(".evenbooks/services/running.json");
    first.kill("SIGINT");
    expect(await first.ended).toEqual({ code: 0, signal: null });
    expect(pids.filter(isAlive)).toEqual([]);

    const third = await start("dev/services.ts");
    await third.line(line("npm run migrate"), STARTS_WITHIN_MS);
    const again = parseEnv(third.output());
    expect(again["ENCRYPTION_KEY"]).toBe(settings["ENCRYPTION_KEY"]);
    expect(passwordIn(again)).toBe(passwordIn(settings));
    const client = new Client({ connectionString: again["DATABASE_URL"] });
    await client.connect();
    await client.end();
  },
);

const passwordIn = (settings: NodeJS.Dict<string>): string =>
  new URL(settings["DATABASE_URL"] ?? "").password;

test("Ctrl-C while the services start ends them, too", { timeout: TEST_TIMEOUT_MS }, async () => {
  const child = await start("dev/services.ts");
  const file = join(cwd, ".evenbooks/services/running.json");
  expect(await until(() => existsSync(file), STARTS_WITHIN_MS)).toBe(true);
  child.kill("SIGINT");
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(await until(() => !existsSync(file), ENDS_WITHIN_MS)).toBe(true);
  expect(existsSync(join(cwd, ".evenbooks/services/postgres/postmaster.pid"))).toBe(false);
});

test(
  "a demo with a size that is none says how to use it",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const demo = await start("dev/demo.ts", "--records", "many");
    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.output()).toMatch(
      /^--records many is no size of a company\.\nnpm run demo -- \[flags\]/,
    );
  },
);

test(
  "a second demo beside a running one is refused with a sentence",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const lock = await takeLock(join(cwd, ".evenbooks", "demo.lock"));
    expect(isLock(lock)).toBe(true);
    const demo = await start("dev/demo.ts");
    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.output()).toBe(
      `A demo is running here already (process ${process.pid}; its addresses are in .evenbooks/demo.json). End it with Ctrl-C first.\n`,
    );
  },
);

test(
  "a demo that is to end by itself ends well when every record arrived and payments are proven",
  { timeout: DEMO_TIMEOUT_MS },
  async () => {
    const demo = await start("dev/demo.ts", "--records", "1000", "--exit");
    expect(await demo.ended, demo.output()).toEqual({ code: 0, signal: null });
    for (const name of ["Demo Online", "Demo Desktop"]) {
      const lines = demo.output().split("\n");
      const own = lines.filter((text) => text.startsWith(`${name}: `)).join("\n");
      expect(own).toContain("People can work now");
      expect(own).toContain("all 1,000 records arrived, and every kind agrees with QuickBooks");
      expectPaymentsProven(own);
    }
    expect(demo.output()).toContain("Demo Online:   expense: 14 here, 14 in QuickBooks");
    expect(demo.output()).toContain("Demo Desktop:   expense: 50 here, 50 in QuickBooks");
    expect(demo.output()).toMatch(/\d+ % of the time inside QuickBooks/);
    expect(existsSync(join(cwd, ".evenbooks/demo.json"))).toBe(false);
  },
);

/** One payment was moved, one dated back, one entered late: the plan has it, and afterwards it is so. */
function expectPaymentsProven(own: string): void {
  const [, payment, from, to] =
    /in QuickBooks, (payment \S+) of \S+ was moved from (invoice \S+) to (invoice \S+)/.exec(own) ??
    [];
  expect(own).toMatch(new RegExp(`: ${from}, ${payment}: \\S+ → nothing\\. .* moved to ${to}\\.`));
  expect(own).toMatch(
    new RegExp(`: ${to}, ${payment}: nothing → \\S+\\. .* moved here from ${from}\\.`),
  );
  const [, datedPayment, before, after] =
    /in QuickBooks, (payment \S+) of \S+ was dated back from (\S+) to (\S+)/.exec(own) ?? [];
  expect(own).toMatch(new RegExp(`, ${datedPayment}: \\S+, ${before} → ${after}\\. `));
  expect(own).toMatch(/, payment LATE-1: nothing → 50\.00\. /);
  expect(own.match(/: plan since /g)).toHaveLength(4);
  expect(own).toContain("✓ Plan: just what people did, 4 changes on 4 invoices");
  expect(own).toContain("✓ Swap: these 4 invoices are paid here as in QuickBooks");
  expect(own).toMatch(/✓ Proof: .* (\S+) is now, and .* it must be \1\.\n/);
  expect(own).toMatch(/✓ verify: \d+ comparisons with QuickBooks, and none differs\./);
  expect(own).toContain("✓ Payments edited in QuickBooks: 4 changes planned, swapped and proven.");
  expect(own).not.toContain("✗");
}

const Companies = z.object({
  data: z.object({
    companies: z.object({ nodes: z.array(z.object({ id: z.string(), workable: z.boolean() })) }),
  }),
});

const StateFile = z.object({
  graphqlUrl: z.url(),
  token: z.string(),
  temporalUiUrl: z.url(),
  companies: z.array(z.object({ id: z.string(), edition: z.string() })),
});

test(
  "a demo that is killed in the middle leaves no process; the next one begins anew, and goes on after its first syncs",
  { timeout: DEMO_TIMEOUT_MS },
  async () => {
    const first = await start("dev/demo.ts", "--records", "20000");
    const stateFile = join(cwd, ".evenbooks/demo.json");
    expect(await until(() => existsSync(stateFile), GOES_ON_WITHIN_MS)).toBe(true);
    const state = StateFile.parse(JSON.parse(await readFile(stateFile, "utf8")));
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    const pids = await pidsIn(".evenbooks/demo/running.json");
    first.kill("SIGKILL");
    expect(await allEnd(pids)).toBe(true);
    expect(await until(() => unreachable(state.graphqlUrl), ENDS_WITHIN_MS)).toBe(true);

    const second = await start("dev/demo.ts", "--records", "1000");
    await second.line(line("Demo Online, by Intuit's webhook: "), GOES_ON_WITHIN_MS);
    await second.line(line("Demo Desktop, asked for: "), GOES_ON_WITHIN_MS);
    const next = StateFile.parse(JSON.parse(await readFile(stateFile, "utf8")));
    const answer = await fetch(next.graphqlUrl, {
      method: "POST",
      headers: { authorization: `Bearer ${next.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: "{ companies { nodes { id workable } } }" }),
    });
    const { data } = Companies.parse(await answer.json());
    const synced = data.companies.nodes.filter(({ workable }) => workable);
    expect(new Set(synced.map(({ id }) => id))).toEqual(
      new Set(next.companies.map(({ id }) => id)),
    );
    expect(next.companies.map(({ edition }) => edition)).toEqual(["ONLINE", "DESKTOP"]);
    const secondPids = await pidsIn(".evenbooks/demo/running.json");
    second.kill("SIGINT");
    expect(await second.ended).toEqual({ code: 0, signal: null });
    expect(secondPids.filter(isAlive)).toEqual([]);
    expect(existsSync(stateFile)).toBe(false);
  },
);

const unreachable = async (url: string): Promise<boolean> => !(await answers(new URL(url).host));

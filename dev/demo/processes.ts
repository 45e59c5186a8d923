import { randomBytes } from "node:crypto";
import { join, relative } from "node:path";

import { z } from "zod";

import { until } from "../embedded/ports.ts";
import { Trouble } from "../embedded/trouble.ts";
import { startNode, type NodeProcess } from "../node-process.ts";

const START_TIMEOUT_MS = 60_000;

/** Far above what one machine reaches: the demo's QuickBooks has no limit of its own. */
const NO_LIMIT = "1000000";

/** The processes of the demo: started one by one, watched together, ended together. */
export class Processes {
  readonly #folder: string;
  readonly #running: { entry: string; child: NodeProcess }[] = [];
  #ending = false;
  #tellLoss: (trouble: Trouble) => void = () => undefined;
  /** Settles with a sentence when one of them ends without being asked. */
  readonly loss = new Promise<Trouble>((settle) => {
    this.#tellLoss = settle;
  });

  /** Logs go into `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  logOf(entry: string): string {
    return join(this.#folder, `${entry.split("/")[0]}.log`);
  }

  /** Starts an entry file that runs on. */
  async start(
    entry: string,
    env: Record<string, string>,
    args: string[] = [],
  ): Promise<NodeProcess> {
    const child = await this.#launch(entry, env, args);
    void child.ended.then(({ code, signal }) => {
      const how = `ended (${signal ?? `exit code ${code}`})`;
      if (!this.#ending) this.#tellLoss(this.#troubleOf(entry, child, how));
    });
    return child;
  }

  /** Runs an entry file to its end and answers its output; throws a Trouble when it fails. */
  async run(entry: string, env: Record<string, string>, args: string[] = []): Promise<string> {
    const child = await this.#launch(entry, env, args);
    const { code } = await child.ended;
    if (code !== 0) throw this.#troubleOf(entry, child, "failed");
    return child.output();
  }

  async #launch(entry: string, env: Record<string, string>, args: string[]): Promise<NodeProcess> {
    const child = await startNode(entry, { env, args, logFile: this.logOf(entry) });
    this.#running.push({ entry, child });
    if (this.#ending) await child.stop();
    return child;
  }

  #troubleOf(entry: string, child: NodeProcess, what: string): Trouble {
    const lastLine = child.output().trim().split("\n").at(-1) ?? "";
    const log = relative(process.cwd(), this.logOf(entry));
    return new Trouble(`${entry} ${what}. Its log is ${log}, which ends with: ${lastLine}`);
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#running.map(({ child }) => child.stop()));
  }
}

const SimulatorReady = z.object({
  simulator: z.string(),
  realms: z.tuple([z.object({ realmId: z.string() })]),
});

/** A QuickBooks of our own with one Online company of this many records. */
export async function startSimulator(
  processes: Processes,
  records: number,
): Promise<z.infer<typeof SimulatorReady>> {
  const flags = {
    port: "0",
    records: String(records),
    seed: "1",
    "requests-per-minute": "0",
    "requests-per-second": "0",
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = await processes.start("simulator/main.ts", {}, args);
  return await child.line((line) => {
    try {
      return SimulatorReady.safeParse(JSON.parse(line)).data;
    } catch {
      return undefined;
    }
  }, START_TIMEOUT_MS);
}

export type DemoSettings = ReturnType<typeof settingsOf>;

/** The settings of the demo's api and worker; its secrets are made for this one run. */
export function settingsOf(given: {
  services: { databaseUrl: string; temporalAddress: string; temporalUiUrl: string };
  simulator: string;
  port: number;
}) {
  return {
    DATABASE_URL: given.services.databaseUrl,
    TEMPORAL_ADDRESS: given.services.temporalAddress,
    TEMPORAL_NAMESPACE: "default",
    TEMPORAL_UI_URL: given.services.temporalUiUrl,
    PORT: String(given.port),
    PUBLIC_URL: `http://127.0.0.1:${given.port}`,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    INTUIT_CLIENT_ID: "evenbooks-demo",
    INTUIT_CLIENT_SECRET: randomBytes(24).toString("hex"),
    INTUIT_WEBHOOK_TOKEN: randomBytes(24).toString("hex"),
    INTUIT_API_URL: given.simulator,
    INTUIT_DISCOVERY_URL: `${given.simulator}/.well-known/openid_configuration`,
    INTUIT_REQUESTS_PER_MINUTE: NO_LIMIT,
    INTUIT_REQUESTS_PER_SECOND: NO_LIMIT,
    LOG_LEVEL: "info",
  };
}

/** Waits until the api says that it is ready. */
export async function untilReady(url: string): Promise<void> {
  const isReady = await until(async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.ok === true;
  }, START_TIMEOUT_MS);
  if (!isReady) throw new Trouble(`The api does not say that it is ready at ${url}/readyz.`);
}

/** A bearer token for an administrator, as `npm run token` prints it: alone on its line, and in no log. */
export async function mintToken(env: Record<string, string>): Promise<string> {
  const child = await startNode("api/auth/mint-token.ts", { env, args: ["--role", "ADMIN"] });
  const find = (line: string): string | undefined => /^\S{20,}$/.exec(line.trim())?.[0];
  const token = await child.line(find, START_TIMEOUT_MS);
  await child.ended;
  return token;
}

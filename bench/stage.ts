import { CleanUp } from "../dev/demo/clean-up.ts";
import { createClient, type GraphQLClient } from "../dev/demo/graphql-client.ts";
import { mintToken, Processes, settingsOf, untilReady } from "../dev/demo/processes.ts";
import { freePort } from "../dev/embedded/ports.ts";
import { startServices } from "../dev/embedded/start.ts";
import { sentenceOf, Trouble } from "../dev/embedded/trouble.ts";
import { startNode, type NodeProcess } from "../dev/node-process.ts";
import { startQuickBooks, type QuickBooks } from "./quickbooks.ts";

const WORKER_STARTS_WITHIN_MS = 30_000;

export interface StageOptions {
  /** Flags of the simulator beside those that every benchmark sets. */
  simulator?: Record<string, string>;
  /** Settings that stand above the demo's; an empty one takes the product's default. */
  settings?: Record<string, string>;
}

/** PostgreSQL, Temporal, the simulated QuickBooks and one api, all on this machine. */
export interface Stage {
  databaseUrl: string;
  temporalAddress: string;
  quickbooks: QuickBooks;
  client: GraphQLClient;
  /** Starts a worker of its own process; `env` is added to its settings. */
  worker(env?: Record<string, string>): Promise<NodeProcess>;
}

/**
 * Starts every part in a temporary folder, runs a benchmark on it, prints what it answers as one
 * line of JSON and ends everything. What happens meanwhile is told on stderr.
 */
export async function benchmark(
  options: StageOptions,
  work: (stage: Stage) => Promise<object>,
): Promise<void> {
  const cleanUp = new CleanUp();
  try {
    const { stage, lost } = await startStage(options, cleanUp);
    const figures = await Promise.race([
      work(stage),
      lost.then((trouble) => Promise.reject(trouble)),
    ]);
    console.log(JSON.stringify(figures));
  } catch (error) {
    console.error(error instanceof Trouble ? sentenceOf(error) : error);
    process.exitCode = 1;
  } finally {
    await cleanUp.run();
  }
}

/** Tells a person what is happening; figures alone go to stdout. */
export const say = (sentence: string): void => console.error(sentence);

async function startStage(
  options: StageOptions,
  cleanUp: CleanUp,
): Promise<{ stage: Stage; lost: Promise<Trouble> }> {
  say("Starting PostgreSQL, Temporal, the simulated QuickBooks and the api");
  const services = await startServices({ onProgress: say });
  await cleanUp.add(() => services.stop());
  const processes = new Processes(services.dataDir);
  await cleanUp.add(() => processes.stop());
  const quickbooks = await startQuickBooks(processes, options.simulator ?? {});
  const settings: Record<string, string> = {
    ...settingsOf({ services, simulator: quickbooks.url, port: await freePort() }),
    LOG_LEVEL: "warn",
    ...options.settings,
  };
  await processes.run("worker/migrate.ts", settings);
  await processes.start("api/main.ts", settings);
  const api = settings["PUBLIC_URL"] ?? "";
  await untilReady(api);
  const token = await mintToken(settings);
  const stage: Stage = {
    databaseUrl: services.databaseUrl,
    temporalAddress: services.temporalAddress,
    quickbooks,
    client: createClient(`${api}/graphql`, token, new AbortController().signal),
    async worker(env = {}) {
      const worker = await startNode("worker/main.ts", {
        env: { ...settings, LOG_LEVEL: "info", ...env },
      });
      await cleanUp.add(async () => void (await worker.stop()));
      const runs = (line: string): true | undefined => line.includes("worker runs") || undefined;
      await worker.line(runs, WORKER_STARTS_WITHIN_MS);
      return worker;
    },
  };
  const lost = services.lost.then((sentence) => new Trouble(sentence));
  return { stage, lost: Promise.race([processes.loss, lost]) };
}

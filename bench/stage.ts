import { setMaxListeners } from "node:events";
import { cpus, loadavg } from "node:os";

import { CleanUp } from "../dev/demo/clean-up.ts";
import { createClient, type GraphQLClient } from "../dev/demo/graphql-client.ts";
import { mintToken, Processes, settingsOf, untilReady } from "../dev/demo/processes.ts";
import { freePort } from "../dev/embedded/ports.ts";
import { startServices } from "../dev/embedded/start.ts";
import { sentenceOf, Trouble } from "../dev/embedded/trouble.ts";
import { startNode, type NodeProcess } from "../dev/node-process.ts";
import { rounded } from "./figures.ts";
import { startQuickBooks, type QuickBooks } from "./quickbooks.ts";

const WORKER_STARTS_WITHIN_MS = 30_000;

export interface StageOptions {
  /** Throws a Trouble where something is missing that the benchmark needs. */
  check?: () => void;
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
  /** Ids of the processes that every run has, by name. */
  pids: Record<string, number>;
  client: GraphQLClient;
  /** Where Intuit's webhooks go, and the verifier token that they are signed with. */
  webhooks: { url: string; token: string };
  /** Starts a worker of its own process; `env` is added to its settings. */
  worker(env?: Record<string, string>): Promise<Worker>;
}

export type Worker = Pick<NodeProcess, "pid" | "kill"> & { stop(): Promise<void> };

/**
 * Starts every part in a temporary folder, runs a benchmark on it, prints what it answers as one
 * line of JSON and ends everything. What happens meanwhile is told on stderr.
 */
export async function benchmark(
  options: StageOptions,
  work: (stage: Stage) => Promise<object>,
): Promise<void> {
  const cleanUp = new CleanUp();
  const machine = machineNow();
  try {
    options.check?.();
    const { stage, lost } = await startStage(options, cleanUp);
    const figures = await Promise.race([
      work(stage),
      lost.then((trouble) => Promise.reject(trouble)),
    ]);
    console.log(JSON.stringify({ ...figures, machine }));
  } catch (error) {
    console.error(error instanceof Trouble ? sentenceOf(error) : error);
    process.exitCode = 1;
  } finally {
    await cleanUp.run();
  }
}

/** Where and when it runs, and how busy it was before: figures of a busy machine compare within one run at most. */
function machineNow(): object {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    loadBefore: rounded(loadavg()[0] ?? 0, 1),
  };
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
  const started = await processes.start("api/main.ts", settings);
  const { postgres, temporal } = services.pids;
  const api = settings["PUBLIC_URL"] ?? "";
  await untilReady(api);
  const token = await mintToken(settings);
  let tellLoss: (trouble: Trouble) => void = () => undefined;
  const workerLost = new Promise<Trouble>((settle) => {
    tellLoss = settle;
  });
  const { signal } = new AbortController();
  // Every request listens to it.
  setMaxListeners(0, signal);
  const stage: Stage = {
    databaseUrl: services.databaseUrl,
    temporalAddress: services.temporalAddress,
    quickbooks,
    pids: { postgres, temporal: temporal ?? 0, simulator: quickbooks.pid, api: started.pid },
    client: createClient(`${api}/graphql`, token, signal),
    webhooks: { url: `${api}/webhooks/intuit`, token: settings["INTUIT_WEBHOOK_TOKEN"] ?? "" },
    async worker(env = {}) {
      const worker = await startWorker({ ...settings, LOG_LEVEL: "info", ...env }, tellLoss);
      await cleanUp.add(() => worker.stop());
      return worker;
    },
  };
  const servicesLost = services.lost.then((sentence) => new Trouble(sentence));
  return { stage, lost: Promise.race([processes.loss, servicesLost, workerLost]) };
}

async function startWorker(
  env: Record<string, string>,
  tellLoss: (trouble: Trouble) => void,
): Promise<Worker> {
  const worker = await startNode("worker/main.ts", { env });
  let asked = false;
  void worker.ended.then(() => {
    if (!asked) tellLoss(new Trouble(`The worker ended. It said:\n${worker.output()}`));
  });
  const runs = (line: string): true | undefined => line.includes("worker runs") || undefined;
  await worker.line(runs, WORKER_STARTS_WITHIN_MS);
  return {
    pid: worker.pid,
    kill: (signal) => worker.kill(signal),
    async stop() {
      asked = true;
      await worker.stop();
    },
  };
}

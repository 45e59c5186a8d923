import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { isLock, readHolder, takeLock } from "../embedded/lock-file.ts";
import { freePort, until } from "../embedded/ports.ts";
import { startServices } from "../embedded/start.ts";
import { Trouble } from "../embedded/trouble.ts";
import type { CleanUp } from "./clean-up.ts";
import { createClient, type GraphQLClient } from "./graphql-client.ts";
import {
  booksOf,
  compareCounts,
  confirmCompany,
  connectOnline,
  createCompany,
  followBatch,
  startInitialSync,
} from "./journey.ts";
import { mintToken, Processes, settingsOf, startSimulator, untilReady } from "./processes.ts";
import { number, seconds } from "./render.ts";
import type { View } from "./view.ts";

/** In the folder of the command, which is the repository for `npm run demo`. */
const HOME = resolve(".evenbooks");
const FOLDER = join(HOME, "demo");
const STATE_FILE = join(HOME, "demo.json");
const LOSS_KNOWN_WITHIN_MS = 1_000;
const LEFTOVER_ENDS_WITHIN_MS = 30_000;

const GRAPHQL_PORT = 4000;
const TEMPORAL_UI_PORT = 8233;

export interface DemoOptions {
  records: number;
  signal: AbortSignal;
  show: (view: View) => void;
}

/** A running demo: whether every record arrived, what ends it, and what may end it against our will. */
export interface Demo {
  isComplete: boolean;
  loss: Promise<Trouble>;
}

/**
 * Starts every part, goes a person's way through one company's initial sync, and answers when it has
 * ended. What must be undone is put into `cleanUp` as it comes up, also when this throws.
 */
export async function runDemo(options: DemoOptions, cleanUp: CleanUp): Promise<Demo> {
  const view: View = { addresses: [], counts: [], hint: "Ctrl-C ends everything." };
  const show = (change: Partial<View>): void => options.show(Object.assign(view, change));

  await takeFolder(cleanUp);
  const { loss, simulator, settings } = await startParts(options, cleanUp, (sentence) =>
    show({ wait: sentence }),
  );
  const journey = async (): Promise<boolean> => {
    const api = settings["PUBLIC_URL"] ?? "";
    await untilReady(api);
    const token = await mintToken(settings);
    const client = createClient(`${api}/graphql`, token, options.signal);
    show({
      wait: "Connecting a company",
      addresses: [
        ["GraphQL", `${api}/graphql`],
        ["Temporal's UI", settings["TEMPORAL_UI_URL"] ?? ""],
        ["Token, logs", `${shown(STATE_FILE)}, ${shown(FOLDER)}/*.log`],
      ],
    });
    const started = await connectAndStart(client, view, show);
    await remember({ ...started, token, settings, simulator: simulator.simulator }, cleanUp);
    return await follow(client, { ...started, simulator: simulator.simulator }, show);
  };
  const lost = loss.then((trouble) => Promise.reject(trouble));
  try {
    return { isComplete: await Promise.race([journey(), lost]), loss };
  } catch (error) {
    // A lost process is the cause behind a lost connection, and may be known a moment later.
    throw (await Promise.race([loss, wait(LOSS_KNOWN_WITHIN_MS)])) ?? error;
  } finally {
    lost.catch(() => undefined);
  }
}

/** One demo at a time works in the folder, and each begins anew. */
async function takeFolder(cleanUp: CleanUp): Promise<void> {
  await mkdir(HOME, { recursive: true });
  const lock = await takeLock(join(HOME, "demo.lock"));
  if (!isLock(lock)) {
    throw new Trouble(
      `A demo is running here already (process ${lock.pid}; its addresses are in ${shown(STATE_FILE)}). End it with Ctrl-C first.`,
    );
  }
  await cleanUp.add(() => lock.release());
  const leftover = join(FOLDER, "running.json");
  const isGone = async (): Promise<boolean> => (await readHolder(leftover)) === undefined;
  if (!(await until(isGone, LEFTOVER_ENDS_WITHIN_MS))) {
    throw new Trouble(
      `The servers of an earlier demo still run (see ${shown(leftover)}). End them first.`,
    );
  }
  await rm(FOLDER, { recursive: true, force: true });
  await rm(STATE_FILE, { force: true });
  await mkdir(FOLDER, { recursive: true });
}

const shown = (path: string): string => relative(process.cwd(), path);

interface Parts {
  loss: Promise<Trouble>;
  simulator: Awaited<ReturnType<typeof startSimulator>>;
  settings: Record<string, string>;
}

async function startParts(
  { records, signal }: DemoOptions,
  cleanUp: CleanUp,
  say: (sentence: string) => void,
): Promise<Parts> {
  say("Starting PostgreSQL and Temporal");
  const services = await startServices({
    dataDir: FOLDER,
    temporalUiPort: TEMPORAL_UI_PORT,
    onProgress: say,
    signal,
  });
  await cleanUp.add(() => services.stop());
  const processes = new Processes(FOLDER);
  await cleanUp.add(() => processes.stop());
  say(`Making a QuickBooks company of ${number(records)} records`);
  const simulator = await startSimulator(processes, records);
  const settings = settingsOf({
    services,
    simulator: simulator.simulator,
    port: await freePort(GRAPHQL_PORT),
  });
  say("Preparing the database");
  await processes.run("worker/migrate.ts", settings);
  say("Starting the api and the worker");
  await processes.start("api/main.ts", settings);
  await processes.start("worker/main.ts", settings);
  const servicesLost = services.lost.then((sentence) => new Trouble(sentence));
  return { loss: Promise.race([processes.loss, servicesLost]), simulator, settings };
}

interface Started {
  companyId: string;
  batchId: string;
  workflowUrl: string;
}

async function connectAndStart(
  client: GraphQLClient,
  view: View,
  show: (change: Partial<View>) => void,
): Promise<Started> {
  const name = "Demo company";
  const companyId = await createCompany(client, name);
  await connectOnline(client, companyId);
  const books = await booksOf(client, companyId);
  await confirmCompany(client, companyId);
  const { id, workflowUrl } = await startInitialSync(client, companyId);
  delete view.wait;
  show({ company: { name, books } });
  return { companyId, batchId: id, workflowUrl };
}

/** For whoever wants to look around meanwhile; readable by its owner alone. */
async function remember(
  known: Started & { token: string; simulator: string; settings: Record<string, string> },
  cleanUp: CleanUp,
): Promise<void> {
  const { settings, token, simulator, companyId, batchId, workflowUrl } = known;
  const content = {
    graphqlUrl: `${settings["PUBLIC_URL"]}/graphql`,
    token,
    temporalUiUrl: settings["TEMPORAL_UI_URL"],
    temporalAddress: settings["TEMPORAL_ADDRESS"],
    databaseUrl: settings["DATABASE_URL"],
    simulatorUrl: simulator,
    companies: [{ id: companyId, edition: "ONLINE", batchId, workflowUrl }],
  };
  await cleanUp.add(() => rm(STATE_FILE, { force: true }));
  await writeFile(STATE_FILE, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

async function follow(
  client: GraphQLClient,
  { companyId, batchId, simulator }: Started & { simulator: string },
  show: (change: Partial<View>) => void,
): Promise<boolean> {
  const began = Date.now();
  const passed = (): number => (Date.now() - began) / 1_000;
  let isWorkable = false;
  for await (const batch of followBatch(client, batchId)) {
    if (batch.company.workable && !isWorkable) {
      isWorkable = true;
      show({ workableAfter: passed() });
    }
    show({ batch });
    const { status, failure } = batch;
    if (status === "FAILED" || status === "CANCELLED") {
      const why = failure === null ? "" : `: ${failure.message} ${failure.nextStep}`;
      show({ ending: { isGood: false, sentence: `The sync ${status.toLowerCase()}${why}` } });
      return false;
    }
  }
  const counts = await compareCounts(client, companyId, simulator);
  const differing = counts.filter(({ ours, theirs }) => ours !== theirs);
  const total = counts.reduce((sum, { ours }) => sum + ours, 0);
  const isGood = differing.length === 0 && total > 0;
  const sentence = isGood
    ? `Done after ${seconds(passed())}: all ${number(total)} records arrived, and every kind agrees with QuickBooks.`
    : `Done, but not every record arrived: ${differing.map(({ kind, ours, theirs }) => `${kind} ${ours} here, ${theirs} in QuickBooks`).join("; ")}.`;
  show({
    counts,
    ending: { isGood, sentence },
    hint: "Everything keeps running: look around. Ctrl-C ends it.",
  });
  return isGood;
}

/** `npm run services`: PostgreSQL and Temporal alone, with the lines for `.env`, until Ctrl-C. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { z } from "zod";

import type { RunningServices } from "./embedded/messages.ts";
import { freePort } from "./embedded/ports.ts";
import { startServices } from "./embedded/start.ts";
import { sentenceOf } from "./embedded/trouble.ts";
import { showProgress } from "./progress-line.ts";
import { untilAskedToEnd } from "./until-asked.ts";

/** In the folder of the command, which is the repository for `npm run services`. */
const FOLDER = resolve(".evenbooks", "services");

/** What stays the same from one run to the next: the ports as far as they are free, and the key of the kept data. */
const Kept = z.object({
  postgresPort: z.int(),
  temporalPort: z.int(),
  temporalUiPort: z.int(),
  encryptionKey: z.string(),
});

const API_PORT = 4000;
const KEPT_FILE = join(FOLDER, "kept.json");

try {
  await run();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const asked = untilAskedToEnd();
  await mkdir(FOLDER, { recursive: true });
  const kept = await readKept();
  const progress = showProgress(process.stderr);
  const giveUp = new AbortController();
  void asked.then(() => giveUp.abort());
  const services = await startServices({
    dataDir: FOLDER,
    postgresPort: kept.postgresPort,
    temporalPort: kept.temporalPort,
    temporalUiPort: kept.temporalUiPort,
    onProgress: progress.show,
    signal: giveUp.signal,
  }).catch((error: unknown) => {
    if (!giveUp.signal.aborted) throw error;
  });
  progress.end();
  if (services === undefined) return;

  await keep({ ...kept, ...portsOf(services) });
  const apiPort = await freePort(API_PORT);
  console.log(`# PostgreSQL and Temporal run until Ctrl-C; their data stays in ${FOLDER}
# Copy these lines into .env:
DATABASE_URL=${services.databaseUrl}
TEMPORAL_ADDRESS=${services.temporalAddress}
TEMPORAL_NAMESPACE=default
TEMPORAL_UI_URL=${services.temporalUiUrl}
ENCRYPTION_KEY=${kept.encryptionKey}
PORT=${apiPort}
PUBLIC_URL=http://localhost:${apiPort}
# and, from your Intuit app, INTUIT_CLIENT_ID= and INTUIT_CLIENT_SECRET=
# (its redirect address is http://localhost:${apiPort}/oauth/callback).
# Then, in another terminal: npm run migrate, npm start, npm run token -- --role ADMIN`);

  const lost = await Promise.race([services.lost, asked.then(() => undefined)]);
  await services.stop();
  if (lost === undefined) return;
  console.error(lost);
  process.exitCode = 1;
}

async function readKept(): Promise<z.infer<typeof Kept>> {
  const text = await readFile(KEPT_FILE, "utf8").catch(() => undefined);
  if (text !== undefined) return Kept.parse(JSON.parse(text));
  const fresh = {
    postgresPort: 54_329,
    temporalPort: 7233,
    temporalUiPort: 8233,
    encryptionKey: randomBytes(32).toString("base64"),
  };
  await keep(fresh);
  return fresh;
}

function keep(kept: z.infer<typeof Kept>): Promise<void> {
  return writeFile(KEPT_FILE, JSON.stringify(kept, null, 2), { mode: 0o600 });
}

function portsOf(services: RunningServices): Omit<z.infer<typeof Kept>, "encryptionKey"> {
  const portOf = (address: string): number => Number(new URL(address).port);
  return {
    postgresPort: portOf(services.databaseUrl),
    temporalPort: portOf(`http://${services.temporalAddress}`),
    temporalUiPort: portOf(services.temporalUiUrl),
  };
}

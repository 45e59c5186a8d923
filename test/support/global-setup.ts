import { Client, Connection } from "@temporalio/client";
import type { TestProject } from "vitest/node";

import { startServices, type Services } from "../../dev/embedded/start.ts";
import { registerSearchAttributes } from "../../worker/search-attributes.ts";

declare module "vitest" {
  interface ProvidedContext {
    databaseUrl: string;
    temporalAddress: string;
    temporalUiUrl: string;
    servicesFolder: string;
  }
}

const TELL_EVERY_MS = 15_000;

let services: Services | undefined;

/** Starts PostgreSQL and Temporal once for the whole run, in a temporary folder. */
export async function setup(project: TestProject): Promise<void> {
  let told = 0;
  services = await startServices({
    onProgress(sentence) {
      if (Date.now() - told < TELL_EVERY_MS) return;
      told = Date.now();
      console.log(sentence);
    },
  });
  await prepareTemporal(services.temporalAddress);
  project.provide("databaseUrl", services.databaseUrl);
  project.provide("temporalAddress", services.temporalAddress);
  project.provide("temporalUiUrl", services.temporalUiUrl);
  project.provide("servicesFolder", services.dataDir);
}

async function prepareTemporal(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await registerSearchAttributes(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Ends both and removes their folder. */
export async function teardown(): Promise<void> {
  await services?.stop();
}

import { freePort } from "../embedded/ports.ts";
import { startServices } from "../embedded/start.ts";
import { Trouble } from "../embedded/trouble.ts";
import type { CleanUp } from "./clean-up.ts";
import type { Customer } from "./customer.ts";
import { desktopCustomer } from "./desktop-customer.ts";
import { openDoors } from "./doors.ts";
import { FOLDER } from "./folder.ts";
import { onlineCustomer } from "./online-customer.ts";
import { Processes, settingsOf, startSimulator, type DemoSettings } from "./processes.ts";
import { number } from "./words.ts";

const GRAPHQL_PORT = 4000;
const TEMPORAL_UI_PORT = 8233;

/** Everything that runs on this machine. */
export interface Parts {
  /** Settles when one of them ends without being asked. */
  loss: Promise<Trouble>;
  /** Where the simulator answers. */
  simulator: string;
  customers: Customer[];
  settings: DemoSettings;
}

/** Starts every part. What must be undone is put into `cleanUp` as it comes up, also when this throws. */
export async function startParts(
  { records, signal }: { records: number; signal: AbortSignal },
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
  say(`Making two QuickBooks companies of ${number(records)} records each`);
  const { simulator, realms } = await startSimulator(processes, records);
  const settings = settingsOf({ services, simulator, port: await freePort(GRAPHQL_PORT) });
  const doors = openDoors(simulator, signal);
  const webhooks = {
    url: `${settings.PUBLIC_URL}/webhooks/intuit`,
    token: settings.INTUIT_WEBHOOK_TOKEN,
  };
  const customers = [
    onlineCustomer(doors, realms[0].realmId, webhooks),
    await desktopCustomer(doors, records),
  ];
  say("Preparing the database");
  await processes.run("worker/migrate.ts", settings);
  say("Starting the api and the worker");
  await processes.start("api/main.ts", settings);
  await processes.start("worker/main.ts", settings);
  const servicesLost = services.lost.then((sentence) => new Trouble(sentence));
  return { loss: Promise.race([processes.loss, servicesLost]), simulator, customers, settings };
}

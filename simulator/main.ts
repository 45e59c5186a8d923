import { parseArgs } from "node:util";
import { z } from "zod";
import { createDesktop } from "./desktop/desktop.ts";
import { RealmOrder, planOf } from "./online/plan.ts";
import { createSimulatorServer } from "./online/server.ts";
import { SETTINGS_DEFAULT, Settings } from "./online/settings.ts";
import { addRealm, createSimulator, nowOf } from "./online/simulator.ts";
import { Trouble } from "./online/troubles.ts";

const USAGE = `npm run simulator -- [flags]
  --port 4100                  0 takes a free one
  --records 10000              size of the company (0, or 100 to 1,000,000)
  --seed 1                     the same seed makes the same books
  --realm 9130000000000001     its id
  --company-name TEXT
  --spread years|hour          how LastUpdatedTime is spread: five years, or one hour yesterday
  --without KIND               a kind that the subscription lacks; repeatable
  --currency USD  --country US
  --anchor TIME                generated times end an hour before it (midnight UTC of today)
  --requests-per-minute 500    0 switches it off
  --requests-per-second 10     0 switches it off
  --latency-ms 0
  --fault JSON                 as POST /_simulator/faults takes it; repeatable
  --exit-with-parent           ends when stdin is closed
  --log                        a line for every request on stderr`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4100" },
    records: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    realm: { type: "string" },
    "company-name": { type: "string" },
    spread: { type: "string", default: "years" },
    without: { type: "string", multiple: true, default: [] },
    currency: { type: "string", default: "USD" },
    country: { type: "string", default: "US" },
    anchor: { type: "string" },
    "requests-per-minute": { type: "string", default: "500" },
    "requests-per-second": { type: "string", default: "10" },
    "latency-ms": { type: "string", default: "0" },
    fault: { type: "string", multiple: true, default: [] },
    "exit-with-parent": { type: "boolean", default: false },
    log: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** A value from the command line, or an end with a sentence about what is wrong with it. */
function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  process.stderr.write(`${z.prettifyError(error)}\n\n${USAGE}\n`);
  return process.exit(2);
}

if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

const port = checked(z.int().min(0).max(65_535), Number(values.port));
const settings = checked(Settings, {
  ...SETTINGS_DEFAULT,
  requestsPerMinute: Number(values["requests-per-minute"]),
  requestsPerSecond: Number(values["requests-per-second"]),
  latencyMs: Number(values["latency-ms"]),
});
const order = checked(RealmOrder, {
  realmId: values.realm,
  companyName: values["company-name"],
  records: Number(values.records),
  seed: Number(values.seed),
  spread: values.spread,
  without: values.without,
  currency: values.currency,
  country: values.country,
  anchor: values.anchor,
});

const simulator = createSimulator(settings, (line) => {
  if (values.log) process.stderr.write(`${line}\n`);
});
addRealm(simulator, planOf(order, new Set(), nowOf(simulator)));
for (const text of values.fault) {
  const trouble = checked(z.string().transform(parsedJson).pipe(Trouble), text);
  simulator.troubles.add(trouble);
}

/** JSON of a flag; a text that is none fails the schema behind it. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const stop = (): void => process.exit(0);
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
if (values["exit-with-parent"]) process.stdin.on("end", stop).on("close", stop).resume();

const server = createSimulatorServer(simulator, createDesktop());
server.on("error", (error) => {
  process.stderr.write(`the simulator cannot listen on port ${port}: ${error.message}\n`);
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  const ready = {
    simulator: `http://127.0.0.1:${taken}`,
    realms: [...simulator.realms.values()].map(({ books }) => ({
      realmId: books.plan.realmId,
      companyName: books.plan.companyName,
      records: books.plan.records,
    })),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});

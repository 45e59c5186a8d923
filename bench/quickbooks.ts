import { z } from "zod";

import type { Processes } from "../dev/demo/processes.ts";

const START_TIMEOUT_MS = 60_000;

const Query = z.object({ at: z.string(), query: z.string(), status: z.int(), rows: z.int() });

/** One question that the simulator was asked: when it came (RFC 3339), and how it was answered. */
export type AskedQuery = z.infer<typeof Query>;

const Calls = z.object({
  total: z.int(),
  metered: z.int(),
  rowsServed: z.int(),
  perStatus: z.record(z.string(), z.int()),
  perSecondMax: z.int(),
  perMinuteMax: z.int(),
  queries: z.array(Query),
});

export type Calls = z.infer<typeof Calls>;

export interface CompanyOrder {
  records: number;
  spread?: "years" | "hour";
  /** Intuit's names of kinds that the subscription lacks. */
  without?: readonly string[];
}

/** The simulated QuickBooks as a benchmark drives and asks it. */
export interface QuickBooks {
  url: string;
  pid: number;
  /** Makes a company and answers its realm. */
  company(order: CompanyOrder): Promise<string>;
  calls(realmId: string): Promise<Calls>;
  /** What people do in QuickBooks, at once; answers the ids of the rows it was about. */
  change(realmId: string, changes: readonly object[]): Promise<string[]>;
  /** From now on Intuit's webhooks tell of what changes in a company. */
  tellOf(realmId: string, door: { url: string; token: string }): Promise<void>;
  /** How many records a company holds, by Intuit's names. */
  counts(realmId: string): Promise<Map<string, number>>;
  /** An access token for a company, without a browser. */
  accessToken(realmId: string): Promise<string>;
}

const Ready = z.object({ simulator: z.string() });
const State = z.object({
  realms: z.array(z.object({ realmId: z.string(), counts: z.record(z.string(), z.int()) })),
});

/** Starts a simulator without companies in a process of its own; limits are off unless `flags` set them. */
export async function startQuickBooks(
  processes: Processes,
  flags: Record<string, string>,
): Promise<QuickBooks> {
  const all = {
    port: "0",
    records: "0",
    "requests-per-minute": "0",
    "requests-per-second": "0",
    ...flags,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = await processes.start("simulator/main.ts", {}, args);
  const { simulator: url } = await child.line(
    (line) => (line.startsWith("{") ? Ready.parse(JSON.parse(line)) : undefined),
    START_TIMEOUT_MS,
  );
  const ask = async <T>(shape: z.ZodType<T>, door: string, order?: object): Promise<T> => {
    const post = { method: "POST", body: JSON.stringify(order) };
    const answer = await fetch(`${url}/_simulator/${door}`, order === undefined ? {} : post);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${door}: ${answer.status} ${text}`);
    return shape.parse(JSON.parse(text));
  };
  return {
    url,
    pid: child.pid,
    async company(order) {
      return (await ask(z.object({ realmId: z.string() }), "realms", order)).realmId;
    },
    calls: (realmId) => ask(Calls, `calls?realm=${realmId}`),
    async change(realmId, changes) {
      const shape = z.object({ ids: z.array(z.string()) });
      return (await ask(shape, "changes", { realm: realmId, changes })).ids;
    },
    async tellOf(realmId, door) {
      await ask(z.unknown(), "webhooks", { realm: realmId, ...door });
    },
    async counts(realmId) {
      const { realms } = await ask(State, "state");
      return new Map(
        Object.entries(realms.find((realm) => realm.realmId === realmId)?.counts ?? {}),
      );
    },
    async accessToken(realmId) {
      const shape = z.object({ accessToken: z.string() });
      return (await ask(shape, "tokens", { issue: realmId })).accessToken;
    },
  };
}

/** Did this question ask for records, not for a count? */
export const isPage = ({ query }: AskedQuery): boolean => query.startsWith("SELECT * ");

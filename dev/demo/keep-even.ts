import { setTimeout as wait } from "node:timers/promises";

import type { Customer } from "./customer.ts";
import type { GraphQLClient } from "./graphql-client.ts";
import { newestRuns, type Run } from "./syncing.ts";
import type { RunView } from "./view.ts";
import { number } from "./words.ts";

const WORK_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

export interface Kept {
  client: GraphQLClient;
  customer: Customer;
  companyId: string;
  signal: AbortSignal;
}

/** People go on to work in QuickBooks. Never resolves; rejects when something does not answer any more, or at the signal. */
export async function goOnWorking({ client, customer, companyId, signal }: Kept): Promise<never> {
  for (;;) {
    await wait(WORK_EVERY_MS, undefined, { signal });
    await customer.work(client, companyId);
  }
}

const IS_SYNC = new Set(["AUTOSYNC", "MANUAL"]);

/** Each new state of the syncs after the first one, newest first. Never resolves, as above. */
export async function showRuns(
  { client, companyId, signal }: Kept,
  show: (runs: RunView[]) => void,
): Promise<never> {
  for (;;) {
    const runs = await newestRuns(client, companyId);
    show(runs.filter(({ kind }) => IS_SYNC.has(kind)).map(runView));
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

const BY: Readonly<Record<string, string>> = {
  WEBHOOK: "by Intuit's webhook",
  SCHEDULE: "by its schedule",
  USER: "asked for",
  RETRY: "tried again",
};

export const runView = (run: Run): RunView => ({
  at: run.startedAt ?? run.queuedAt,
  by: BY[run.trigger] ?? `by ${run.trigger.toLowerCase()}`,
  outcome: outcomeOf(run),
  hasEnded: run.finishedAt !== null,
});

function outcomeOf(run: Run): string {
  const { status, waitingFor, startedAt, finishedAt, failure } = run;
  if (waitingFor !== null) return `waits: ${waitingFor}`;
  if (failure !== null) return `failed: ${failure.message}`;
  if (status !== "SUCCEEDED" || startedAt === null || finishedAt === null) {
    return status.toLowerCase();
  }
  const lasted = ((finishedAt.getTime() - startedAt.getTime()) / 1_000).toFixed(1);
  return `${records(run.created + run.updated + run.deleted)}, ${lasted} s`;
}

const records = (count: number): string =>
  count === 1 ? "1 record" : count === 0 ? "nothing new" : `${number(count)} records`;

import { setTimeout as wait } from "node:timers/promises";

import type { Client } from "pg";

import { Trouble } from "../dev/embedded/trouble.ts";
import { arrival, percentilesOf, withDatabase, type Company } from "./arrivals.ts";
import { A_WEEK_MIN, expectAll, keepEven } from "./runs.ts";
import type { Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";

/** Their size does not matter to single changes. */
const QUIET_RECORDS = 2_000;
/** A company that was quiet for so long is hurried without waiting for others of its notices. */
const REST_MS = 3_000;

/**
 * From an edit in QuickBooks to our row by Intuit's webhook alone: edits far apart and close together;
 * and the metered calls of a second company of which no webhook came meanwhile.
 */
export async function byWebhook(stage: Stage, changes: number): Promise<object> {
  const told = await hurriedCompany(stage);
  const idle = await hurriedCompany(stage);
  const before = await meteredOf(stage, idle);
  const arrivals = await withDatabase(stage, async (client) => ({
    alone: await arrivalsOf(stage, client, { company: told, changes, restMs: REST_MS }),
    oneAfterAnother: await arrivalsOf(stage, client, { company: told, changes, restMs: 0 }),
  }));
  const idleMeteredCalls = (await meteredOf(stage, idle)) - before;
  if (idleMeteredCalls !== 0) {
    throw new Trouble(`A company without webhooks cost ${idleMeteredCalls} metered calls, not 0.`);
  }
  await expectAll(stage, told.companyId, told.realmId);
  return { changes, ...arrivals, idleMeteredCalls };
}

/** A synced company that Intuit sends webhooks for, and that no Schedule syncs meanwhile. */
async function hurriedCompany(stage: Stage): Promise<Company> {
  const { quickbooks, webhooks } = stage;
  const realmId = await quickbooks.company({ records: QUIET_RECORDS });
  const { companyId } = await runInitialSync(stage, realmId);
  await keepEven(stage, companyId, A_WEEK_MIN);
  await quickbooks.tellOf(realmId, webhooks);
  return { companyId, realmId };
}

async function arrivalsOf(
  stage: Stage,
  client: Client,
  { company, changes, restMs }: { company: Company; changes: number; restMs: number },
): Promise<object> {
  const before = await meteredOf(stage, company);
  const ms: number[] = [];
  for (let n = 0; n < changes; n++) {
    await wait(restMs);
    ms.push(await arrival(stage, client, company));
  }
  return { ...percentilesOf(ms), meteredCalls: (await meteredOf(stage, company)) - before };
}

const meteredOf = async ({ quickbooks }: Stage, { realmId }: Company): Promise<number> =>
  (await quickbooks.calls(realmId)).metered;

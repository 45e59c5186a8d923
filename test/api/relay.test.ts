import { Client, Connection } from "@temporalio/client";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startFeed, type Feed } from "../../api/progress/feed.ts";
import { startRelay, type Relay } from "../../api/relay.ts";
import { enqueueBatch } from "../../db/batches.ts";
import { confirmCompany, createCompany } from "../../db/companies.ts";
import { claimNextBatch } from "../../db/leases.ts";
import { inCompany } from "../../db/transactions.ts";
import { addWake } from "../../db/wakes.ts";
import { batchWorkflowId, coordinatorId, TASK_QUEUE } from "../../workflows/contract.ts";
import { eventually, withStage } from "../support/sync.ts";
import { NOBODY } from "./support.ts";

const stage = withStage();
const log = pino({ level: "silent" });

let feed: Feed;
const relays: Relay[] = [];
/** As in an api process of its own. */
const aRelay = (temporal: Client): Relay => {
  const relay = startRelay({ pool: stage.pool, feed, log, temporal });
  relays.push(relay);
  return relay;
};

beforeAll(() => {
  feed = startFeed(stage.databaseUrl, log);
});
afterAll(async () => {
  for (const relay of relays) await relay.close();
  await feed.close();
});

async function aCompany(isConfirmed: boolean): Promise<string> {
  const { id } = await createCompany(stage.pool, { name: "Larry's", edition: "desktop" });
  if (isConfirmed) await confirmCompany(stage.pool, id);
  return id;
}

const came = (companyId: string): Promise<void> =>
  inCompany(stage.pool, companyId, (tx) => addWake(tx, companyId));

const waiting = async (companyId: string): Promise<number> =>
  (await stage.pool.query("select from wakes where company_id = $1", [companyId])).rowCount ?? 0;

/** Which signals a workflow was sent, by name. */
async function signalsOf(workflowId: string): Promise<string[]> {
  const { events } = await stage.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
  );
}

describe("a PC that came", () => {
  test("starts first contact where nobody has confirmed its file, at once", async () => {
    aRelay(stage.client);
    const companyId = await aCompany(false);
    const began = performance.now();
    await came(companyId);
    await eventually(async () => expect(await waiting(companyId)).toBe(0));
    expect(performance.now() - began).toBeLessThan(3_000);
    const meeting = await stage.client.workflow.getHandle(`meeting:${companyId}`).describe();
    expect(meeting.type).toBe("meetCompany");
    expect(await signalsOf(`meeting:${companyId}`)).toEqual(["connectorCame"]);
    await came(companyId);
    await eventually(async () =>
      expect(await signalsOf(`meeting:${companyId}`)).toEqual(["connectorCame", "connectorCame"]),
    );
  });

  test("wakes the coordinator and the running batch of a confirmed one", async () => {
    const companyId = await aCompany(true);
    const batch = { companyId, startedBy: "test", label: "test", historyFrom: null };
    await enqueueBatch(stage.pool, { ...batch, kind: "initial", trigger: "user" });
    const { batchId = "" } = (await claimNextBatch(stage.pool, companyId)) ?? {};
    const workflowId = batchWorkflowId(batchId);
    await stage.client.workflow.start("initialSync", { workflowId, taskQueue: TASK_QUEUE });
    await came(companyId);
    await eventually(async () => expect(await signalsOf(workflowId)).toEqual(["connectorCame"]));
    expect(await signalsOf(coordinatorId(companyId))).toEqual(["nudge"]);
    await eventually(async () => expect(await waiting(companyId)).toBe(0));
  });

  test("does not mind a batch whose workflow is not there", async () => {
    const companyId = await aCompany(true);
    const batch = { companyId, startedBy: "test", label: "test", historyFrom: null };
    await enqueueBatch(stage.pool, { ...batch, kind: "initial", trigger: "user" });
    await claimNextBatch(stage.pool, companyId);
    await came(companyId);
    await eventually(async () => expect(await waiting(companyId)).toBe(0));
    expect(await signalsOf(coordinatorId(companyId))).toEqual(["nudge"]);
  });

  test("is told by one of two relays, and what was said while Temporal was away is told later", async () => {
    for (const relay of relays.splice(0)) await relay.close();
    const connection = Connection.lazy({ address: NOBODY });
    const away = aRelay(new Client({ connection, namespace: stage.namespace }));
    const companies = await Promise.all(Array.from({ length: 20 }, () => aCompany(false)));
    await Promise.all(companies.map(came));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const left = await Promise.all(companies.map(waiting));
    expect(left.every((count) => count === 1)).toBe(true);
    await away.close();
    await connection.close();
    aRelay(stage.client);
    aRelay(stage.client);
    await eventually(async () => {
      const counts = await Promise.all(companies.map(waiting));
      expect(counts.every((count) => count === 0)).toBe(true);
    });
    for (const companyId of companies) {
      expect(await signalsOf(`meeting:${companyId}`)).toEqual(["connectorCame"]);
    }
  });
});

import { ScheduleNotFoundError } from "@temporalio/client";
import { pino } from "pino";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { alignComparisons } from "../../activities/align-comparisons.ts";
import { queueDueComparisons } from "../../activities/queue-comparisons.ts";
import { mintToken } from "../../db/api-tokens.ts";
import { listBatches, type Batch } from "../../db/batches.ts";
import { createCompany } from "../../db/companies.ts";
import { verifyScheduleId } from "../../workflows/contract.ts";
import { prepareRun, startRun, untilOver } from "../support/crashes.ts";
import { reconcileNow, resultOf, startLike } from "../support/operators.ts";
import { withProcesses } from "../support/services.ts";
import { eventually, isOver, untilBatch, withStage } from "../support/sync.ts";

const DAY_MS = 86_400_000;
const COMPANY = { records: 300 };
const TIMEOUT_MS = 120_000;

const Reconciliation = z.object({
  batch: z.object({ id: z.string(), kind: z.string(), trigger: z.string() }),
  lines: z.array(z.object({ subject: z.string() })),
});
type Reconciliation = z.infer<typeof Reconciliation>;
const Answer = z.object({ data: z.object({ reconciliation: Reconciliation.nullable() }) });

describe("a comparison by itself", () => {
  const stage = withStage();
  const start = withProcesses();
  beforeAll(() => stage.worker(), 60_000);

  const syncedCompany = async (): Promise<{ companyId: string; realmId: string }> => {
    const run = await startRun(stage, await prepareRun(stage, COMPANY));
    expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded" });
    return run;
  };

  const comparisons = async (companyId: string): Promise<Batch[]> => {
    const batches = await listBatches(stage.pool, companyId, { first: 50, after: null });
    return batches.filter(({ kind }) => kind === "verify");
  };

  /** As if the sync had ended long ago. */
  const letTimePass = (companyId: string) =>
    stage.pool.query(
      "update companies set verify_wanted_at = verify_wanted_at - interval '1 hour' where id = $1",
      [companyId],
    );

  const scheduleOf = (companyId: string) =>
    stage.client.schedule.getHandle(verifyScheduleId(companyId));

  /** What the api answers to whoever looks. */
  const shownOf = async (companyId: string): Promise<Reconciliation | null> => {
    const api = await start("api/main.ts", { ...stage.env, PORT: "0" });
    const url = await api.line(
      (line) => /^Evenbooks API at (http:\S+)$/.exec(line)?.[1],
      TIMEOUT_MS,
    );
    const token = await mintToken(stage.pool, { name: "test", role: "viewer", companyIds: null });
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `{ reconciliation(companyId: "${companyId}") { batch { id kind trigger } lines { subject } } }`,
      }),
    });
    return Answer.parse(await answer.json()).data.reconciliation;
  };

  /** What the ticks of a Schedule have answered. */
  const said = async (handle: ReturnType<typeof scheduleOf>): Promise<unknown[]> => {
    const { recentActions } = (await handle.describe()).info;
    const runs = recentActions.map(({ action }) => action.workflow);
    return Promise.all(
      runs.map((run) => resultOf(stage.client, run.workflowId, run.firstExecutionRunId)),
    );
  };

  test(
    "comes a while after the first sync, once, and is there to be read; until then a company is idle",
    async () => {
      const { companyId, realmId } = await syncedCompany();
      const before = await stage.simulator.calls(realmId);
      await reconcileNow(stage);
      expect(await comparisons(companyId)).toEqual([]);
      expect((await stage.simulator.calls(realmId)).metered).toBe(before.metered);

      await letTimePass(companyId);
      await Promise.all([reconcileNow(stage), reconcileNow(stage)]);
      const [made, ...more] = await comparisons(companyId);
      expect(more).toEqual([]);
      expect(made).toMatchObject({ kind: "verify", trigger: "system", startedBy: "Evenbooks" });
      const batch = await untilBatch(stage, companyId, made?.id ?? "", isOver);
      expect(batch).toMatchObject({ status: "succeeded", failure: null });
      const shown = await shownOf(companyId);
      expect(shown?.batch).toEqual({ id: batch.id, kind: "VERIFY", trigger: "SYSTEM" });
      expect(shown?.lines.length).toBeGreaterThan(20);

      await reconcileNow(stage);
      expect(await comparisons(companyId)).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  test(
    "has a Schedule of its own once a company is synced: weekly, not on its first day; a pause stays, a lost one is made anew",
    async () => {
      const { companyId } = await syncedCompany();
      await reconcileNow(stage);
      const handle = scheduleOf(companyId);
      const { spec, info, state, action } = await handle.describe();
      expect(spec.intervals?.[0]?.every).toBe(7 * DAY_MS);
      expect(action.workflowType).toBe("verifyTick");
      expect(state.paused).toBe(false);
      const next = info.nextActionTimes[0]?.getTime() ?? 0;
      expect(next).toBeGreaterThan(Date.now() + DAY_MS / 2);
      expect(next).toBeLessThan(Date.now() + 8.5 * DAY_MS);

      await handle.pause("month-end");
      await reconcileNow(stage);
      expect((await handle.describe()).state).toMatchObject({ paused: true, note: "month-end" });

      await handle.delete();
      await eventually(async () => {
        await reconcileNow(stage);
        await handle.describe();
      });
    },
    TIMEOUT_MS,
  );

  test(
    "triggered twice, although it is paused, is one: the second tick finds it at work",
    async () => {
      const { companyId, realmId } = await syncedCompany();
      await reconcileNow(stage);
      // QuickBooks wants quiet for so long that the comparison is open until it is cancelled.
      await stage.simulator.post("faults", {
        match: { realm: realmId },
        kind: "throttle-json",
        retryAfterSeconds: 600,
        times: 1,
      });
      const handle = scheduleOf(companyId);
      await handle.pause("an operator tries it");
      await handle.trigger("ALLOW_ALL");
      const [batch] = await eventually(async () => {
        const open = await comparisons(companyId);
        expect(open.map(({ waitingFor }) => waitingFor)).toEqual(["throttled"]);
        return open;
      });
      expect(batch).toMatchObject({
        trigger: "schedule",
        label: "[Craig's Design] AutoSyncModule [VERIFY]",
      });
      // Within the same second it would be dropped, while the first tick is still open.
      expect(await said(handle)).toEqual([`Queued batch ${batch?.id}.`]);
      await handle.trigger("ALLOW_ALL");
      await eventually(async () =>
        expect(await said(handle)).toEqual([
          `Queued batch ${batch?.id}.`,
          `Batch ${batch?.id} compares already.`,
        ]),
      );
      expect(await comparisons(companyId)).toHaveLength(1);
      await stage.client.workflow.getHandle(`batch:${batch?.id}`).cancel();
      await untilBatch(stage, companyId, batch?.id ?? "", isOver);
    },
    TIMEOUT_MS,
  );

  test(
    "does not come while a company is disconnected, paused or not confirmed",
    async () => {
      const { companyId } = await syncedCompany();
      await letTimePass(companyId);
      const tick = (id: string): Promise<unknown> =>
        startLike(stage.client, { type: "verifyTick", id: `tick:${id}:${Date.now()}`, input: id });
      for (const state of ["disconnected", "paused"]) {
        await stage.pool.query("update companies set state = $2 where id = $1", [companyId, state]);
        await reconcileNow(stage);
        expect(await tick(companyId)).toContain("nothing was done");
        expect(await comparisons(companyId)).toEqual([]);
      }
      const { id } = await createCompany(stage.pool, { name: "New", edition: "online" });
      await reconcileNow(stage);
      expect(await tick(id)).toContain("nothing was done");
      expect(await comparisons(id)).toEqual([]);
      await expect(scheduleOf(id).describe()).rejects.toThrow(ScheduleNotFoundError);
    },
    TIMEOUT_MS,
  );

  test(
    "comes as often as the settings say, which may be never",
    async () => {
      const { companyId } = await syncedCompany();
      await letTimePass(companyId);
      const settings = (afterMinutes: number, everyDays: number) => ({
        pool: stage.pool,
        temporal: stage.client,
        log: pino({ level: "silent" }),
        verify: { afterMinutes, everyDays },
      });
      await queueDueComparisons(settings(0, 0));
      expect(await comparisons(companyId)).toEqual([]);

      const found = async () => {
        const all = new Map();
        for await (const each of stage.client.schedule.list()) all.set(each.scheduleId, each);
        return all;
      };
      await alignComparisons(settings(0, 7), new Map());
      await eventually(async () => {
        await alignComparisons(settings(0, 30), await found());
        const { spec } = await scheduleOf(companyId).describe();
        expect(spec.intervals?.[0]?.every).toBe(30 * DAY_MS);
      });
      await eventually(async () => {
        await alignComparisons(settings(0, 0), await found());
        await expect(scheduleOf(companyId).describe()).rejects.toThrow(ScheduleNotFoundError);
      });
    },
    TIMEOUT_MS,
  );
});

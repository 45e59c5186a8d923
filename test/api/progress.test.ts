import { setTimeout as sleep } from "node:timers/promises";

import { beforeAll, describe, expect, test } from "vitest";

import type { Feed } from "../../api/progress/feed.ts";
import { watch } from "../../api/progress/watch.ts";
import { notifyBatch } from "../../db/notify.ts";
import { aBatch } from "../support/batches.ts";
import { eventsOf, type Event } from "./events.ts";
import { graphqlRequest, withApi, type TestApi } from "./support.ts";

const api = withApi();
let token: string;
beforeAll(async () => {
  token = await api.token();
});

async function watching(
  on: TestApi,
  query: string,
  signal?: AbortSignal,
): Promise<AsyncGenerator<Event>> {
  const held = on === api ? token : await on.token();
  const request = graphqlRequest(held, { query }, { accept: "text/event-stream" });
  const response = await on.api.fetch(request, signal === undefined ? {} : { signal });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  return eventsOf(response);
}

const progress = (batchId: string): string =>
  `subscription { batchProgress(id: "${batchId}") { id status phase done total waitingFor steps { name done } } }`;

const setDone = async (
  on: TestApi,
  batch: { batchId: string; companyId: string },
  done: number,
) => {
  await on.pool.query("update batch_steps set done = $2 where batch_id = $1", [
    batch.batchId,
    done,
  ]);
  await notifyBatch(on.pool, batch);
};

const finish = async (on: TestApi, batch: { batchId: string; companyId: string }) => {
  await on.pool.query(
    "update batches set status = 'succeeded', finished_at = now() where id = $1",
    [batch.batchId],
  );
  await notifyBatch(on.pool, batch);
};

const next = async (events: AsyncGenerator<Event>): Promise<Event> => {
  const result = await events.next();
  if (result.done === true) throw new Error("the events ended");
  return result.value;
};

const batchIn = (event: Event) =>
  (event.data as { data: { batchProgress: Record<string, unknown> } }).data.batchProgress;

describe("batchProgress", () => {
  test("tells the present state first, then each change, and completes when the batch has ended", async () => {
    const batch = await aBatch(api.pool);
    const events = await watching(api, progress(batch.batchId));
    expect(batchIn(await next(events))).toEqual({
      id: batch.batchId,
      status: "RUNNING",
      phase: null,
      done: 0,
      total: 1_000,
      waitingFor: null,
      steps: [{ name: "invoice", done: 0 }],
    });
    await setDone(api, batch, 400);
    expect(batchIn(await next(events))).toMatchObject({ done: 400 });
    await api.pool.query("update batches set waiting_for = 'throttled' where id = $1", [
      batch.batchId,
    ]);
    await notifyBatch(api.pool, batch);
    expect(batchIn(await next(events))).toMatchObject({
      status: "WAITING",
      waitingFor: "throttled",
    });
    await finish(api, batch);
    expect(batchIn(await next(events))).toMatchObject({ status: "SUCCEEDED" });
    expect(await next(events)).toMatchObject({ name: "complete" });
    expect((await events.next()).done).toBe(true);
  });

  test("of a batch that ended already is one event and the end", async () => {
    const batch = await aBatch(api.pool);
    await finish(api, batch);
    const events = await watching(api, progress(batch.batchId));
    const names: string[] = [];
    for await (const event of events) names.push(event.name);
    expect(names).toEqual(["next", "complete"]);
  });

  test("tells at most two states a second, and the last one is not lost", async () => {
    const batch = await aBatch(api.pool);
    const events = await watching(api, progress(batch.batchId));
    const told: Event[] = [];
    const reading = (async () => {
      for await (const event of events) told.push(event);
    })();
    for (let done = 1; done <= 60; done++) {
      await setDone(api, batch, done * 10);
      await sleep(25);
    }
    await finish(api, batch);
    await reading;
    const states = told.filter((event) => event.name === "next");
    for (const [index, event] of states.entries()) {
      const before = states[index - 1];
      if (before !== undefined) expect(event.at - before.at).toBeGreaterThan(400);
    }
    const dones = states.map((event) => Number(batchIn(event)["done"]));
    expect(dones).toEqual([...dones].sort((a, b) => a - b));
    expect(dones.at(-1)).toBe(600);
    expect(states.length).toBeGreaterThan(2);
  });

  test("misses nothing when the connection that listens is cut", async () => {
    const batch = await aBatch(api.pool);
    const events = await watching(api, progress(batch.batchId));
    await next(events);
    const cut = await api.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'evenbooks-api-listen' and datname = current_database()`,
    );
    expect(cut.rowCount).toBe(1);
    const began = Date.now();
    await setDone(api, batch, 700);
    expect(batchIn(await next(events))).toMatchObject({ done: 700 });
    // Sooner than the poll that is the second chance: the connection was made again and the state read.
    expect(Date.now() - began).toBeLessThan(4_000);
    await finish(api, batch);
    expect(batchIn(await next(events))).toMatchObject({ status: "SUCCEEDED" });
  });

  test("is found by the poll when no notice comes at all", async () => {
    const batch = await aBatch(api.pool);
    const events = await watching(api, progress(batch.batchId));
    await next(events);
    await api.pool.query("update batch_steps set done = 5 where batch_id = $1", [batch.batchId]);
    expect(batchIn(await next(events))).toMatchObject({ done: 5 });
    await events.return(undefined);
  });
});

test("companyStatus tells what goes on at a company until the process ends", async () => {
  const ending = other;
  const batch = await aBatch(ending.pool);
  const events = await watching(
    ending,
    `subscription { companyStatus(companyId: "${batch.companyId}") { activity status workable openBatch { done } } }`,
  );
  expect(await next(events)).toMatchObject({
    data: { data: { companyStatus: { activity: "RUNNING", openBatch: { done: 0 } } } },
  });
  await setDone(ending, batch, 10);
  expect(await next(events)).toMatchObject({
    data: { data: { companyStatus: { openBatch: { done: 10 } } } },
  });
  await ending.feed.close();
  expect(await next(events)).toMatchObject({ name: "complete" });
});

const other = withApi();

describe("watch", () => {
  /** A feed whose followers can be counted. */
  const aFeed = () => {
    const followers = new Set<() => void>();
    const ending = new AbortController();
    const feed: Feed = {
      ending: ending.signal,
      isHearing: () => true,
      follow: (_, onMove) => {
        followers.add(onMove);
        return () => void followers.delete(onMove);
      },
      close: async () => ending.abort(),
    };
    return { feed, followers };
  };

  test("leaves nothing behind when the reader goes away, however it goes", async () => {
    const { feed, followers } = aFeed();
    let reads = 0;
    const state = () =>
      watch({
        feed,
        topic: { batchId: "x" },
        read: async () => ({ state: ++reads, print: String(reads), isOver: false }),
      });
    const duringThePause = state();
    await duringThePause.next();
    await duringThePause.return?.();
    const duringTheWait = state();
    await duringTheWait.next();
    await sleep(600);
    await duringTheWait.return?.();
    await expect.poll(() => followers.size).toBe(0);
    const before = reads;
    await sleep(700);
    expect(reads).toBe(before);
  });

  test("gives a slow reader the latest state alone", async () => {
    const { feed, followers } = aFeed();
    let state = 0;
    const states = watch({
      feed,
      topic: { batchId: "x" },
      read: async () => ({ state, print: String(state), isOver: state === 9 }),
    });
    expect((await states.next()).value).toBe(0);
    for (state = 1; state < 9; state++) followers.forEach((onMove) => onMove());
    expect((await states.next()).value).toBe(9);
    expect((await states.next()).done).toBe(true);
    expect(followers.size).toBe(0);
  });

  test("hands on what goes wrong, and lets go", async () => {
    const { feed, followers } = aFeed();
    const states = watch({
      feed,
      topic: { companyId: "x" },
      read: () => Promise.reject(new Error("the database is away")),
    });
    await expect(states.next()).rejects.toThrow("away");
    expect(followers.size).toBe(0);
  });
});

import { setTimeout as wait } from "node:timers/promises";

import { expect, test } from "vitest";

import { aDesktop, held, never, sourceOf, walk, whole, type Desktop } from "./a-desktop.ts";

const LOOK_MS = 2;

/** From now on a request waits at QuickBooks until another one is down, for as long as `isNeeded`. */
function waitForNext(desktop: Desktop, isNeeded: () => boolean): void {
  let down = 0;
  const isAlone = (): boolean => down === 0 && isNeeded();
  const ask = desktop.ask.bind(desktop);
  desktop.ask = (question, signal) => {
    down++;
    return ask(question, signal);
  };
  desktop.before = async () => {
    down--;
    while (isAlone()) await wait(LOOK_MS);
  };
}

test("while QuickBooks works on one stream's request, the other's is down, and none is asked twice", async () => {
  const desktop = await aDesktop({ records: 3_000 });
  const source = sourceOf(desktop);
  expect(source.streams).toBe(2);
  await source.count(whole("account"), never);
  let walking = 2;
  waitForNext(desktop, () => walking === 2);
  const asked = desktop.asked.length;
  // A walk that waited for the other one's page would never come to its next request.
  const kinds = ["invoice", "customer"] as const;
  const walked = await Promise.all(
    kinds.map((kind) => walk(source, whole(kind), { total: null }).finally(() => walking--)),
  );
  for (const [index, kind] of kinds.entries()) {
    expect(walked[index]?.records.size, kind).toBe(held(desktop.file, kind).size);
  }
  const requests = desktop.asked.slice(asked);
  expect(new Set(requests).size).toBe(requests.length);
  expect(requests.length).toBeGreaterThan(5);
});

test("counts that are wanted at once are one message set, however long it takes to look for the session", async () => {
  const desktop = await aDesktop();
  const session = desktop.session.bind(desktop);
  let looks = 0;
  desktop.session = async () => {
    await wait(LOOK_MS * ++looks);
    return session();
  };
  const source = sourceOf(desktop);
  const kinds = ["customer", "vendor", "invoice", "bill", "class"] as const;
  const counts = await Promise.all(kinds.map((kind) => source.count(whole(kind), never)));
  expect(counts).toEqual(kinds.map((kind) => held(desktop.file, kind).size));
  expect(desktop.asked).toHaveLength(1);
});

import { describe, expect, test } from "vitest";

import {
  learnWallClock,
  unknownWallClock,
  type WallClock,
} from "../../../quickbooks/desktop/clock.ts";
import { learnPage, nothingLearned, pageSizeOf } from "../../../quickbooks/desktop/learned.ts";
import {
  firstWindow,
  startOf,
  stepOf,
  withoutSession,
  type Position,
} from "../../../quickbooks/desktop/position.ts";
import { whole } from "./a-desktop.ts";

const clock = unknownWallClock();
const nowMs = Date.parse("2026-11-02T09:00:00Z");
const SIZE = 100;

/** Walks over records that are only times (seconds of the wall clock), as QuickBooks would answer; newest first. */
function walkOver(times: readonly number[], total: number | null) {
  const found: number[] = [];
  let requests = 0;
  let at: Position | null = firstWindow(startOf(whole("invoice"), "transaction", total), {
    clock,
    size: SIZE,
    nowMs,
  });
  while (at !== null) {
    if (++requests > 20_000) throw new Error("a walk without an end");
    const { step, rows } = answered(at, times, { clock, session: "s" });
    if (!step.again) found.push(...rows);
    at = step.next;
    if (at?.width === 0) at = firstWindow(at, { clock, size: SIZE, nowMs });
  }
  return { found, requests };
}

/** What QuickBooks answers to a position, and where the walk goes on. */
function answered(
  at: Position,
  times: readonly number[],
  { clock: pc, session }: { clock: WallClock; session: string },
) {
  const { low, high } = at;
  const inside = times.filter(
    (time) => (low === null || text(time) >= low) && (high === null || text(time) <= high),
  );
  const rest = inside.slice(at.read);
  const rows = rest.slice(0, SIZE);
  const remaining = rest.length - rows.length;
  const outcome = { rows: rows.length, remaining, iteratorId: "{I}", session, size: SIZE };
  return { rows, step: stepOf(at, outcome, pc) };
}

const text = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19);
const now = nowMs / 1000;
const spread = (count: number, over: number): number[] =>
  Array.from({ length: count }, (_, index) => now - Math.floor((index * over) / count));

describe("windows over any density hold every record once", () => {
  test.each<[string, number[], number | null]>([
    ["none", [], 0],
    ["none, and nobody knows", [], null],
    ["few, of long ago", [now - 900_000_000, now - 700_000_000], null],
    ["even over years", spread(5000, 5 * 31_536_000), 5000],
    ["all of today", spread(5000, 40_000), 5000],
    ["all in one second", Array.from({ length: 3000 }, () => now - 5), 3000],
    [
      "one second among years",
      [...spread(2000, 90_000_000), ...Array.from({ length: 3000 }, () => now - 50_000_000)],
      5000,
    ],
    ["ahead of the clock", spread(1000, 1000).map((time) => time + 40_000_000), 1000],
    ["more than were counted", spread(3000, 90_000_000), 50],
    ["fewer than were counted", spread(50, 90_000_000), 30_000],
    ["before 1990", [...spread(300, 1000), now - 1_300_000_000], 301],
  ])("%s", (_name, times, total) => {
    const { found, requests } = walkOver(times, total);
    expect(found.toSorted((one, other) => one - other)).toEqual(
      times.toSorted((one, other) => one - other),
    );
    // Pages, and what finding the density costs.
    expect(requests).toBeLessThan((times.length / SIZE) * 2 + 60);
  });
});

describe("sessions that bring two pages each come to the end of what changed", () => {
  const hour = 3_600_000;
  test.each<[string, { aheadMs: number; isKnown: boolean; timesRead: number }]>([
    ["in the zone of UTC", { aheadMs: 0, isKnown: true, timesRead: 2.5 }],
    ["in the west", { aheadMs: -8 * hour, isKnown: true, timesRead: 2.5 }],
    ["in the east", { aheadMs: 11 * hour, isKnown: true, timesRead: 2.5 }],
    ["in the east, of a clock not known yet", { aheadMs: 11 * hour, isKnown: false, timesRead: 6 }],
    ["by a clock that is two days ahead", { aheadMs: 48 * hour, isKnown: false, timesRead: 8 }],
    ["by one that is a year ahead", { aheadMs: 8760 * hour, isKnown: false, timesRead: 15 }],
  ])("%s", (_name, { aheadMs, isKnown, timesRead }) => {
    const pc = unknownWallClock();
    if (isKnown) learnWallClock(pc, { ms: nowMs, aheadMs });
    const times = spread(1000, 9 * 3600).map((time) => time + aheadMs / 1000);
    const modifiedFrom = new Date(nowMs - 13 * hour);
    const listing = { ...whole("invoice"), modifiedFrom };
    const window = { clock: pc, size: SIZE, nowMs };
    let at: Position | null = firstWindow(startOf(listing, "transaction", null), window);
    const found = new Set<number>();
    let read = 0;
    for (let sessions = 0; at !== null; sessions++) {
      expect(sessions, "it comes to no end").toBeLessThan(300);
      if (at.iterator !== null) at = withoutSession(at);
      for (let request = 0; request < 2 && at !== null; request++) {
        if (at.width === 0) at = firstWindow(at, window);
        const { step, rows } = answered(at, times, { clock: pc, session: String(sessions) });
        read += rows.length;
        if (!step.again) for (const time of rows) found.add(time);
        at = step.next;
      }
    }
    expect(found.size).toBe(new Set(times).size);
    expect(read).toBeLessThan(times.length * timesRead);
  });
});

describe("the size of a page", () => {
  const learned = (insideMsARecord: number, charactersARecord: number, pages = 10): number[] => {
    const known = nothingLearned();
    return Array.from({ length: pages }, () => {
      const records = pageSizeOf(known, "Invoice");
      learnPage(known, "Invoice", {
        records,
        insideMs: records * insideMsARecord,
        characters: records * charactersARecord,
      });
      return pageSizeOf(known, "Invoice");
    });
  };

  test("begins at a hundred and comes to about eight seconds of QuickBooks' time", () => {
    expect(pageSizeOf(nothingLearned(), "Invoice")).toBe(100);
    expect(learned(20, 2000).at(-1)).toBe(400);
    expect(learned(100, 2000).at(-1)).toBe(100);
    expect(learned(4000, 2000).at(-1)).toBe(10);
  });

  test("never more than 1,500 records or 4 MB, and never fewer than ten", () => {
    expect(learned(0.01, 1000).at(-1)).toBe(1500);
    expect(learned(0.01, 20_000).at(-1)).toBe(209);
    expect(learned(60_000, 2000).at(-1)).toBe(10);
  });

  test("stands still while a page takes five to fifteen seconds", () => {
    const known = nothingLearned();
    for (const insideMs of [5_500, 14_000, 9_000, 6_000]) {
      learnPage(known, "Invoice", { records: 100, insideMs, characters: 1000 });
      expect(pageSizeOf(known, "Invoice")).toBe(100);
    }
  });
});

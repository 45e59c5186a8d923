import { describe, expect, test } from "vitest";

import {
  earliestMoment,
  learnWallClock,
  momentOf,
  readAppLock,
  readTime as readTimeBy,
  unknownWallClock,
  wallText,
} from "../../../quickbooks/desktop/clock.ts";

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();
const HOUR = 3_600_000;
const readTime = (time: string, sequence?: string, clock = unknownWallClock()) =>
  readTimeBy(time, sequence, clock);

describe("when something was modified", () => {
  test("the offset is believed where EditSequence agrees, or says nothing", () => {
    // Recorded in 2026.
    expect(iso(readTime("2026-08-05T15:43:18-04:00", "1785958998").ms)).toBe(
      "2026-08-05T19:43:18.000Z",
    );
    // Recorded in 2014, a second aside.
    expect(iso(readTime("2014-11-27T18:03:44-02:00", "1417118625").ms)).toBe(
      "2014-11-27T20:03:44.000Z",
    );
    expect(iso(readTime("2026-08-05T15:43:18-04:00", "17").ms)).toBe("2026-08-05T19:43:18.000Z");
    expect(iso(readTime("2026-08-05T15:43:18-04:00", "1785950000").ms)).toBe(
      "2026-08-05T19:43:18.000Z",
    );
  });

  test("an offset that is an hour wrong is seen, to either side", () => {
    const right = at("2014-07-15T17:00:00Z");
    for (const apart of [0, 2, -2]) {
      const sequence = String(right / 1000 + apart);
      // Summer time on the wall, the offset of standard time behind it.
      const seen = readTime("2014-07-15T10:00:00-08:00", sequence);
      expect(iso(seen.ms)).toBe(iso(right));
      expect(seen.aheadMs).toBe(-7 * HOUR);
    }
    expect(iso(readTime("2014-07-15T10:00:00-06:00", String(right / 1000)).ms)).toBe(iso(right));
  });

  test("a time without an offset is the wall clock's, which EditSequence shows, or others showed", () => {
    const sequence = String(at("2026-08-05T19:43:18Z") / 1000);
    const seen = readTime("2026-08-05T15:43:18", sequence);
    expect(iso(seen.ms)).toBe("2026-08-05T19:43:18.000Z");
    expect(seen.aheadMs).toBe(-4 * HOUR);
    const clock = unknownWallClock();
    learnWallClock(clock, seen);
    for (const nothing of [undefined, "17"]) {
      expect(iso(readTime("2026-08-05T16:00:00", nothing, clock).ms)).toBe(
        "2026-08-05T20:00:00.000Z",
      );
      // Nothing shows it: what is asked later is asked in these same times.
      const unknown = readTime("2026-08-05T16:00:00", nothing);
      expect([iso(unknown.ms), unknown.aheadMs]).toEqual(["2026-08-05T16:00:00.000Z", 0]);
    }
    expect(iso(readTime("2026-08-05T16:00:00Z", undefined, clock).ms)).toBe(
      "2026-08-05T16:00:00.000Z",
    );
  });

  test("two texts of one moment are one moment", () => {
    expect(readTime("2014-11-27T18:46:22-02:00", undefined).ms).toBe(
      readTime("2014-11-27T17:46:22-03:00", undefined).ms,
    );
  });

  test.each(["", "yesterday", "2026-08-05", "2026-99-05T15:43:18-04:00"])(
    "%j is no time",
    (text) => {
      expect(() => readTime(text, undefined)).toThrow(RangeError);
    },
  );
});

describe("the wall clock", () => {
  const seen = (time: string, sequence?: string) => readTime(time, sequence);

  test("before anything was seen a filter is a day wide to both sides", () => {
    const clock = unknownWallClock();
    expect(wallText(clock, new Date("2026-08-05T12:00:00Z"), "from")).toBe("2026-08-04T12:00:00");
    expect(wallText(clock, new Date("2026-08-05T12:00:00Z"), "until")).toBe("2026-08-06T12:00:00");
  });

  test("each season has its own; one that was not seen is within an hour", () => {
    const clock = unknownWallClock();
    learnWallClock(clock, seen("2026-01-15T04:00:00-08:00"));
    learnWallClock(clock, seen("2026-07-15T05:00:00-07:00"));
    expect(wallText(clock, new Date("2026-01-16T12:00:00Z"), "from")).toBe("2026-01-16T04:00:00");
    expect(wallText(clock, new Date("2026-07-16T12:00:00Z"), "until")).toBe("2026-07-16T05:00:00");
    expect(wallText(clock, new Date("2025-04-16T12:00:00Z"), "from")).toBe("2025-04-16T03:00:00");
    expect(wallText(clock, new Date("2025-04-16T12:00:00Z"), "until")).toBe("2025-04-16T06:00:00");
  });

  test("times without EditSequence are put right by what was learned of their season", () => {
    const clock = unknownWallClock();
    const right = at("2014-07-15T17:00:00Z");
    learnWallClock(clock, seen("2014-07-15T10:00:00-08:00", String(right / 1000)));
    expect(iso(momentOf("2014-07-15T10:00:00-08:00", clock))).toBe(iso(right));
    expect(iso(momentOf("2014-01-15T10:00:00-08:00", clock))).toBe("2014-01-15T18:00:00.000Z");
  });
});

describe("AppLock", () => {
  test("names the PC and its wall clock", () => {
    expect(readAppLock("LOCKED:FRONT:DESK:631234599990000223")).toMatchObject({
      host: "FRONT:DESK",
    });
    const ticks = BigInt(at("2026-11-02T09:00:00Z")) * 10_000n + 621_355_968_000_000_000n;
    expect(readAppLock(`LOCKED:PC:${ticks}`)).toEqual({
      host: "PC",
      wallMs: at("2026-11-02T09:00:00Z"),
    });
    expect(readAppLock(`UNLOCKED:PC:${ticks}`)?.host).toBe("PC");
    for (const text of [
      "",
      "LOCKED",
      "LOCKED:PC:",
      "LOCKED:PC:12",
      "LOCKED:PC:99999999999999999999",
    ]) {
      expect(readAppLock(text)).toBeNull();
    }
  });

  test("is never taken for later than it may be", () => {
    const wall = at("2026-11-02T09:00:00Z");
    const now = at("2026-11-02T17:00:05Z");
    expect(iso(earliestMoment(unknownWallClock(), wall, now))).toBe("2026-11-01T18:00:00.000Z");
    const clock = unknownWallClock();
    learnWallClock(clock, readTime("2026-11-01T09:00:00-08:00", undefined));
    expect(iso(earliestMoment(clock, wall, now))).toBe("2026-11-02T17:00:00.000Z");
    // Ticks of UTC, taken for the wall clock's, would lie hours ahead.
    expect(iso(earliestMoment(clock, at("2026-11-02T17:00:00Z"), now))).toBe(
      "2026-11-02T17:00:00.000Z",
    );
  });
});

import { expect, test } from "vitest";

import { paceOf, type PaceInput } from "../../api/progress/pace.ts";

const NOW = new Date("2026-11-22T10:10:00Z");
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

const running = (over: Partial<PaceInput> = {}): PaceInput => ({
  status: "running",
  waitingFor: null,
  waitingUntil: null,
  startedAt: ago(600),
  finishedAt: null,
  done: 10_000,
  total: 20_000,
  samples: [],
  now: NOW,
  ...over,
});

test("the rate is that of the last minute, not of all the time before", () => {
  const pace = paceOf(
    running({
      samples: [
        { at: ago(500), done: 0 },
        { at: ago(90), done: 3_000 },
        { at: ago(50), done: 5_000 },
        { at: ago(5), done: 9_500 },
      ],
    }),
  );
  expect(pace.recordsPerSecond).toBe(100);
  expect(pace.etaSeconds).toBe(100);
});

test("the band holds the time left and reaches to the rate of all that is remembered", () => {
  const { etaSeconds, etaSecondsLow, etaSecondsHigh } = paceOf(
    running({
      samples: [
        { at: ago(500), done: 0 },
        { at: ago(50), done: 5_000 },
      ],
    }),
  );
  expect(etaSeconds).toBe(100);
  expect(etaSecondsLow).toBe(91);
  expect(etaSecondsHigh).toBe(Math.ceil(10_000 / (20 * 0.9)));
});

test("the band is not a point although both rates agree", () => {
  const pace = paceOf(running({ samples: [{ at: ago(50), done: 5_000 }] }));
  expect(pace.etaSecondsLow).toBeLessThan(pace.etaSeconds ?? 0);
  expect(pace.etaSecondsHigh).toBeGreaterThan(pace.etaSeconds ?? Infinity);
});

test("without a sample the whole run tells the rate", () => {
  expect(paceOf(running())).toMatchObject({ recordsPerSecond: 10_000 / 600, etaSeconds: 600 });
});

test("the first seconds say nothing", () => {
  expect(paceOf(running({ startedAt: ago(1), done: 50 }))).toEqual({
    recordsPerSecond: null,
    etaSeconds: null,
    etaSecondsLow: null,
    etaSecondsHigh: null,
  });
});

test("a run that stands still for a minute falls back to what it did before", () => {
  const pace = paceOf(
    running({
      samples: [
        { at: ago(500), done: 0 },
        { at: ago(60), done: 10_000 },
        { at: ago(2), done: 10_000 },
      ],
    }),
  );
  expect(pace.recordsPerSecond).toBe(0);
  expect(pace.etaSeconds).toBe(500);
});

test("a total that nobody counted yet leaves the time open", () => {
  const pace = paceOf(running({ total: null }));
  expect(pace.recordsPerSecond).not.toBeNull();
  expect(pace.etaSeconds).toBeNull();
});

test("a wait whose end is known is added, one whose end is not leaves the time open", () => {
  const samples = [{ at: ago(50), done: 5_000 }];
  const until = new Date(NOW.getTime() + 30_000);
  const waiting = { waitingFor: "throttled", samples };
  expect(paceOf(running({ ...waiting, waitingUntil: until })).etaSeconds).toBe(130);
  expect(paceOf(running({ ...waiting, waitingUntil: ago(30) })).etaSeconds).toBe(100);
  expect(paceOf(running(waiting)).etaSeconds).toBeNull();
});

test("more read than there was to read leaves nothing, not less", () => {
  const pace = paceOf(running({ done: 21_000, samples: [{ at: ago(50), done: 5_000 }] }));
  expect(pace).toMatchObject({ etaSeconds: 0, etaSecondsLow: 0, etaSecondsHigh: 0 });
});

test("a batch that has ended has the rate of all of it and no time left", () => {
  const pace = paceOf(running({ status: "succeeded", startedAt: ago(200), finishedAt: ago(100) }));
  expect(pace).toEqual({
    recordsPerSecond: 100,
    etaSeconds: null,
    etaSecondsLow: null,
    etaSecondsHigh: null,
  });
});

test("a batch that took an instant has its rate too; one that took none has none", () => {
  const ended = { status: "succeeded", done: 50 } as const;
  expect(paceOf(running({ ...ended, startedAt: ago(0.5), finishedAt: NOW }))).toMatchObject({
    recordsPerSecond: 100,
  });
  expect(
    paceOf(running({ ...ended, startedAt: NOW, finishedAt: NOW })).recordsPerSecond,
  ).toBeNull();
  expect(
    paceOf(running({ ...ended, startedAt: null, finishedAt: NOW })).recordsPerSecond,
  ).toBeNull();
});

test("a batch in the queue has neither", () => {
  expect(paceOf(running({ status: "queued", startedAt: null })).recordsPerSecond).toBeNull();
});

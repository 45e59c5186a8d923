import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  expectWhole,
  freezeAt,
  isBoundary,
  pagesServed,
  prepareRun,
  startRun,
  streamsAtWork,
  victimOn,
  type Frozen,
  type Point,
  type Run,
  type Victim,
} from "../support/crashes.ts";
import type { Commit } from "../support/commit-proxy.ts";
import { withStage } from "../support/sync.ts";

/**
 * Small: some thirty boundaries, and a few kinds that its plan does not offer. The same books each
 * time, so that boundaries compare.
 */
const COMPANY = {
  records: 400,
  seed: 7,
  without: [
    "Class",
    "Department",
    "Estimate",
    "InventoryAdjustment",
    "PurchaseOrder",
    "RefundReceipt",
    "TimeActivity",
    "Transfer",
  ],
};
/** Workers side by side: while one waits for a heartbeat that does not come, another works. */
const LANES = 2;
/**
 * Companies that one worker syncs side by side, each frozen at a point of its own; one kill kills
 * them all there. A company frozen between its pages holds a connection for each of its streams,
 * and a worker has fifty.
 */
const COMPANIES_A_KILL = { betweenPages: 4, elsewhere: 10 };
/** A page is read again when it was being stored, and the next one when it was being fetched. */
const PAGES_AGAIN_MAX = 2;
const FREEZE_TIMEOUT_MS = 60_000;

describe("a worker killed with SIGKILL", () => {
  const stages = Array.from({ length: LANES }, () => withStage());
  const victims: Awaited<ReturnType<typeof victimOn>>[] = [];

  beforeAll(async () => {
    for (const stage of stages) victims.push(await victimOn(stage));
  });
  afterAll(async () => {
    for (const victim of victims) await victim.close();
  });

  test(
    "before and after every commit of a sync loses nothing, doubles nothing and reads at most two pages a stream again",
    { timeout: 600_000 },
    async () => {
      const [first] = victims;
      if (first === undefined) throw new Error("no lane");
      const clean = await cleanRun(first);
      const waves = wavesOf(clean);
      const kills = waves.length;
      let again = 0;
      const lane = async (victim: Victim): Promise<void> => {
        for (let wave = waves.shift(); wave !== undefined; wave = waves.shift()) {
          again += await killedWave(victim, wave, clean);
        }
      };
      await Promise.all(victims.map(lane));
      console.log(
        `${clean.boundaries.length} commit boundaries, each killed at before and after (by ${kills} kills); ` +
          `${clean.pages} pages in a clean run, ${again} read again by all killed ones together`,
      );
      expect(clean.boundaries.length).toBeGreaterThan(30);
    },
  );
});

interface CleanRun {
  boundaries: Commit[];
  pages: number;
}

/** A sync that nothing happens to: which boundaries it has, and how many pages it is served. */
async function cleanRun(victim: Victim): Promise<CleanRun> {
  const { stage, proxy } = victim;
  await victim.start();
  const prepared = await prepareRun(stage, COMPANY);
  const boundaries: Commit[] = [];
  proxy.before = (commit) => {
    if (commit.companyId === prepared.companyId && isBoundary(commit)) boundaries.push(commit);
    return "pass";
  };
  const run = await startRun(stage, prepared);
  await expectWhole(stage, run);
  // What comes later is the coordinator, which looks for another batch and finds none.
  const end = boundaries.findIndex(({ names }) => names.includes("closeBatch"));
  return {
    boundaries: boundaries.slice(0, end + 1),
    pages: (await pagesServed(stage, run.realmId)).length,
  };
}

/** Every point, as many at once as one worker has companies; those whose activity has no heartbeat wait long, and wait together. */
function wavesOf({ boundaries }: CleanRun): Point[][] {
  const points = (isPage: boolean): Point[] =>
    boundaries.flatMap(({ names }, index) => {
      if (names.includes("holdFence") !== isPage) return [];
      const boundary = index + 1;
      return [
        { boundary, where: "before" },
        { boundary, where: "after" },
      ];
    });
  return [
    ...chunks(points(false), COMPANIES_A_KILL.elsewhere),
    ...chunks(points(true), COMPANIES_A_KILL.betweenPages),
  ];
}

const chunks = (points: Point[], size: number): Point[][] =>
  Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size),
  );

/** Syncs of as many companies as there are points, killed all at once when each has come to its own; answers how many pages were read again. */
async function killedWave(victim: Victim, wave: Point[], clean: CleanRun): Promise<number> {
  const { stage, proxy } = victim;
  await victim.start();
  const prepared = await Promise.all(wave.map(() => prepareRun(stage, COMPANY)));
  const frozen = wave.map((point, index) => freezeAt(prepared[index]?.companyId ?? "", point));
  proxy.before = (commit) => decided(frozen, (each) => each.decideBefore(commit));
  proxy.after = (commit) => decided(frozen, (each) => each.decideAfter(commit));
  const runs = await Promise.all(prepared.map((each) => startRun(stage, each)));
  const held = await inTime(Promise.all(frozen.map(({ reached }) => reached)));
  victim.kill();
  const streams = await Promise.all(runs.map((run) => streamsAtWork(stage, run)));
  await victim.start();
  let again = 0;
  for (const [index, run] of runs.entries()) {
    const point = wave[index];
    const names = held[index]?.names.join(", ");
    try {
      again += await expectCheaplyWhole(victim, run, { clean, streams: streams[index] ?? 0 });
    } catch (cause) {
      throw new Error(`killed ${point?.where} commit ${point?.boundary} (${names})`, { cause });
    }
  }
  return again;
}

/** The sync ended well, and was served no more pages than a clean one and two for each stream at work at the kill. */
async function expectCheaplyWhole(
  { stage }: Victim,
  run: Run,
  { clean, streams }: { clean: CleanRun; streams: number },
): Promise<number> {
  await expectWhole(stage, run);
  const again = (await pagesServed(stage, run.realmId)).length - clean.pages;
  expect(again).toBeGreaterThanOrEqual(0);
  expect(again, `${streams} streams at work`).toBeLessThanOrEqual(PAGES_AGAIN_MAX * streams);
  return again;
}

const decided = (frozen: Frozen[], ask: (each: Frozen) => "pass" | "hold"): "pass" | "hold" =>
  frozen.map(ask).includes("hold") ? "hold" : "pass";

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("not every company came to its point")),
      FREEZE_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

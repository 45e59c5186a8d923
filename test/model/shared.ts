import type { NodeProcess } from "../../dev/node-process.ts";
import type { Stage } from "../support/sync.ts";

/** Each kill holds every company up for seconds: the more of them there are, the rarer it is. */
const LIFE_MIN_MS_A_COMPANY = 500;
const TOKEN_KEEPS_HOURS = 100_000;

/** What the companies of a stage share: the worker that dies, and QuickBooks' clock that goes on. */
export interface Shared {
  stage: Stage;
  /** SIGKILL, a while without a worker, and a new one. Nothing where the worker is young. */
  killWorker(downMs: number): Promise<void>;
  /** QuickBooks' clock (milliseconds since 1970). */
  now(): number;
  /** Moves QuickBooks' clock on, unless somebody needs it steady. */
  passTime(ms: number): Promise<void>;
  /** Runs `work` while QuickBooks' clock goes on as clocks do. */
  steady<T>(work: () => Promise<T>): Promise<T>;
  kills(): number;
}

export async function shareOn(stage: Stage, companies: number): Promise<Shared> {
  // As in truth a token keeps its value for long: one that is changed just when a worker is killed is lost.
  await stage.simulator.post("settings", { refreshValueHours: TOKEN_KEEPS_HOURS });
  let worker: NodeProcess | null = await stage.worker();
  let startedAt = Date.now();
  let kills = 0;
  let skewMs = 0;
  let steadyOnes = 0;
  let moving: Promise<unknown> | null = null;
  return {
    stage,
    async killWorker(downMs) {
      if (worker === null || Date.now() - startedAt < companies * LIFE_MIN_MS_A_COMPANY) return;
      const victim = worker;
      worker = null;
      kills++;
      victim.kill("SIGKILL");
      await victim.ended;
      await pause(downMs);
      worker = await stage.worker();
      startedAt = Date.now();
    },
    now: () => Date.now() + skewMs,
    async passTime(ms) {
      if (steadyOnes > 0 || moving !== null) return;
      moving = stage.simulator.post("settings", { clockSkewMs: skewMs + ms });
      await moving;
      skewMs += ms;
      moving = null;
    },
    async steady(work) {
      steadyOnes++;
      try {
        await moving;
        return await work();
      } finally {
        steadyOnes--;
      }
    },
    kills: () => kills,
  };
}

export const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

import { wantAutoSync } from "../../db/autosync.ts";
import { autoSyncsOfRealms, type RealmAutoSync } from "../../db/autosync-settings.ts";
import { notifyBatch } from "../../db/notify.ts";
import { autoSyncLabel } from "../../workflows/contract.ts";
import type { Deps } from "../context.ts";

/** Notices come in bursts: what comes within so long of the first one is one wish. */
const GATHER_MS = 500;
/** What comes after it waits until a company has been quiet for so long: each wish may cost a metered call. */
const QUIET_MS = 2_000;
/** Where it never is, wishes lie so far apart. */
const PATIENCE_MS = 20_000;
/** More realms than this at once are left to the schedule. */
const REALMS_MAX = 10_000;
/** So many companies are hurried side by side, of the pool's twenty connections. */
const COMPANIES_AT_ONCE = 4;

export interface Hurry {
  /** The books of these realms have changed. Answers at once; what follows from it follows soon. */
  want(realmIds: Iterable<string>): void;
  /** Does at once what is still wanted, and ends. */
  close(): Promise<void>;
}

export interface HurryDeps extends Pick<Deps, "pool" | "coordinators" | "log"> {
  /** Counts realms that no company of ours is bound to. */
  countUnknown: (realms: number) => void;
}

/** What is known of a realm: when its wish is due or, while nothing is wanted, when it may be forgotten. */
interface Waiting {
  at: number;
  /** Further notices move `at` up to here. */
  latest: number;
  isWanted: boolean;
}

/**
 * Turns notices into runs of AutoSync. What it remembers is in memory alone, although the notices
 * were answered with 200: a notice only hurries a run that the schedule brings anyway, and a run
 * reads from the cursor, not from the notice. So whatever is lost here (a process that is killed, a
 * full map) comes with the next tick, and what comes twice or in disorder is read once.
 */
export function startHurry(deps: HurryDeps): Hurry {
  const realms = new Map<string, Waiting>();
  const nudges = new Set<Promise<void>>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  // Nobody waits for it: while Temporal is away a nudge takes two seconds, and the run is queued already.
  const nudge = (companyId: string): void => {
    const nudging = deps.coordinators.nudge(companyId).finally(() => nudges.delete(nudging));
    nudges.add(nudging);
  };
  const hurry = (realmIds: string[]) => hurryAll(deps, realmIds, nudge);
  const schedule = (): void => {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(() => {
      working = work(realms, performance.now(), hurry).then(() => {
        timer = undefined;
        if (realms.size > 0) schedule();
      });
    }, GATHER_MS).unref();
  };
  return {
    want(realmIds) {
      const now = performance.now();
      for (const realmId of realmIds) {
        const waiting = realms.get(realmId);
        if (waiting !== undefined) {
          waiting.isWanted = true;
          waiting.at = Math.min(now + QUIET_MS, waiting.latest);
        } else if (realms.size < REALMS_MAX) {
          const at = now + GATHER_MS;
          realms.set(realmId, { at, latest: at, isWanted: true });
        }
      }
      if (realms.size > 0) schedule();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await working;
      await work(realms, Number.POSITIVE_INFINITY, hurry);
      await Promise.all(nudges);
    },
  };
}

/** Hurries what is wanted and due by now, and forgets who was quiet; what failed is wanted still. */
async function work(
  realms: Map<string, Waiting>,
  now: number,
  hurry: (realmIds: string[]) => Promise<string[]>,
): Promise<void> {
  const due: string[] = [];
  for (const [realmId, waiting] of realms) {
    if (waiting.at > now) continue;
    if (!waiting.isWanted) {
      realms.delete(realmId);
      continue;
    }
    due.push(realmId);
    const hurriedAt = performance.now();
    realms.set(realmId, {
      at: hurriedAt + QUIET_MS,
      latest: hurriedAt + PATIENCE_MS,
      isWanted: false,
    });
  }
  if (due.length === 0) return;
  for (const realmId of await hurry(due)) {
    const waiting = realms.get(realmId);
    if (waiting !== undefined) waiting.isWanted = true;
  }
}

/** Answers the realms for which it did not succeed: the database is away, say. Never throws. */
async function hurryAll(
  deps: HurryDeps,
  realmIds: string[],
  nudge: (companyId: string) => void,
): Promise<string[]> {
  const failed: string[] = [];
  try {
    const found = await autoSyncsOfRealms(deps.pool, realmIds);
    if (found.length < realmIds.length) deps.countUnknown(realmIds.length - found.length);
    const ready = found.filter(({ isReady }) => isReady).values();
    const hurryNext = async (): Promise<void> => {
      for (const company of ready) {
        try {
          await queueRun(deps, company);
          nudge(company.companyId);
        } catch (error) {
          failed.push(company.realmId);
          const { companyId } = company;
          deps.log.warn({ err: error, companyId }, "a webhook's run was not queued; tried again");
        }
      }
    };
    await Promise.all(Array.from({ length: COMPANIES_AT_ONCE }, hurryNext));
    return failed;
  } catch (error) {
    deps.log.warn({ err: error }, "whose webhooks these are could not be read; tried again");
    return realmIds;
  }
}

async function queueRun({ pool }: HurryDeps, company: RealmAutoSync): Promise<void> {
  const { companyId, name } = company;
  const { batch } = await wantAutoSync(pool, {
    companyId,
    trigger: "webhook",
    startedBy: "Intuit",
    label: autoSyncLabel(name),
    everything: false,
  });
  await notifyBatch(pool, { batchId: batch.id, companyId });
}

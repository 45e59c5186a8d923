import type { Books, Plan } from "./books/books.ts";
import { makeBooks } from "./books/make.ts";
import { Calls } from "./calls.ts";
import { Troubles } from "./troubles.ts";
import { Grants } from "./oauth/grants.ts";
import type { Settings } from "./settings.ts";
import { SlidingWindow } from "./window.ts";
import type { Interruption } from "./books/changes.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** One company with everything that is counted about it. */
export interface Realm {
  books: Books;
  calls: Calls;
  perSecond: SlidingWindow;
  perMinute: SlidingWindow;
  /** Changes that wait for query pages. */
  interruptions: Interruption[];
  pagesServed: number;
}

/** The whole process: companies, grants, troubles and settings. */
export interface Simulator {
  realms: Map<string, Realm>;
  grants: Grants;
  troubles: Troubles;
  webhooks: Webhooks;
  settings: Settings;
  log: (line: string) => void;
}

export function createSimulator(settings: Settings, log: (line: string) => void): Simulator {
  return {
    realms: new Map(),
    grants: new Grants(),
    troubles: new Troubles(),
    webhooks: new Webhooks(),
    settings,
    log,
  };
}

/** The simulator's clock in milliseconds. */
export const nowOf = ({ settings }: Simulator): number => Date.now() + settings.clockSkewMs;

/** Adds a company; its books are made at once. */
export function addRealm(simulator: Simulator, plan: Plan): Realm {
  const realm: Realm = {
    books: makeBooks(plan),
    calls: new Calls(),
    perSecond: new SlidingWindow(SECOND_MS),
    perMinute: new SlidingWindow(MINUTE_MS),
    interruptions: [],
    pagesServed: 0,
  };
  simulator.realms.set(plan.realmId, realm);
  return realm;
}

/** Takes a place in a company's sliding windows; false when they are full. */
export function admit({ settings }: Simulator, realm: Realm): boolean {
  const now = performance.now();
  const { requestsPerSecond, requestsPerMinute } = settings;
  const isFull =
    (requestsPerSecond > 0 && realm.perSecond.held(now) >= requestsPerSecond) ||
    (requestsPerMinute > 0 && realm.perMinute.held(now) >= requestsPerMinute);
  if (isFull) return false;
  realm.perSecond.add(now);
  realm.perMinute.add(now);
  return true;
}

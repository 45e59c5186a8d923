import type { ServerResponse } from "node:http";
import { Refused, ordered } from "../../control-order.ts";
import { json, type Answer } from "../answer.ts";
import { ChangeRefused, rowWithId } from "../books/named.ts";
import { shelfOf } from "../books/books.ts";
import { Calls } from "../calls.ts";
import { change } from "../change.ts";
import { RealmOrder, planOf } from "../plan.ts";
import { Settings } from "../settings.ts";
import { addRealm, nowOf, type Realm, type Simulator } from "../simulator.ts";
import { Trouble } from "../troubles.ts";
import { WebhookOrder } from "../webhooks/order.ts";
import { applications } from "./applications.ts";
import { BetweenPagesOrder, BooksOrder, ChangesOrder, PoisonOrder, TokensOrder } from "./orders.ts";
import { kindSpelled, state, streamRecords } from "./reports.ts";

function realmNamed(simulator: Simulator, realmId: string | null): Realm {
  const realm = simulator.realms.get(realmId ?? "");
  if (realm === undefined) throw new Refused(404, `there is no realm ${realmId ?? "(none given)"}`);
  return realm;
}

type Door = (simulator: Simulator, url: URL, body: string) => object;

const addOrderedRealm: Door = (simulator, _url, body) => {
  const order = ordered(RealmOrder, body);
  if (order.realmId !== undefined && simulator.realms.has(order.realmId)) {
    throw new Refused(409, `realm ${order.realmId} is there already`);
  }
  const plan = planOf(order, new Set(simulator.realms.keys()), nowOf(simulator));
  addRealm(simulator, plan);
  return { realmId: plan.realmId };
};

const calls: Door = (simulator, url) =>
  realmNamed(simulator, url.searchParams.get("realm")).calls.report();

const appliedNow: Door = (simulator, url) =>
  applications(realmNamed(simulator, url.searchParams.get("realm")).books);

const resetCalls: Door = (simulator, url) => {
  const asked = url.searchParams.get("realm");
  const realms = asked === null ? [...simulator.realms.values()] : [realmNamed(simulator, asked)];
  for (const realm of realms) realm.calls = new Calls();
  return { reset: realms.length };
};

const addTrouble: Door = (simulator, _url, body) => ({
  id: simulator.troubles.add(ordered(Trouble, body)),
});

const clearTroubles: Door = (simulator, url) => {
  simulator.troubles.clear(url.searchParams.get("realm"));
  return { cleared: true };
};

const poison: Door = (simulator, _url, body) => {
  const order = ordered(PoisonOrder, body);
  const { books } = realmNamed(simulator, order.realm);
  const row = rowWithId(books, order.entity, order.id);
  shelfOf(books, order.entity).poisoned.set(row, order.how);
  return { poisoned: order.id };
};

const cure: Door = (simulator, url) => {
  const { books } = realmNamed(simulator, url.searchParams.get("realm"));
  for (const { poisoned } of books.shelves.values()) poisoned.clear();
  return { cleared: true };
};

const changeBooks: Door = (simulator, _url, body) => {
  const order = ordered(ChangesOrder, body);
  const changes = change(simulator, realmNamed(simulator, order.realm), order.changes);
  return { ids: changes.flatMap(({ ids }) => ids), changes };
};

const setBooks: Door = (simulator, _url, body) => {
  const { realm, closedUntil } = ordered(BooksOrder, body);
  const { books } = realmNamed(simulator, realm);
  const at = Math.floor(nowOf(simulator) / 1000);
  books.closing = { date: closedUntil, count: books.closing.count + 1, at };
  return { closedUntil };
};

const betweenPages: Door = (simulator, _url, body) => {
  const { realm, entity, everyPages, changes } = ordered(BetweenPagesOrder, body);
  const { interruptions } = realmNamed(simulator, realm);
  interruptions.push({ entity, everyPages, changes, pages: 0 });
  return { waiting: interruptions.length };
};

const clearBetweenPages: Door = (simulator) => {
  for (const realm of simulator.realms.values()) realm.interruptions = [];
  return { cleared: true };
};

const orderWebhooks: Door = (simulator, _url, body) => {
  const order = ordered(WebhookOrder, body);
  if (order.realm !== undefined) realmNamed(simulator, order.realm);
  simulator.webhooks.order(order);
  return simulator.webhooks.report();
};

const clearWebhooks: Door = (simulator) => {
  simulator.webhooks.clear();
  return { cleared: true };
};

const tokens: Door = (simulator, _url, body) => {
  const order = ordered(TokensOrder, body);
  const { grants } = simulator;
  if (order.expireAccess === true) grants.expireAccess(order.realm);
  if (order.revoke !== undefined) grants.revokeRealm(order.revoke);
  if (order.expireRefresh !== undefined) grants.expireRefresh(order.expireRefresh);
  if (order.issue === undefined) return { done: true };
  realmNamed(simulator, order.issue);
  return grants.issue(order.issue, order.clientId, nowOf(simulator));
};

const settings: Door = (simulator, _url, body) => {
  simulator.settings = { ...simulator.settings, ...defined(ordered(Settings.partial(), body)) };
  return simulator.settings;
};

function defined(values: Partial<{ [K in keyof Settings]: Settings[K] | undefined }>) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Settings.partial().parse(Object.fromEntries(entries)) as Partial<Settings>;
}

const DOORS: ReadonlyMap<string, Door> = new Map([
  ["GET state", (simulator: Simulator) => state(simulator)],
  ["POST realms", addOrderedRealm],
  ["GET applications", appliedNow],
  ["GET calls", calls],
  ["DELETE calls", resetCalls],
  ["POST faults", addTrouble],
  ["DELETE faults", clearTroubles],
  ["POST poison", poison],
  ["DELETE poison", cure],
  ["POST changes", changeBooks],
  ["POST books", setBooks],
  ["POST between-pages", betweenPages],
  ["DELETE between-pages", clearBetweenPages],
  ["GET webhooks", (simulator: Simulator) => simulator.webhooks.report()],
  ["POST webhooks", orderWebhooks],
  ["DELETE webhooks", clearWebhooks],
  ["POST tokens", tokens],
  ["GET settings", (simulator: Simulator) => simulator.settings],
  ["POST settings", settings],
]);

/** Answers a control request under /_simulator; mistakes are answered with a sentence. */
export function answerControl(
  simulator: Simulator,
  request: { method: string; url: URL; body: string },
): Answer {
  const { method, url, body } = request;
  const name = url.pathname.slice("/_simulator/".length);
  const door = DOORS.get(`${method} ${name}`);
  if (door === undefined) {
    const known = [...DOORS.keys(), "GET records"].join(", ");
    return json(404, { error: `there is no ${method} ${url.pathname}; there are: ${known}` });
  }
  try {
    return json(200, door(simulator, url, body));
  } catch (error) {
    if (error instanceof Refused) return json(error.status, { error: error.message });
    if (error instanceof ChangeRefused) return json(422, { error: error.message });
    throw error;
  }
}

/** GET /_simulator/records, which streams and so is no ordinary door. */
export async function answerRecords(
  simulator: Simulator,
  url: URL,
  response: ServerResponse,
): Promise<Answer | undefined> {
  const realm = simulator.realms.get(url.searchParams.get("realm") ?? "");
  const kind = kindSpelled(url.searchParams.get("entity"));
  if (realm === undefined || kind === undefined) {
    return json(404, { error: "records needs a known realm and an entity such as Invoice" });
  }
  await streamRecords(response, realm.books, kind, url.searchParams.get("payload") === "1");
  return undefined;
}

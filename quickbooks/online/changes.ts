import { faultIn, type Fault } from "../../core/faults.ts";
import type { Changes, ChangesWanted, Checkpoint, Page } from "../source.ts";
import { readChangesAnswer } from "./answer.ts";
import type { OnlineClient } from "./client.ts";
import { isOnlineKind, ONLINE_KINDS, type OnlineKind } from "./kinds.ts";
import type { OnlineListing } from "./query.ts";
import { startOf, walkPage, type Asker } from "./walk.ts";

/** QuickBooks looks back 30 days; the last of them is not relied on. */
const LOOK_BACK_DAYS = 29;
/** More objects than this do not fit into one answer, which then says nothing of what is missing. */
const OBJECTS_MAX = 1000;
const DAY_MS = 86_400_000;

/**
 * Everything changed since a moment. Change data capture tells deletions too, in one call where
 * that holds everything; at its cap kind by kind; and by query for what it lacks, refuses, cannot
 * hold or is too old for. Deletions that no feed tells are found by comparing counts.
 */
export async function* changesSince(
  reader: ChangeReader,
  wanted: ChangesWanted,
): AsyncGenerator<Changes> {
  const { since } = wanted;
  const kinds = wanted.kinds.filter(isOnlineKind);
  const recent = Date.now() - since.getTime() < LOOK_BACK_DAYS * DAY_MS;
  const fed = kinds.filter((kind) => recent && ONLINE_KINDS[kind].inChangeFeed);
  const all = await capture(reader, fed, since);
  const at = all?.at ?? (await reader.now());
  if (all !== null) yield all;
  for (const kind of kinds) {
    if (!fed.includes(kind)) {
      yield* byQuery(reader, kind, { since, at });
    } else if (all === null || countOf(all) >= OBJECTS_MAX) {
      const alone = fed.length === 1 ? all : await capture(reader, [kind], since);
      if (alone !== null) yield { ...alone, at };
      if (alone === null || countOf(alone) >= OBJECTS_MAX) {
        yield* byQuery(reader, kind, { since, at });
      }
    }
  }
}

/** What reading changes needs of the company's source. */
export interface ChangeReader {
  client: OnlineClient;
  signal: AbortSignal;
  askerFor(listing: OnlineListing): Asker;
  /** QuickBooks' clock. */
  now(): Promise<Date>;
}

type Captured = ReturnType<typeof readChangesAnswer>;

/** One call of change data capture; null where there is nothing to ask or QuickBooks refuses these kinds. */
async function capture(
  { client, signal }: ChangeReader,
  kinds: readonly OnlineKind[],
  since: Date,
): Promise<Captured | null> {
  if (kinds.length === 0) return null;
  const entities = kinds.map((kind) => ONLINE_KINDS[kind].entity).join(",");
  const changedSince = `${since.toISOString().slice(0, 19)}Z`;
  try {
    return readChangesAnswer(await client.get("cdc", { entities, changedSince }, signal));
  } catch (error) {
    const fault = faultIn(error)?.kind;
    if (fault === "page-refused" || fault === "query-refused" || fault === "kind-not-available") {
      return null;
    }
    throw error;
  }
}

const countOf = (captured: Captured): number =>
  [...captured.objects.values()].reduce((sum, objects) => sum + objects, 0);

async function* byQuery(
  reader: ChangeReader,
  kind: OnlineKind,
  { since, at }: { since: Date; at: Date },
): AsyncGenerator<Changes> {
  const listing: OnlineListing = {
    kind,
    scope: "all",
    datedFrom: null,
    datedUntil: null,
    modifiedFrom: since,
    // On QuickBooks' clock, as everything else here; what is modified from now on is the next run's.
    modifiedUntil: at,
  };
  const asker = reader.askerFor(listing);
  let checkpoint: Checkpoint | null = startOf(listing);
  while (checkpoint !== null) {
    const page: Page | Fault = await pageUnlessWithdrawn(listing, checkpoint, asker);
    if ("kind" in page) {
      const nothing = { records: [], troubles: [], deletions: [], deletionsUntold: [] };
      yield { ...nothing, at, notOffered: [{ kind, fault: page }], rest: null };
      return;
    }
    yield {
      records: page.records,
      troubles: page.troubles,
      deletions: [],
      deletionsUntold: [kind],
      at,
      rest: null,
    };
    checkpoint = page.next;
  }
}

/** The fault where the company's plan no longer offers this kind: then nothing of it changes, and all else goes on. */
async function pageUnlessWithdrawn(
  listing: OnlineListing,
  checkpoint: Checkpoint,
  asker: Asker,
): Promise<Page | Fault> {
  try {
    return await walkPage(listing, checkpoint, asker);
  } catch (error) {
    const fault = faultIn(error);
    if (fault?.kind !== "kind-not-available") throw error;
    return fault;
  }
}

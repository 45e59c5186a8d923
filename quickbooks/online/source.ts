import { faultIn, FaultError } from "../../core/faults.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type { Listing, Source } from "../source.ts";
import { readQueryAnswer } from "./answer.ts";
import { appliersIn, depositedIn, isDeposited } from "./applications.ts";
import { changesSince } from "./changes.ts";
import type { OnlineClient } from "./client.ts";
import { readOnlineCompany } from "./company.ts";
import { isOnlineKind, ONLINE_KINDS } from "./kinds.ts";
import { cutIntoPieces } from "./pieces.ts";
import { secondWithin } from "./position.ts";
import { selectByIds, selectCount, selectEdge, selectPage, type OnlineListing } from "./query.ts";
import { readOpenBalances } from "./reports.ts";
import { PAGE_SIZE, startOf, walkPage, type Asker } from "./walk.ts";

/** As many requests as Intuit once named as the most at one time; at a second's latency that reaches its ceiling. */
const STREAMS = 10;

/** QuickBooks Online as a source of records. Every answer costs one metered call. */
export function createOnlineSource(client: OnlineClient, realmId: string): Source {
  const askerFor = (listing: OnlineListing, signal: AbortSignal): Asker => ({
    page: async (stretch, position, size) => {
      const query = selectPage(listing, stretch, { position, size });
      return readQueryAnswer(listing.kind, await client.get("query", { query }, signal));
    },
    count: (stretch) => count(client, listing, { query: selectCount(listing, stretch), signal }),
    edge: async (stretch, which) => {
      const query = selectEdge(listing, stretch, which);
      try {
        const answer = await client.get("query", { query }, signal);
        const [row] = readQueryAnswer(listing.kind, answer).records;
        return row === undefined ? null : secondWithin(row.modifiedAt);
      } catch (error) {
        const fault = faultIn(error)?.kind;
        if (fault === "page-refused" || fault === "query-refused") return null;
        throw error;
      }
    },
  });
  return {
    streams: STREAMS,
    pageSize: PAGE_SIZE,
    wins: "modified-last",
    paymentsModify: true,
    readCompany: (signal) => readOnlineCompany(client, realmId, signal),
    count: async (listing, signal) => {
      const online = asOnline(listing);
      const { from, until } = stretchOf(online);
      return askerFor(online, signal).count({ from, until });
    },
    canListOpen: (kind) => isOnlineKind(kind) && ONLINE_KINDS[kind].open !== null,
    start: (listing) => startOf(asOnline(listing)),
    listPage: (listing, from, signal) => {
      const online = asOnline(listing);
      return walkPage(online, from, askerFor(online, signal));
    },
    cut: (listing, at, size, signal) =>
      cutIntoPieces(at, size, askerFor(asOnline(listing), signal)),
    hasChangeFeed: (kind) => isOnlineKind(kind) && ONLINE_KINDS[kind].inChangeFeed,
    changesSince: (wanted, signal) =>
      changesSince(
        {
          client,
          signal,
          askerFor: (listing) => askerFor(listing, signal),
          now: async () => (await readOnlineCompany(client, realmId, signal)).at,
        },
        wanted,
      ),
    readOpenBalances: (asOf, signal) => readOpenBalances(client, asOf, signal),
    isDeposited,
    depositedIn,
    appliersIn: (_, payload) => appliersIn(payload),
    readByIds: async (kind, ids, signal) => {
      if (!isOnlineKind(kind)) throw notOffered(kind);
      const query = selectByIds(kind, ids);
      return readQueryAnswer(kind, await client.get("query", { query }, signal));
    },
  };
}

/**
 * Counts a listing. A kind that this plan lacks is told from a question that is refused for another
 * reason by asking for the bare kind: refused even so, QuickBooks does not offer it.
 */
async function count(
  client: OnlineClient,
  listing: OnlineListing,
  { query, signal }: { query: string; signal: AbortSignal },
): Promise<number> {
  try {
    return await countBy(client, listing, { query, signal });
  } catch (error) {
    const fault = faultIn(error);
    // Open documents that cannot be picked out say nothing about the kind.
    if (fault?.kind !== "query-refused" || listing.scope === "open") throw error;
    const bare = `SELECT COUNT(*) FROM ${ONLINE_KINDS[listing.kind].entity}`;
    const offered = await countBy(client, listing, { query: bare, signal }).then(
      () => true,
      (cause: unknown) => {
        if (faultIn(cause)?.kind === "query-refused") return false;
        throw cause;
      },
    );
    if (offered) throw error;
    throw new FaultError({ ...fault, kind: "kind-not-available" }, { cause: error });
  }
}

async function countBy(
  client: OnlineClient,
  listing: OnlineListing,
  { query, signal }: { query: string; signal: AbortSignal },
): Promise<number> {
  const answer = readQueryAnswer(listing.kind, await client.get("query", { query }, signal));
  if (answer.totalCount === null) {
    throw new FaultError({
      kind: "unreadable-answer",
      message: "QuickBooks' answer cannot be read: a count without its number.",
    });
  }
  return answer.totalCount;
}

function stretchOf(listing: OnlineListing): { from: string | null; until: string | null } {
  const { at, until } = startOf(listing) as { at: string | null; until: string | null };
  return { from: at, until };
}

function asOnline(listing: Listing): OnlineListing {
  const { kind } = listing;
  if (!isOnlineKind(kind)) throw notOffered(kind);
  return { ...listing, kind };
}

const notOffered = (kind: RecordKind): FaultError =>
  new FaultError({
    kind: "kind-not-available",
    message: `QuickBooks Online has no ${kind.replaceAll("_", " ")}.`,
  });

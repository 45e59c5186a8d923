import type { Listing } from "../source.ts";
import { ONLINE_KINDS, type OnlineKind } from "./kinds.ts";

/** A listing of a kind that QuickBooks Online has. */
export type OnlineListing = Listing & { kind: OnlineKind };

/** The stretch of modification time of one question; null is open. Whole seconds, both ends inclusive. */
export interface Stretch {
  from: string | null;
  until: string | null;
}

/** The rows of a listing within a stretch, oldest change first. `position` counts from 1. */
export const selectPage = (
  listing: OnlineListing,
  stretch: Stretch,
  page: { position: number; size: number },
): string =>
  `SELECT * FROM ${ONLINE_KINDS[listing.kind].entity}${where(conditions(listing, stretch))}` +
  ` ORDERBY MetaData.LastUpdatedTime STARTPOSITION ${page.position} MAXRESULTS ${page.size}`;

/** The one row of a stretch that was changed first or last. */
export const selectEdge = (
  listing: OnlineListing,
  stretch: Stretch,
  which: "oldest" | "newest",
): string =>
  `SELECT * FROM ${ONLINE_KINDS[listing.kind].entity}${where(conditions(listing, stretch))}` +
  ` ORDERBY MetaData.LastUpdatedTime ${which === "oldest" ? "ASC" : "DESC"} STARTPOSITION 1 MAXRESULTS 1`;

/** How many rows a listing has within a stretch. */
export const selectCount = (listing: OnlineListing, stretch: Stretch): string =>
  `SELECT COUNT(*) FROM ${ONLINE_KINDS[listing.kind].entity}${where(conditions(listing, stretch))}`;

/** Rows by their ids, as many as there are. */
export const selectByIds = (kind: OnlineKind, ids: readonly string[]): string =>
  `SELECT * FROM ${ONLINE_KINDS[kind].entity}` +
  where([...active(kind), `Id IN (${ids.map((id) => `'${quoted(id)}'`).join(", ")})`]) +
  ` MAXRESULTS 1000`;

function conditions(listing: OnlineListing, stretch: Stretch): string[] {
  const { family, open } = ONLINE_KINDS[listing.kind];
  const found = active(listing.kind);
  if (stretch.from !== null) found.push(`MetaData.LastUpdatedTime >= '${stretch.from}'`);
  if (stretch.until !== null) found.push(`MetaData.LastUpdatedTime <= '${stretch.until}'`);
  if (listing.datedFrom !== null && family === "transaction" && listing.scope === "all") {
    found.push(`TxnDate >= '${listing.datedFrom}'`);
  }
  if (listing.datedUntil !== null && family === "transaction" && listing.scope === "all") {
    found.push(`TxnDate <= '${listing.datedUntil}'`);
  }
  if (listing.scope === "open" && open !== null) found.push(open);
  return found;
}

/** Lists hide inactive rows unless both are asked for. */
const active = (kind: OnlineKind): string[] =>
  ONLINE_KINDS[kind].family === "list" ? ["Active IN (true,false)"] : [];

const where = (found: readonly string[]): string =>
  found.length === 0 ? "" : ` WHERE ${found.join(" AND ")}`;

const quoted = (text: string): string => text.replace(/['\\]/g, "\\$&");

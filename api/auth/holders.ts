import type { Pool } from "pg";

import { findHolder, type Holder } from "../../db/api-tokens.ts";
import type { Feed } from "../progress/feed.ts";

/** A notice may be lost; after this long PostgreSQL is asked again. */
const REMEMBERED_MS = 30_000;
const REMEMBERED_MAX = 1_000;

/** Who holds a token, or null when it is unknown or revoked. */
export type Holders = (token: string) => Promise<Holder | null>;

/**
 * Asks PostgreSQL once for what is asked again and again. A token that is revoked is forgotten as soon as
 * PostgreSQL says that tokens moved; while that cannot be heard, nothing is remembered.
 */
export function createHolders(pool: Pool, feed: Pick<Feed, "follow" | "isHearing">): Holders {
  const known = new Map<string, { holder: Holder; until: number }>();
  let moves = 0;
  feed.follow("tokens", () => {
    moves++;
    known.clear();
  });
  return async (token) => {
    const found = known.get(token);
    if (found !== undefined && feed.isHearing() && performance.now() < found.until) {
      return found.holder;
    }
    const before = moves;
    const holder = await findHolder(pool, token);
    // What was read before tokens moved may be wrong by now.
    if (holder === null || !feed.isHearing() || moves !== before) return holder;
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(token, { holder, until: performance.now() + REMEMBERED_MS });
    return holder;
  };
}

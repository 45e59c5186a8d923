import type { RecordKind } from "../../core/record-kinds.ts";
import type { Listing, PageContent, Source } from "../source.ts";
import { appliersIn, depositedIn } from "./applications.ts";
import { byIds } from "./by-ids.ts";
import { changesSince } from "./changes.ts";
import { readDesktopCompany } from "./company.ts";
import { countListing, createGatherer } from "./counts.ts";
import type { Exchanges } from "./exchanges.ts";
import { DESKTOP_KINDS, desktopKind } from "./kinds.ts";
import type { Learned } from "./learned.ts";
import { createPc } from "./pc.ts";
import { packPosition, startOf } from "./position.ts";
import { askingsOf } from "./queries.ts";
import { readOpenBalances } from "./reports.ts";
import { walkPage } from "./walk.ts";

/** QuickBooks answers one request at a time; while it works on one stream's, the other's is put down. */
const STREAMS = 2;
/** Kinds with open documents; of those that QuickBooks cannot pick out everything is read. */
const WITH_OPEN: readonly RecordKind[] = [
  "invoice",
  "bill",
  "payment",
  "credit_memo",
  "vendor_credit",
];

/** `close` takes back what was asked ahead: whoever reads on finds its answer. */
export interface DesktopSource extends Source {
  close(): void;
}

/**
 * A QuickBooks Desktop company file as a source of records, through its PC's Web Connector. `learned`
 * is kept by the caller from one activity to the next.
 */
export function createDesktopSource(exchanges: Exchanges, learned: Learned): DesktopSource {
  const pc = createPc(exchanges);
  const ask = createGatherer(pc);
  let learning: Promise<unknown> | null = null;
  /** A stretch of modification time is counted to the second once the wall clock is known. */
  async function knowClock({ modifiedFrom, modifiedUntil }: Listing, signal: AbortSignal) {
    const isNeeded = modifiedFrom !== null || modifiedUntil !== null;
    if (!isNeeded || learned.clock.seasons.size > 0) return;
    learning ??= readDesktopCompany(pc, learned, signal).finally(() => {
      learning = null;
    });
    await learning;
  }
  return {
    streams: STREAMS,
    get pageSize() {
      return learned.size;
    },
    wins: "read-last",
    paymentsModify: false,
    readCompany: (signal) => readDesktopCompany(pc, learned, signal),
    async count(listing, signal) {
      const kind = desktopKind(listing.kind);
      await knowClock(listing, signal);
      const open = await pc.session();
      const { clock } = learned;
      return countListing({ listing, kind, open, clock, ask: (request) => ask(request, signal) });
    },
    canListOpen: (kind) => WITH_OPEN.includes(kind),
    start: (listing, total) =>
      packPosition(startOf(listing, desktopKind(listing.kind).family, total)),
    listPage: (listing, from, signal) =>
      walkPage({ pc, learned, listing, kind: desktopKind(listing.kind), signal }, from),
    // One request at a time: there is nobody to feed.
    cut: () => Promise.resolve(null),
    hasChangeFeed: (kind) =>
      DESKTOP_KINDS[kind]?.queries.every(({ deletedTypes }) => deletedTypes.length > 0) ?? false,
    changesSince: (wanted, signal) => changesSince({ pc, learned, signal }, wanted),
    readOpenBalances: (asOf, signal) => readOpenBalances(pc, asOf, signal),
    // A payment does not say so here; its deposit does.
    isDeposited: () => false,
    depositedIn,
    appliersIn,
    async readByIds(kind, ids, signal) {
      const { host } = await pc.session();
      const found: PageContent = { records: [], troubles: [] };
      for (const asking of askingsOf(host.qbxml, [kind])) {
        const { records, troubles } = await byIds(
          { pc, clock: learned.clock, signal },
          kind,
          asking,
          ids,
        );
        found.records.push(...records);
        found.troubles.push(...troubles);
      }
      return found;
    },
    close: () => pc.close(),
  };
}

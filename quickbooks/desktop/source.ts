import { FaultError } from "../../core/faults.ts";
import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import type { Listing, PageContent, Source } from "../source.ts";
import { changesSince } from "./changes.ts";
import { readDesktopCompany } from "./company.ts";
import { countListing, createGatherer } from "./counts.ts";
import type { Exchanges } from "./exchanges.ts";
import { faultOfStatus } from "./faults.ts";
import { DESKTOP_KINDS, type DesktopKind } from "./kinds.ts";
import { pageSizeOf, type Learned } from "./learned.ts";
import { createPc, type Pc } from "./pc.ts";
import { idQuery } from "./queries.ts";
import { readRecords } from "./record.ts";
import { pickedWhole, startOf, walkPage } from "./walk.ts";

/** QuickBooks answers one request at a time. */
const STREAMS = 1;
/** Kinds with open documents; of those that QuickBooks cannot pick out everything is read. */
const WITH_OPEN: readonly RecordKind[] = [
  "invoice",
  "bill",
  "payment",
  "credit_memo",
  "vendor_credit",
];

/**
 * A QuickBooks Desktop company file as a source of records, through its PC's Web Connector. `learned`
 * is kept by the caller from one activity to the next.
 */
export function createDesktopSource(exchanges: Exchanges, learned: Learned): Source {
  const pc = createPc(exchanges);
  const gather = createGatherer(pc);
  return {
    streams: STREAMS,
    get pageSize() {
      return pageSizeOf(learned);
    },
    wins: "read-last",
    readCompany: (signal) => readDesktopCompany(pc, learned, signal),
    count: async (listing, signal) => {
      const kind = await offered(pc, listing);
      return countListing((request) => gather(request, signal), {
        listing,
        kind,
        picked: pickedWhole(listing, learned),
      });
    },
    canListOpen: (kind) => WITH_OPEN.includes(kind),
    start: (listing, total) => startOf({ listing, learned }, total),
    listPage: (listing, from, signal) =>
      walkPage({ listing, kind: desktopKind(listing.kind), learned, pc }, from, signal),
    // One request at a time: there is nobody to feed.
    cut: () => Promise.resolve(null),
    hasChangeFeed: () => true,
    changesSince: (since, kinds, signal) => changesSince({ pc, learned, signal }, since, kinds),
    readByIds: (kind, ids, signal) => readByIds({ pc, learned, signal }, kind, ids),
  };
}

/** The kind of a listing, if this QuickBooks has it and can pick out what is wanted. */
async function offered(pc: Pc, { kind, scope }: Listing): Promise<DesktopKind> {
  const desktop = desktopKind(kind);
  const { host } = await pc.session();
  if (desktop.queries.every(({ since }) => since > host.qbxml)) {
    throw new FaultError({
      kind: "kind-not-available",
      message: `This QuickBooks has no ${kindLabel(kind)} that can be read.`,
      rawCode: `qbXML ${host.version}`,
    });
  }
  if (scope === "open" && !desktop.queries.some(({ paidStatus }) => paidStatus)) {
    throw new FaultError({
      kind: "query-refused",
      message: `QuickBooks Desktop cannot pick out open ${kindLabel(kind)} records.`,
    });
  }
  return desktop;
}

async function readByIds(
  { pc, learned, signal }: { pc: Pc; learned: Learned; signal: AbortSignal },
  kind: RecordKind,
  ids: readonly string[],
): Promise<PageContent> {
  const desktop = desktopKind(kind);
  const { responses } = await pc.ask(
    desktop.queries.map((query) => idQuery(desktop, query, ids)),
    signal,
  );
  const found: PageContent = { records: [], troubles: [] };
  for (const response of responses) {
    const fault = faultOfStatus(response, "query-refused");
    if (fault !== null) throw new FaultError(fault);
    const content = readRecords(kind, desktop, response.records, learned);
    found.records.push(...content.records);
    found.troubles.push(...content.troubles);
  }
  return found;
}

function desktopKind(kind: RecordKind): DesktopKind {
  const desktop = DESKTOP_KINDS[kind];
  if (desktop !== undefined) return desktop;
  throw new FaultError({
    kind: "kind-not-available",
    message: `QuickBooks Desktop has no ${kindLabel(kind)}.`,
  });
}

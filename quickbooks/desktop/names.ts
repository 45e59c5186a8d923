import { FaultError } from "../../core/faults.ts";
import type { PageContent } from "../source.ts";
import { byIds, idsIn } from "./by-ids.ts";
import { faultIn } from "./faults.ts";
import { learnPage, pageSizeOf } from "./learned.ts";
import type { OpenSession } from "./pc.ts";
import { bound, type Position } from "./position.ts";
import { EVERYTHING, pickQuery, type Asking, type Picked, type Portion } from "./queries.ts";
import type { RawRecord } from "./reader.ts";
import { readRecords } from "./record.ts";
import type { Walk } from "./walk.ts";

/** Lists without iterators up to this size are taken whole. */
const WHOLE_MAX = 2_000;

interface NamesPage {
  content: PageContent;
  next: Position | "end";
}

/**
 * A page of a list that QuickBooks does not hand out in pages: small ones are taken whole, larger ones
 * in the order of their names, from the last one of the page before on. Names of parents and children
 * are in an order of their own, so lists that have them are taken whole too, and so is one whose
 * pages do not come by name after all.
 */
export async function namesPage(
  { pc, learned, listing, signal }: Walk,
  { open, ...asking }: Asking & { open: OpenSession },
  position: Position,
): Promise<NamesPage> {
  const { query, kind } = asking;
  const isWhole = position.total === null || position.total <= WHOLE_MAX || kind.hasParents;
  const size = pageSizeOf(learned, query.name);
  const portion: Portion = isWhole ? { is: "all" } : { is: "some", size };
  const from = bound(position, learned.clock, "from");
  const until = bound(position, learned.clock, "until");
  const picked: Picked = {
    ...EVERYTHING,
    modified: from === null && until === null ? null : { from, until },
    nameFrom: isWhole ? null : position.name,
  };
  const { responses, insideMs, characters } = await pc.ask(
    [pickQuery(asking, picked, portion)],
    signal,
    { open },
  );
  const [response] = responses;
  if (response === undefined) throw new Error("an answer without its response");
  const fault = faultIn(response);
  if (fault?.kind === "page-refused" || fault?.kind === "unknown-fault") {
    const ids = await idsIn({ pc, signal }, asking, { ...picked, nameFrom: null });
    if (ids === null) throw new FaultError(fault);
    const reader = { pc, clock: learned.clock, signal };
    return { content: await byIds(reader, listing.kind, asking, ids), next: "end" };
  }
  if (fault !== null) throw new FaultError(fault);
  const rows = response.records.length + response.spoilt.length;
  learnPage(learned, query.name, { records: rows, insideMs, characters });
  const isEnd = isWhole || rows < size;
  if (!isEnd && !isInOrder(response.records, position.name)) {
    return { content: NOTHING, next: { ...position, total: null, name: null } };
  }
  // The last one of the page before came with it.
  const fresh = response.records.filter((record) => isWhole || nameOf(record) !== position.name);
  const content = readRecords(listing.kind, { ...response, records: fresh }, learned.clock);
  if (isEnd) return { content, next: "end" };
  return { content, next: { ...position, name: nameOf(response.records.at(-1)) } };
}

/** Do the names rise, from the one that was asked for on, and go further than it? */
function isInOrder(records: readonly RawRecord[], from: string | null): boolean {
  const names = records.map((record) => nameOf(record)?.toLowerCase() ?? "");
  const first = from?.toLowerCase() ?? "";
  const last = names.at(-1) ?? "";
  return last !== "" && last > first && names.every((name) => name >= first && name <= last);
}

const nameOf = (record: RawRecord | undefined): string | null =>
  record?.fields.get("FullName") ?? record?.fields.get("Name") ?? null;

const NOTHING: PageContent = { records: [], troubles: [] };

import { FaultError, type FaultKind } from "../../core/faults.ts";
import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import type { PageContent } from "../source.ts";
import type { WallClock } from "./clock.ts";
import { faultIn } from "./faults.ts";
import { idElement } from "./kinds.ts";
import type { Pc } from "./pc.ts";
import { idQuery, pickQuery, trimmed, type Asking, type Picked } from "./queries.ts";
import { readRecords, refusedRecord } from "./record.ts";

/** Ids asked for in one request. */
const IDS_MAX = 100;
/** The record is not there: for a question by id that is an answer. */
const NOT_THERE = 3120;

/** Faults that one record of a request may cause. */
const ABOUT_A_RECORD = new Set<FaultKind>([
  "page-refused",
  "unknown-fault",
  "not-found",
  "request-refused",
]);

interface Asker {
  pc: Pc;
  signal: AbortSignal;
}

/** The ids of everything that is picked out; null when QuickBooks refuses to say even that. */
export async function idsIn(
  { pc, signal }: Asker,
  asking: Asking,
  picked: Picked,
): Promise<string[] | null> {
  const element = idElement(asking.kind);
  const request = trimmed(pickQuery(asking, picked, { is: "all" }), [element]);
  const { responses } = await pc.ask([request], signal);
  const [response] = responses;
  if (response === undefined || faultIn(response) !== null) return null;
  return response.records.map(({ fields }) => fields.get(element) ?? "").filter((id) => id !== "");
}

/**
 * Records by their ids, as many as there are; those that are not there are left out. Where QuickBooks
 * refuses because of one of them, the others are read, and that one is a trouble.
 */
export async function byIds(
  { pc, clock, signal }: Asker & { clock: WallClock },
  kind: RecordKind,
  asking: Asking,
  ids: readonly string[],
): Promise<PageContent> {
  const found: PageContent = { records: [], troubles: [] };
  // The smallest pieces first, so that what is refused is narrowed down before anything else is asked.
  const left = inPieces(ids);
  for (let piece = left.shift(); piece !== undefined; piece = left.shift()) {
    // Balances move without a modification: what was answered to an attempt before this one may be old.
    const { responses } = await pc.ask([idQuery(asking, piece)], signal, { isFresh: true });
    const [response] = responses;
    if (response === undefined) throw new Error("an answer without its response");
    const fault = faultIn(response);
    if (fault === null) {
      const { records, troubles } = readRecords(kind, response, clock);
      found.records.push(...records);
      found.troubles.push(...troubles);
    } else if (!ABOUT_A_RECORD.has(fault.kind)) {
      throw new FaultError(fault);
    } else if (piece.length > 1) {
      const middle = Math.ceil(piece.length / 2);
      left.unshift(piece.slice(0, middle), piece.slice(middle));
    } else if (response.statusCode !== NOT_THERE) {
      const [id = ""] = piece;
      const what = `the ${kindLabel(kind)} ${id}`;
      found.troubles.push(refusedRecord(kind, { id, what, status: response }));
    }
  }
  return found;
}

const inPieces = (ids: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / IDS_MAX) }, (_, index) =>
    ids.slice(index * IDS_MAX, (index + 1) * IDS_MAX),
  );

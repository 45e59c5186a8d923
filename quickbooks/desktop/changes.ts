import { FaultError } from "../../core/faults.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type { Changes, Deletion } from "../source.ts";
import { filterText, instantOf } from "./clock.ts";
import { queriesOf, readDesktopCompany } from "./company.ts";
import { faultOfStatus } from "./faults.ts";
import { DESKTOP_KINDS } from "./kinds.ts";
import { pageSizeOf, type Learned } from "./learned.ts";
import type { Pc } from "./pc.ts";
import {
  deletedQueries,
  EVERYTHING,
  kindsByDeletedType,
  pickQuery,
  type Picked,
} from "./queries.ts";
import type { RawRecord, Response } from "./reader.ts";
import { readRecords } from "./record.ts";

/** An hour that the offset of a time may be wrong by, read once more. */
const OVERLAP_MS = 3_600_000;
/** QuickBooks remembers deletions for 90 days; the last of them is not relied on. */
const REMEMBERED_MS = 89 * 86_400_000;

export interface ChangeReader {
  pc: Pc;
  learned: Learned;
  signal: AbortSignal;
}

/**
 * Everything modified or deleted since a moment: all kinds and all deletions asked in one message
 * set, so that a company with nothing new costs one exchange. What does not fit a page is read on
 * with the iterators of that set. Kinds whose deletions nobody remembers are named.
 */
export async function* changesSince(
  reader: ChangeReader,
  since: Date,
  kinds: readonly RecordKind[],
): AsyncGenerator<Changes> {
  const { pc, learned, signal } = reader;
  const { at } = await readDesktopCompany(pc, learned, signal);
  const { host } = await pc.session();
  const queries = queriesOf(host.qbxml, kinds);
  const from = filterText(new Date(since.getTime() - OVERLAP_MS), learned.offsetMs);
  const picked: Picked = { ...EVERYTHING, modified: { from, until: null } };
  const size = pageSizeOf(learned);
  const deleted = deletedTypes(kinds);
  const answer = await pc.ask(
    [
      ...queries.map(({ desktop, query }) =>
        pickQuery(
          desktop,
          query,
          picked,
          query.hasIterator ? { is: "first", size, iterator: true } : { is: "all" },
        ),
      ),
      ...deletedQueries(deleted.lists, deleted.transactions, from),
    ],
    signal,
  );
  const tooOld = at.getTime() - since.getTime() > REMEMBERED_MS;
  const deletions = answer.responses.slice(queries.length).flatMap(deletionsIn);
  yield { records: [], troubles: [], deletions, deletionsUntold: null, at };
  for (const [index, { kind, desktop, query }] of queries.entries()) {
    const isUntold = tooOld || query.deletedTypes.length === 0;
    let response = answer.responses[index];
    for (let more = true; more && response !== undefined;) {
      throwIfRefused(response);
      const content = readRecords(kind, desktop, response.records, learned);
      yield { ...content, deletions: [], deletionsUntold: isUntold ? kind : null, at };
      const { iteratorId, remaining } = response;
      more = remaining > 0 && iteratorId !== null;
      if (!more || iteratorId === null) break;
      const request = pickQuery(desktop, query, picked, { is: "next", size, iteratorId });
      response = (await pc.ask([request], signal)).responses[0];
    }
  }
}

/** A kind that is not offered here has no changes; anything else that is refused ends the sweep. */
function throwIfRefused(response: Response): void {
  const fault = faultOfStatus(response, "query-refused");
  if (fault !== null && fault.kind !== "kind-not-available") throw new FaultError(fault);
}

function deletedTypes(kinds: readonly RecordKind[]): { lists: string[]; transactions: string[] } {
  const typesOf = (family: "list" | "transaction"): string[] =>
    kinds
      .map((kind) => DESKTOP_KINDS[kind])
      .filter((desktop) => desktop?.family === family)
      .flatMap((desktop) => desktop?.queries ?? [])
      .flatMap((query) => query.deletedTypes);
  return { lists: typesOf("list"), transactions: typesOf("transaction") };
}

const KIND_OF_DELETED = kindsByDeletedType(DESKTOP_KINDS);

function deletionsIn(response: Response): Deletion[] {
  throwIfRefused(response);
  return response.records.map(deletionOf).filter((deletion) => deletion !== null);
}

function deletionOf({ fields }: RawRecord): Deletion | null {
  const kind = KIND_OF_DELETED.get(fields.get("ListDelType") ?? fields.get("TxnDelType") ?? "");
  const quickbooksId = fields.get("ListID") ?? fields.get("TxnID");
  const time = fields.get("TimeDeleted");
  if (kind === undefined || quickbooksId === undefined || time === undefined) return null;
  return { kind, quickbooksId, deletedAt: instantOf(time, "") };
}

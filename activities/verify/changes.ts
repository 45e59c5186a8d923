import type { RecordKind } from "../../core/record-kinds.ts";
import { findCursors } from "../../db/cursors.ts";
import type { ReconciliationLine } from "../../db/reconciliations.ts";
import { inCompany } from "../../db/transactions.ts";
import { storeFound, type StandingStep } from "../standing-step.ts";
import { naming } from "./name-differing.ts";
import { NOTHING, UNKNOWN } from "./lines.ts";

/** More changes than these are AutoSync's, which asks a person where they are most of the books. */
const CHANGES_MAX = 1_000;

const SINCE = {
  lacked: "QuickBooks has it since the last sync; it was read.",
  changed: "It was changed in QuickBooks since the last sync, and was read anew.",
  gone: "It was deleted in QuickBooks since the last sync; it is marked deleted.",
};

/**
 * Reads what changed since the last sync, edits too, which no count shows; each is named, and told apart from
 * what slipped. AutoSync's own cursors stay: it reads the same again. A line where there is too much of it.
 */
export async function compareChanges(
  run: StandingStep,
  kinds: readonly RecordKind[],
): Promise<ReconciliationLine[]> {
  const { companyId } = run.lease;
  const cursors = await inCompany(run.deps.pool, companyId, (tx) => findCursors(tx, companyId));
  if (cursors === null) return [];
  const hasFeed = (kind: RecordKind): boolean => run.source.hasChangeFeed(kind);
  const isRead =
    (await readSince(run, cursors.covered, kinds.filter(hasFeed))) &&
    (await readSince(
      run,
      cursors.uncovered,
      kinds.filter((kind) => !hasFeed(kind)),
    ));
  if (isRead) return [];
  const note = `More than ${CHANGES_MAX} records changed since the last sync: they are read by the next one, and may differ here.`;
  return [{ ...NOTHING, ...UNKNOWN, subject: "count", note }];
}

/** Answers false where it left off because there is too much. */
async function readSince(
  run: StandingStep,
  since: Date,
  kinds: readonly RecordKind[],
): Promise<boolean> {
  if (kinds.length === 0) return true;
  const found = naming(run, "count", SINCE);
  let read = 0;
  for await (const changes of run.source.changesSince({ since, kinds }, run.signal)) {
    read += changes.records.length + changes.deletions.length;
    if (Math.max(read, changes.extent?.records ?? 0) > CHANGES_MAX) return false;
    await storeFound(found.run, changes);
  }
  return true;
}

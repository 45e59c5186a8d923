import { compareDecimals } from "../../core/money.ts";
import { isTransactionKind, type RecordKind } from "../../core/record-kinds.ts";
import { payloadsOf, type HeldPayload } from "../../db/payloads.ts";
import { nameDiffering, type DifferingRecord } from "../../db/reconciliations.ts";
import type { SourceRecord } from "../../quickbooks/source.ts";
import type { Found, StandingStep } from "../standing-step.ts";

/** The step that heals what a comparison found, and names each record of it. */
export interface Naming {
  run: StandingStep;
  /** How many differed so far. */
  named(): number;
}

/** How a record that differs is told: we lacked it, held it otherwise, or held what is not there any more. */
interface Words {
  lacked: string;
  changed: string;
  gone: string;
}

const SLIPPED: Words = {
  lacked: "QuickBooks has it, and we did not; it was read.",
  changed: "It differed, and was read anew.",
  gone: "QuickBooks no longer has it; it is marked deleted.",
};

/** A step whose every record that comes in otherwise than we hold it is named, once, before it is stored. */
export function naming(
  run: StandingStep,
  subject: DifferingRecord["subject"],
  words: Words = SLIPPED,
): Naming {
  let count = 0;
  const beforeStored = async (found: Found): Promise<void> => {
    const records = await differingIn(run, found, words);
    count += records.length;
    if (records.length === 0) return;
    await nameDiffering(
      run.deps.pool,
      run.lease,
      records.map((record) => ({ ...record, subject })),
    );
  };
  return { run: { ...run, beforeStored }, named: () => count };
}

async function differingIn(
  { deps, lease }: StandingStep,
  { records, deletions }: Found,
  words: Words,
): Promise<Omit<DifferingRecord, "subject">[]> {
  const keys = [...records, ...deletions].map(({ kind, quickbooksId }) => ({ kind, quickbooksId }));
  if (keys.length === 0) return [];
  const held = new Map(
    (await payloadsOf(deps.pool, lease.companyId, keys)).map((each) => [nameOf(each), each]),
  );
  return [
    ...records.flatMap((record) => {
      const ours = held.get(nameOf(record));
      if (ours === undefined) return [named(record, words.lacked)];
      return isEqual(record, ours) ? [] : [named(record, words.changed)];
    }),
    ...deletions
      .filter((deletion) => held.has(nameOf(deletion)))
      .map((gone) => named(gone, words.gone)),
  ];
}

const named = (
  { kind, quickbooksId }: { kind: RecordKind; quickbooksId: string },
  note: string,
): Omit<DifferingRecord, "subject"> => ({ kind, quickbooksId, note });

const nameOf = ({ kind, quickbooksId }: { kind: RecordKind; quickbooksId: string }): string =>
  `${kind} ${quickbooksId}`;

/**
 * The same version, and the same columns; what QuickBooks changes without telling is left out: links in a
 * payload, and what a customer, vendor or account comes to, which is taken along and no slip of ours.
 */
function isEqual(theirs: SourceRecord, ours: HeldPayload): boolean {
  return (
    theirs.version === ours.version &&
    Date.parse(theirs.modifiedAt) === ours.modifiedAt.getTime() &&
    (["number", "party", "date"] as const).every((column) => theirs[column] === ours[column]) &&
    (!isTransactionKind(theirs.kind) ||
      (["total", "balance"] as const).every((column) => isSame(theirs[column], ours[column])))
  );
}

const isSame = (one: string | null, other: string | null): boolean =>
  one === null || other === null ? one === other : compareDecimals(one, other) === 0;

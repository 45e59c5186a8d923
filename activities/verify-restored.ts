import { z } from "zod";

import { RECORD_KINDS, type RecordKind } from "../core/record-kinds.ts";
import { listTouched, type Touched } from "../db/records.ts";
import { inCompany } from "../db/transactions.ts";
import { askById, heal, IDS_A_QUESTION } from "./compare.ts";
import { moveTo, type StandingStep } from "./standing-step.ts";

/** The offset of a wall clock may be wrong by so much. */
const HOUR_MS = 3_600_000;

export interface Restored {
  /** When it was noticed. */
  at: Date;
  kinds: readonly RecordKind[];
  /** Records modified later may have been stored after the backup was put back. */
  since: Date;
  datedFrom: string | null;
}

/**
 * A backup that was put in the place of the company file took back, without a word, whatever was
 * touched since it was made: new records are gone, deleted ones are there again, and edits are undone
 * under an older time, where no sweep looks. When it was made nobody says. So records are asked for by
 * their ids, those touched last first, until those touched earlier are all as we hold them; then counts
 * are compared. A kind that is verified is not asked for again by whoever comes next.
 */
export async function verifyRestored(run: StandingStep, restored: Restored): Promise<void> {
  const verified = verifiedIn(run, restored.at);
  for (const kind of restored.kinds.filter((each) => !verified.includes(each))) {
    const { at } = await run.source.readCompany(run.signal);
    const from = restored.since.getTime();
    const reached = await verifyTouched(run, { kind, which: "present", from, at });
    await verifyTouched(run, {
      kind,
      which: "deleted",
      from: reached,
      at,
    });
    await heal(run, { kind, scope: "all", datedFrom: restored.datedFrom }, at);
    verified.push(kind);
    const kept = JSON.stringify({ restoredAt: restored.at, kinds: verified });
    await moveTo(run, { ...run.part.checkpoint, verified: kept }, false);
  }
}

const Verified = z.object({ restoredAt: z.coerce.date(), kinds: z.array(z.enum(RECORD_KINDS)) });

/** The kinds that are verified since the restore of that moment, as the step's checkpoint keeps them. */
function verifiedIn({ part }: StandingStep, restoredAt: Date): RecordKind[] {
  const kept = part.checkpoint?.["verified"];
  if (typeof kept !== "string") return [];
  const verified = Verified.parse(JSON.parse(kept));
  return verified.restoredAt.getTime() === restoredAt.getTime() ? verified.kinds : [];
}

interface Verifying {
  kind: RecordKind;
  which: "present" | "deleted";
  /** In milliseconds: at least what was touched since then is asked for. */
  from: number;
  at: Date;
}

/** Answers down to which moment what is held was found to differ. */
async function verifyTouched(
  run: StandingStep,
  { kind, which, from, at }: Verifying,
): Promise<number> {
  const { companyId } = run.lease;
  let reached = from;
  let after: Touched | null = null;
  for (;;) {
    const page = { after, limit: IDS_A_QUESTION };
    const touched: Touched[] = await inCompany(run.deps.pool, companyId, (tx) =>
      listTouched(tx, { companyId, kind, which }, page),
    );
    const last = touched.at(-1);
    if (last === undefined) return reached;
    const ids = touched.map(({ id }) => id);
    const changed = await askById(run, kind, ids, at);
    const lastMs = Date.parse(last.moment);
    if (changed === 0 && lastMs < reached - HOUR_MS) return reached;
    if (changed > 0) reached = Math.min(reached, lastMs);
    after = last;
  }
}

import { faultIn } from "../core/faults.ts";
import { kindLabel, type RecordKind } from "../core/record-kinds.ts";
import { inCompany } from "../db/transactions.ts";
import { withheldKinds, type WithheldKind } from "../db/withheld-kinds.ts";
import { heal } from "./compare.ts";
import type { Look } from "./look.ts";
import type { StandingStep } from "./standing-step.ts";
import { sweepOnce } from "./sweep.ts";
import { release, withheldIn } from "./withhold.ts";

/**
 * Asks once more for the kinds that QuickBooks did not offer, a question each, and reads those that it
 * offers by now: what we lack of them, and what has changed since they were seen last. Answers that in
 * sentences.
 */
export async function readWithheld(
  run: StandingStep,
  look: Look,
  { at, historyFrom }: { at: Date; historyFrom: string | null },
): Promise<string[]> {
  const { pool } = run.deps;
  const { companyId } = run.lease;
  const notes: string[] = [];
  const withheld = await inCompany(pool, companyId, (tx) => withheldKinds(tx, companyId));
  for (const each of withheld) {
    if (!(await isReadNow(run, look, each, { at, historyFrom }))) continue;
    await inCompany(pool, companyId, (tx) => release(tx, companyId, each.kind));
    notes.push(`QuickBooks offers ${kindLabel(each.kind)} records now: they were read.`);
  }
  return notes;
}

async function isReadNow(
  run: StandingStep,
  look: Look,
  { kind, since }: WithheldKind,
  { at, historyFrom }: { at: Date; historyFrom: string | null },
): Promise<boolean> {
  try {
    await heal(run, { kind, scope: "all", datedFrom: historyFrom }, at, since);
    if (historyFrom === null) return true;
    // Of what is dated earlier we hold what was open when it was read first, and what has changed since.
    if (run.source.canListOpen(kind)) await healOpen(run, kind, at);
    if (since === null) return true;
    const pass = { name: `withheld ${kind}`, since, kinds: [kind] };
    return !(await sweepOnce(run, look, pass)).notOffered.has(kind);
  } catch (error) {
    if (withheldIn(error) === null) throw error;
    return false;
  }
}

/** Where QuickBooks cannot pick out open documents the kind is compared whole. */
async function healOpen(run: StandingStep, kind: RecordKind, at: Date): Promise<void> {
  try {
    await heal(run, { kind, scope: "open", datedFrom: null }, at);
  } catch (error) {
    if (faultIn(error)?.kind !== "query-refused") throw error;
    await heal(run, { kind, scope: "all", datedFrom: null }, at);
  }
}

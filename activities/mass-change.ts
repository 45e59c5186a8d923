import { FaultError, POLICY } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import { findMassChange, heldSince, raiseMassChange } from "../db/mass-changes.ts";
import { notifyBatch } from "../db/notify.ts";
import { inCompany } from "../db/transactions.ts";
import type { Changes } from "../quickbooks/source.ts";
import type { StandingStep } from "./standing-step.ts";

/** Fewer records than this are read at once without a word. */
const MANY = 1_000;
/** More than this part of what we hold is no day's work: a file that was rebuilt, condensed or imported into. */
const MOST = 0.5;

/**
 * Where QuickBooks says at once how much has changed: throws the fault `mass-change` before anything is
 * stored when that is most of the books, unless a person has said to go on. What we hold as it was
 * modified in that stretch is nothing new, though it is read once more.
 */
export async function refuseMassChange(
  { deps, lease }: StandingStep,
  kinds: readonly RecordKind[],
  { extent }: Changes,
): Promise<void> {
  if (extent === undefined || extent.records <= MANY) return;
  const { companyId } = lease;
  const message = await inCompany(deps.pool, companyId, async (tx) => {
    const { held, known } = await heldSince(tx, { companyId, kinds, from: extent.from });
    const changed = extent.records - known;
    if (changed <= MANY || changed <= held * MOST) return null;
    if ((await findMassChange(tx, lease))?.isAccepted === true) return null;
    const said = `${changed} records were changed at once in the company file, of which we hold ${held}: nothing of it was stored.`;
    await raiseMassChange(tx, lease, { message: said, nextStep: POLICY["mass-change"].nextStep });
    return said;
  });
  if (message === null) return;
  await notifyBatch(deps.pool, lease);
  throw massChange(message);
}

/** Throws again, without asking QuickBooks, while a person has not answered what this batch asked about. */
export async function awaitWord({ deps, lease }: StandingStep): Promise<void> {
  const found = await inCompany(deps.pool, lease.companyId, (tx) => findMassChange(tx, lease));
  if (found !== null && !found.isAccepted) throw massChange(found.message);
}

const massChange = (message: string): FaultError =>
  new FaultError({ kind: "mass-change", message });

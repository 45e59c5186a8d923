import type { Pool } from "pg";

import { faultIn, type Fault } from "../core/faults.ts";
import { kindLabel, type RecordKind } from "../core/record-kinds.ts";
import { raiseCompanyAttention, resolveAttention } from "../db/attention.ts";
import { holdLeaseAlone, type Lease } from "../db/leases.ts";
import type { Queryable } from "../db/sql.ts";
import { inCompany } from "../db/transactions.ts";
import { releaseKind, withholdKind } from "../db/withheld-kinds.ts";

/** A kind that QuickBooks offered before; `since` is from when on its changes are not seen, null where the cursors say it. */
export interface Withheld {
  kind: RecordKind;
  fault: Fault;
  since: Date | null;
}

/** What QuickBooks said of a kind that it does not offer any more; null for any other trouble. */
export function withheldIn(error: unknown): Fault | null {
  const fault = faultIn(error);
  return fault?.kind === "kind-not-available" ? fault : null;
}

/**
 * A plan, a preference or a permission took a kind away: ours are left as they are, everything else goes
 * on, and a person is told, because QuickBooks does not say whether somebody wanted it.
 */
export async function withhold(tx: Queryable, lease: Lease, { kind, fault, since }: Withheld) {
  const message = reasonOf(kind, fault);
  const reason = { message, rawCode: fault.rawCode ?? null };
  if ((await withholdKind(tx, lease, { kind, since, reason })) === 0) return;
  await raiseCompanyAttention(tx, lease, {
    key: keyOf(kind),
    cause: "kind-withheld",
    kind,
    message,
    nextStep:
      "Ours are left as they are. If nobody wanted that, give the plan, the preference or the permission back: what was missed is read within a day, or at once with syncNow(everything: true).",
  });
}

/** The same in a transaction of its own, with the cursors' word for since when; no page is stored meanwhile. */
export const withholdNow = (pool: Pool, lease: Lease, kind: RecordKind, fault: Fault) =>
  inCompany(pool, lease.companyId, async (tx) => {
    await holdLeaseAlone(tx, lease);
    await withhold(tx, lease, { kind, fault, since: null });
  });

/** In one sentence and QuickBooks' own words. */
export const reasonOf = (kind: RecordKind, fault: Fault): string =>
  `QuickBooks does not offer ${kindLabel(kind)} records any more: ${fault.rawMessage ?? fault.message}`;

/** QuickBooks offers a kind again, and it was read. */
export async function release(tx: Queryable, companyId: string, kind: RecordKind): Promise<void> {
  await releaseKind(tx, companyId, kind);
  await resolveAttention(tx, companyId, keyOf(kind));
}

const keyOf = (kind: RecordKind): string => `kind-withheld:${kind}`;

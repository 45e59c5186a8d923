import type { Lease } from "../db/leases.ts";
import { setPhase } from "../db/batches.ts";
import { inCompany } from "../db/transactions.ts";
import { FaultError } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import type { Checkpoint, Listing } from "../quickbooks/source.ts";
import type { ActivityDeps } from "./deps.ts";

/** The parts of a batch, as people read them. */
export type Phase =
  | "preflight"
  | "lists"
  | "open-balances"
  | "sweep"
  | "records"
  | "changes"
  | "history"
  | "documents"
  | "payments"
  | "comparison"
  | "proof";

/** Open documents of a kind are a step of their own, read before the kind itself. */
export const openStepName = (kind: RecordKind): string => `open_${kind}`;

/** Writes down which part of its work a batch is at. Throws the fault `lease-lost` when it is somebody else's. */
export async function enterPhase(
  { pool }: ActivityDeps,
  lease: Lease,
  phase: Phase,
): Promise<void> {
  const held = await inCompany(pool, lease.companyId, (tx) => setPhase(tx, lease, phase));
  if (held === 0) {
    throw new FaultError({
      kind: "lease-lost",
      message: "Another run works on this batch, or it has ended.",
    });
  }
}

/** All of a kind, whenever it was changed. */
export const wholeListing = (kind: RecordKind, datedFrom: string | null): Listing => ({
  kind,
  scope: "all",
  datedFrom,
  datedUntil: null,
  modifiedFrom: null,
  modifiedUntil: null,
});

/** Where a step goes on that reads from a moment on, by QuickBooks' clock; `takenAt` is when that was by our own, where it is known. */
export const readFrom = (since: Date, takenAt: Date | null): Checkpoint => ({
  since: since.toISOString(),
  ...(takenAt === null ? {} : { takenAt: takenAt.toISOString() }),
});

import { isTransactionKind, type RecordKind } from "../../core/record-kinds.ts";
import type { Lease } from "../../db/leases.ts";
import { notifyBatch } from "../../db/notify.ts";
import { storeClosedUntil, wantedReapplication } from "../../db/reapplications.ts";
import { hasSteps, planSteps, syncedKinds, type NewStep } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import type { Listing } from "../../quickbooks/source.ts";
import { countUnlessWithheld } from "../compare.ts";
import type { ActivityDeps } from "../deps.ts";
import { enterPhase, wholeListing } from "../steps.ts";
import { withholdNow } from "../withhold.ts";

const DOCUMENTS: readonly RecordKind[] = ["invoice", "bill"];
const PAYERS: readonly RecordKind[] = [
  "payment",
  "bill_payment",
  "credit_memo",
  "vendor_credit",
  "refund_receipt",
];

const STANDING = { kind: null, total: null, checkpoint: {}, unavailable: null } as const;

/**
 * Plans what a re-application reads: documents modified since, or dated since, and the payments and
 * credits modified since. Where a payment does not modify its document, documents dated since are read
 * either way. A batch that was planned before keeps its plan.
 */
export const planReapplication =
  (deps: ActivityDeps) =>
  async ({ lease }: { lease: Lease }, signal: AbortSignal): Promise<void> => {
    await enterPhase(deps, lease, "preflight");
    const wanted = await wantedReapplication(deps.pool, lease);
    const [isPlanned, { kinds }] = await inCompany(
      deps.pool,
      lease.companyId,
      async (tx) => [await hasSteps(tx, lease), await syncedKinds(tx, lease.companyId)] as const,
    );
    if (isPlanned) return;
    const opened = await deps.openSource(lease.companyId);
    const { source } = opened;
    try {
      const { at, closedUntil } = await source.readCompany(signal);
      const isOffered = (kind: RecordKind): boolean =>
        isTransactionKind(kind) && kinds.includes(kind);
      const dated = { datedFrom: wanted.from, modifiedFrom: null };
      const modified = { datedFrom: null, modifiedFrom: wanted.modifiedFrom };
      const byModification = wanted.by === "modified" ? [...DOCUMENTS, ...PAYERS] : PAYERS;
      const byDate = wanted.by === "dated" || !source.paymentsModify ? DOCUMENTS : [];
      const listings = [
        ...byModification.filter(isOffered).map((kind) => ({ name: kind, kind, ...modified })),
        ...byDate.filter(isOffered).map((kind) => ({ name: `dated_${kind}`, kind, ...dated })),
      ];
      const steps = await Promise.all(
        listings.map(async ({ name, kind, ...since }): Promise<NewStep | null> => {
          const listing: Listing = { ...wholeListing(kind, null), ...since, modifiedUntil: at };
          const counted = await countUnlessWithheld({ source, signal }, listing);
          if ("fault" in counted) {
            await withholdNow(deps.pool, lease, kind, counted.fault);
            return null;
          }
          const total = counted.theirs;
          const checkpoint = source.start(listing, total);
          return { name, phase: "documents", kind, total, checkpoint, unavailable: null, ...since };
        }),
      );
      await inCompany(deps.pool, lease.companyId, async (tx) => {
        await planSteps(tx, lease, [
          ...steps.filter((step) => step !== null),
          { name: "payments", phase: "payments", ...STANDING },
        ]);
        await storeClosedUntil(tx, lease, closedUntil);
      });
      await notifyBatch(deps.pool, lease);
    } finally {
      await opened.close();
    }
  };

import type { RecordKind } from "../core/record-kinds.ts";
import type { DocumentKey } from "../db/applications.ts";
import { saidByOf } from "../db/applied-amounts.ts";
import { payloadsOf, type HeldPayload } from "../db/payloads.ts";
import { askByIds } from "./compare.ts";
import type { StandingStep } from "./standing-step.ts";
import { withheldIn, withholdNow } from "./withhold.ts";

/** Documents looked at together. */
const DOCUMENTS_A_TIME = 500;

/**
 * Reads documents anew by their ids, and the payments and credits that they then name and we do not
 * hold, or that we hold as applied to them.
 */
export async function rereadDocuments(
  run: StandingStep,
  documents: readonly DocumentKey[],
): Promise<void> {
  for (let from = 0; from < documents.length; from += DOCUMENTS_A_TIME) {
    const some = documents.slice(from, from + DOCUMENTS_A_TIME);
    const { at } = await run.source.readCompany(run.signal);
    await rereadByKind(run, some, at);
    const { pool } = run.deps;
    const { companyId } = run.lease;
    const named = namedIn(run, await payloadsOf(pool, companyId, some));
    await rereadByKind(run, unique([...named, ...(await saidByOf(pool, companyId, some))]), at);
  }
}

/** Reads records anew by their ids, each once; what QuickBooks no longer has is marked deleted. */
export async function rereadRecords(
  run: StandingStep,
  keys: readonly DocumentKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const { at } = await run.source.readCompany(run.signal);
  await rereadByKind(run, unique(keys), at);
}

/** The payments and credits that documents name, each once. */
const namedIn = (run: StandingStep, documents: readonly HeldPayload[]): DocumentKey[] =>
  unique(documents.flatMap(({ kind, payload }) => run.source.appliersIn(kind, payload)));

const unique = (keys: readonly DocumentKey[]): DocumentKey[] => [
  ...new Map(keys.map((key) => [`${key.kind} ${key.quickbooksId}`, key])).values(),
];

/** A kind that may not be read any more leaves its documents as they are, for a person to see. */
async function rereadIfOffered(
  run: StandingStep,
  { kind, ids }: { kind: RecordKind; ids: readonly string[] },
  at: Date,
): Promise<void> {
  try {
    await askByIds(run, kind, ids, at);
  } catch (error) {
    const fault = withheldIn(error);
    if (fault === null) throw error;
    await withholdNow(run.deps.pool, run.lease, kind, fault);
  }
}

async function rereadByKind(
  run: StandingStep,
  keys: readonly DocumentKey[],
  at: Date,
): Promise<void> {
  const byKind = new Map<RecordKind, string[]>();
  for (const { kind, quickbooksId } of keys) {
    byKind.set(kind, [...(byKind.get(kind) ?? []), quickbooksId]);
  }
  for (const [kind, ids] of byKind) await rereadIfOffered(run, { kind, ids }, at);
}

import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import { sampleOf, type ReconciliationLine } from "../../db/reconciliations.ts";
import { foundByIds } from "../compare.ts";
import { storeFound, type StandingStep } from "../standing-step.ts";
import { naming } from "./name-differing.ts";
import { NOTHING, REFUSED, UNKNOWN } from "./lines.ts";

/** Records of each kind that are compared one by one: as many as one question asks for. */
const SAMPLE_SIZE = 100;

/** A line for each kind that says how many records were picked at random, and how many of them are equal. */
export async function compareSamples(
  run: StandingStep,
  kinds: readonly RecordKind[],
): Promise<ReconciliationLine[]> {
  const lines: ReconciliationLine[] = [];
  for (const kind of kinds) lines.push(...(await compareSample(run, kind)));
  return lines;
}

async function compareSample(run: StandingStep, kind: RecordKind): Promise<ReconciliationLine[]> {
  const sample = await sampleOf(run.deps.pool, run.lease.companyId, { kind, size: SAMPLE_SIZE });
  if (sample.length === 0) return [];
  const ids = sample.map(({ quickbooksId }) => quickbooksId);
  const found = await foundByIds(run, kind, ids);
  if (found === null) return [{ ...NOTHING, ...UNKNOWN, subject: "sample", kind, note: REFUSED }];
  const present = new Set(
    [...found.records, ...found.troubles].map(({ quickbooksId }) => quickbooksId),
  );
  const gone = ids.filter((id) => !present.has(id));
  const deletedAt = gone.length === 0 ? null : (await run.source.readCompany(run.signal)).at;
  const differing = naming(run, "sample");
  await storeFound(differing.run, {
    ...found,
    deletions:
      deletedAt === null
        ? []
        : gone.map((quickbooksId) => ({ kind, quickbooksId, deletedAt: deletedAt.toISOString() })),
  });
  const equal = ids.length - differing.named();
  return [
    {
      ...NOTHING,
      subject: "sample",
      kind,
      ours: String(ids.length),
      theirs: String(equal),
      agrees: equal === ids.length,
      note: `${ids.length} ${kindLabel(kind)} records picked at random, ${equal} of them equal.`,
    },
  ];
}

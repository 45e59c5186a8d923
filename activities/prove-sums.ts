import { kindLabel } from "../core/record-kinds.ts";
import { raiseCompanyAttention, resolveAttention } from "../db/attention.ts";
import { holdSums, sumsAgree, sumsOf, type StepSum } from "../db/step-sums.ts";
import { inCompany } from "../db/transactions.ts";
import { sinceOf, type StandingStep } from "./standing-step.ts";

/**
 * QuickBooks counts but does not add up. So the amounts that its pages said, added up as each page was
 * stored, are held against those of the records that we hold now, month by month. What does not agree,
 * although nothing of that month has changed meanwhile, becomes an attention that names both.
 */
export async function proveSums(run: StandingStep): Promise<void> {
  const { lease } = run;
  const { companyId, batchId } = lease;
  await inCompany(run.deps.pool, companyId, async (tx) => {
    if ((await sumsOf(tx, companyId, batchId)).length === 0) return;
    await holdSums(tx, lease, sinceOf(run));
    for (const sum of await sumsOf(tx, companyId, batchId)) {
      const agrees = sumsAgree(sum);
      if (agrees === false) await raiseCompanyAttention(tx, lease, attentionOf(sum));
      if (agrees === true) await resolveAttention(tx, companyId, keyOf(sum));
    }
  });
}

const keyOf = ({ name, kind, currency }: StepSum): string =>
  `sum-differs:${kind}:${name}:${currency ?? ""}`;

const attentionOf = (sum: StepSum) => ({
  key: keyOf(sum),
  cause: "sum-differs",
  kind: sum.kind,
  message: `The ${kindLabel(sum.kind)} records of ${sum.name} came to ${sum.told} as they were read, and come to ${sum.held} as we hold them${sum.currency === null ? "" : ` (${sum.currency})`}.`,
  nextStep:
    "Compare that month with a report in QuickBooks, and report this: nothing should make them differ.",
});

import { expect, test } from "vitest";
import { z } from "zod";

import { enqueueBatch } from "../../db/batches.ts";
import { nameDiffering, storeReconciliation } from "../../db/reconciliations.ts";
import { withApi } from "./support.ts";

const api = withApi();

const Answer = z.object({
  reconciliation: z.object({
    agrees: z.boolean(),
    csv: z.string(),
    lines: z.array(
      z.object({
        subject: z.string(),
        kind: z.string().nullable(),
        agrees: z.boolean().nullable(),
      }),
    ),
  }),
});
const LINE = { month: null, quickbooksId: null, ours: null, theirs: null, note: null };

test("a comparison shows what differs first, records behind sums, and the same as comma-separated text", async () => {
  const { id } = await api.company({ as: "confirmed", name: "Craig" });
  const { batch } = await enqueueBatch(api.pool, {
    companyId: id,
    kind: "verify",
    trigger: "user",
    startedBy: "test",
    label: "Comparison of Craig",
    historyFrom: null,
  });
  await api.pool.query("update batches set status = 'running', started_at = now() where id = $1", [
    batch.id,
  ]);
  const lease = { companyId: id, batchId: batch.id, fence: 0 };
  const lost = {
    subject: "count",
    kind: "invoice",
    quickbooksId: "=1+1",
    note: 'He said "no", twice',
  } as const;
  await nameDiffering(api.pool, lease, [lost]);
  await nameDiffering(api.pool, lease, [lost, { ...lost, kind: "bill", quickbooksId: "2" }]);
  const lines = [
    { ...LINE, subject: "payables", kind: null, ours: "-3.50", theirs: "-3.5", agrees: true },
    { ...LINE, subject: "total", kind: "bill", ours: "7.25", agrees: null },
    { ...LINE, subject: "count", kind: "invoice", ours: "1", theirs: "2", agrees: false },
  ] as const;
  await storeReconciliation(api.pool, lease, lines);
  // An attempt after this one writes its sums anew; what was named stays.
  await storeReconciliation(api.pool, lease, lines);
  await api.pool.query(
    "update batches set status = 'succeeded', finished_at = now() where id = $1",
    [batch.id],
  );

  const { data } = await api.ask(
    await api.token("viewer"),
    `{ reconciliation(companyId: "${id}") { agrees csv
      lines { subject kind quickbooksId ours theirs agrees note } } }`,
  );
  const { lines: shown, csv, agrees } = Answer.parse(data).reconciliation;
  expect(agrees).toBe(false);
  expect(shown.map((line) => [line.subject, line.kind, line.agrees])).toEqual([
    ["COUNT", "INVOICE", false],
    ["COUNT", "INVOICE", false],
    ["COUNT", "BILL", false],
    ["PAYABLES", null, true],
    ["TOTAL", "BILL", null],
  ]);
  expect(csv.split("\r\n")).toEqual([
    "subject,kind,month,quickbooksId,ours,theirs,agrees,note",
    "count,invoice,,,1,2,false,",
    `count,invoice,,'=1+1,,,false,"He said ""no"", twice"`,
    `count,bill,,2,,,false,"He said ""no"", twice"`,
    "payables,,,,-3.50,-3.5,true,",
    "total,bill,,,7.25,,,",
    "",
  ]);
});

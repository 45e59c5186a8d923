import { expect, test } from "vitest";

import { enqueueBatch } from "../../db/batches.ts";
import { planSteps, storeNote } from "../../db/steps.ts";
import { inCompany } from "../../db/transactions.ts";
import { withApi } from "./support.ts";

const api = withApi();

test("a history shows the amounts of its months beside their counts, and what there is to know of a step", async () => {
  const { id } = await api.company({ as: "confirmed", name: "Craig" });
  const { batch } = await enqueueBatch(api.pool, {
    companyId: id,
    kind: "historical",
    trigger: "user",
    startedBy: "test",
    label: "History of Craig",
    historyFrom: "2024-03-01",
  });
  const lease = { companyId: id, batchId: batch.id, fence: 0 };
  await inCompany(api.pool, id, async (tx) => {
    await planSteps(tx, lease, [
      {
        name: "2024-03",
        phase: "history",
        kind: "invoice",
        total: 3,
        checkpoint: {},
        unavailable: null,
        window: { position: 0, part: 0, datedFrom: "2024-03-01", datedUntil: "2024-03-31" },
      },
    ]);
    await storeNote(tx, lease, { name: "2024-03", note: "It was compared." });
  });
  await api.pool.query(
    `insert into step_sums (company_id, batch_id, name, kind, currency, told, told_records, held,
        held_records, changed_records) values
      ($1, $2, '2024-03', 'invoice', 'EUR', 10.50, 2, 10.50, 2, 0),
      ($1, $2, '2024-03', 'invoice', 'USD', 7.25, 1, 7.26, 1, 0),
      ($1, $2, '2024-03', 'payment', 'USD', 5.00, 1, 6.00, 1, 1),
      ($1, $2, '2024-03', 'transfer', '', 5.00, 1, null, null, null)`,
    [id, batch.id],
  );
  const { data } = await api.ask(
    await api.token("viewer"),
    `{ batch(id: "${batch.id}") { steps { name total note }
      sums { step kind currency told toldRecords held heldRecords agrees } } }`,
  );
  expect(data).toEqual({
    batch: {
      steps: [{ name: "2024-03", total: 3, note: "It was compared." }],
      sums: [
        aSum("INVOICE", "EUR", { told: "10.50", toldRecords: 2, held: "10.50", heldRecords: 2 }),
        aSum("INVOICE", "USD", { told: "7.25", held: "7.26", agrees: false }),
        aSum("PAYMENT", "USD", { held: "6.00", agrees: null }),
        aSum("TRANSFER", null, { held: null, heldRecords: null, agrees: null }),
      ],
    },
  });
});

const aSum = (kind: string, currency: string | null, over: object) => ({
  step: "2024-03",
  kind,
  currency,
  told: "5.00",
  toldRecords: 1,
  held: "5.00",
  heldRecords: 1,
  agrees: true,
  ...over,
});

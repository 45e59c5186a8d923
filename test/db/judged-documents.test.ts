import { expect, test } from "vitest";

import type { DocumentKey } from "../../db/applications.ts";
import { documentsToJudge } from "../../db/judged-documents.ts";
import { aBatch, aRecord, store } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";
import { randomFrom } from "../support/random.ts";

const database = withPool(4);

const FROM = "2024-06-01";
const OLD = "2024-01-02T00:00:00Z";
const NEW = "2024-07-02T00:00:00Z";

const names = (documents: readonly DocumentKey[]): string[] =>
  documents.map(({ kind, quickbooksId }) => `${kind} ${quickbooksId}`);

/** Books in which each document has a reason of its own to be judged, or none. */
async function aCompanyWithPayments() {
  const lease = await aBatch(database.pool);
  const random = randomFrom(20_261);
  const pick = <T>(one: T, other: T): T => (random() < 0.3 ? one : other);
  const said = new Set<string>();
  const records = Array.from({ length: 120 }, (_, index) => {
    const kind = pick("bill" as const, "invoice" as const);
    const id = String(index);
    const record = { modifiedAt: pick(NEW, OLD), date: pick("2024-06-15", "2024-01-15") };
    const payment = aRecord({
      kind: kind === "bill" ? "bill_payment" : "payment",
      quickbooksId: `p${id}`,
      modifiedAt: pick(NEW, OLD),
    });
    const applied =
      random() < 0.5
        ? []
        : [
            {
              fromKind: payment.kind,
              fromId: payment.quickbooksId,
              toKind: kind,
              toId: id,
              role: "payment" as const,
              amount: "1.00",
              exchangeRate: null,
            },
          ];
    if (record.modifiedAt === NEW || (applied.length > 0 && payment.modifiedAt === NEW)) {
      said.add(`${kind} ${id}`);
    }
    return [aRecord({ kind, quickbooksId: id, ...record }), { ...payment, applied }];
  });
  await store(database.pool, lease, { records: records.flat() });
  await database.pool.query("delete from unsettled_documents where company_id = $1", [
    lease.companyId,
  ]);
  await database.pool.query(
    `insert into unsettled_documents (company_id, kind, quickbooks_id) values ($1, 'invoice', 'zz')`,
    [lease.companyId],
  );
  said.add("invoice zz");
  // What a payment of the period was applied to, and is no longer.
  await database.pool.query(
    `insert into applications (company_id, to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id,
        role, amount)
      select company_id, 'invoice', 'once' || quickbooks_id, kind, quickbooks_id, kind, quickbooks_id,
        'payment', 1 from records
      where company_id = $1 and kind = 'payment' and modified_at >= $2::date`,
    [lease.companyId, FROM],
  );
  for (const payment of records.flat()) {
    if (payment.kind === "payment" && payment.modifiedAt === NEW) {
      said.add(`invoice once${payment.quickbooksId}`);
    }
  }
  return { lease, said };
}

test("the documents of a period come once each, in whatever pages, for whatever reason they are judged", async () => {
  const { lease, said } = await aCompanyWithPayments();
  const wanted = { from: FROM, by: "modified" as const, modifiedFrom: new Date(FROM) };
  const whole = names(
    await documentsToJudge(database.pool, lease, wanted, { after: null, first: 1_000 }),
  );
  expect(new Set(whole)).toEqual(said);
  for (const first of [1, 3, 50]) {
    const paged: string[] = [];
    let after: DocumentKey | null = null;
    for (;;) {
      const page: DocumentKey[] = await documentsToJudge(database.pool, lease, wanted, {
        after,
        first,
      });
      after = page.at(-1) ?? null;
      if (after === null) break;
      paged.push(...names(page));
    }
    expect(paged).toEqual(whole);
  }
});

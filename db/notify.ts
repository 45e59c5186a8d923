import type { Queryable } from "./sql.ts";

/** Channels that the api listens on; the payload is an id, never content. */
export const BATCH_CHANNEL = "evenbooks_progress";
export const COMPANY_CHANNEL = "evenbooks_company";

/** Says that a batch has moved, and its company with it. In a statement of its own, outside any page's transaction. */
export async function notifyBatch(
  db: Queryable,
  batch: { batchId: string; companyId: string },
): Promise<void> {
  await db.query("/* notifyBatch */ select pg_notify($1, $2), pg_notify($3, $4)", [
    BATCH_CHANNEL,
    batch.batchId,
    COMPANY_CHANNEL,
    batch.companyId,
  ]);
}

/** Said when the exchanges or the session of a Desktop company moved; the payload is the company's id. */
export const EXCHANGE_CHANNEL = "evenbooks_exchange";

/** Says it when the transaction commits. */
export async function notifyExchange(tx: Queryable, companyId: string): Promise<void> {
  await tx.query("/* notifyExchange */ select pg_notify($1, $2)", [EXCHANGE_CHANNEL, companyId]);
}

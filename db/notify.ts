import type { Queryable } from "./sql.ts";

/** Channels that are listened on; the payload is an id, never content. */
export const BATCH_CHANNEL = "evenbooks_progress";
export const COMPANY_CHANNEL = "evenbooks_company";
/** An answer came from the PC of a Desktop company, or its session ended. */
export const EXCHANGE_CHANNEL = "evenbooks_exchange";
/** A request for the PC of a Desktop company was put down. */
export const WANTED_CHANNEL = "evenbooks_wanted";
/** A workflow wants to hear that a PC has come. */
export const WAKE_CHANNEL = "evenbooks_wake";
/** Api tokens moved: said by a trigger of the table. */
export const TOKEN_CHANNEL = "evenbooks_token";

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

/** Says that something about a company has moved. */
export async function notifyCompany(db: Queryable, companyId: string): Promise<void> {
  await db.query("/* notifyCompany */ select pg_notify($1, $2)", [COMPANY_CHANNEL, companyId]);
}

/** Says, when the transaction commits, that whoever waits for a company's PC is to look. */
export async function notifyExchange(tx: Queryable, companyId: string): Promise<void> {
  await tx.query("/* notifyExchange */ select pg_notify($1, $2)", [EXCHANGE_CHANNEL, companyId]);
}

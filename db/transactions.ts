import type { Pool, PoolClient } from "pg";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Is this text a uuid as we write them? */
export const isUuid = (text: string): boolean => UUID.test(text);

/**
 * The statements that open a transaction for one company, in one round trip: role first, then the
 * company that row-level security compares with. The id goes into the text, so it must be a uuid.
 */
export function beginInCompany(companyId: string): string {
  if (!isUuid(companyId)) throw new Error(`not a company id: ${companyId.slice(0, 60)}`);
  return `begin; set local role evenbooks_app; select set_config('app.company', '${companyId}', true)`;
}

/** Runs `work` in a transaction that sees one company alone. Rolls back when it throws. */
export const inCompany = <T>(
  pool: Pool,
  companyId: string,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> => transaction(pool, beginInCompany(companyId), work);

/** Runs `work` as the system: only for the few statements that come before a company is known. */
export const asSystem = <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> =>
  transaction(pool, "begin; set local role evenbooks_system", work);

async function transaction<T>(
  pool: Pool,
  begin: string,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    broken = await client.query("rollback").then(
      () => undefined,
      (cause: Error) => cause,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

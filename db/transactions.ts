import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";

import type { Pool, PoolClient } from "pg";

import type { Queryable } from "./sql.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const BEGIN_AS_SYSTEM = "begin; set local role evenbooks_system";

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
): Promise<T> => transaction(pool, (tx) => tx.query(beginInCompany(companyId)), work);

/** Runs `work` as the system: only for the few statements that come before a company is known. */
export const asSystem = <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> =>
  transaction(pool, (tx) => tx.query(BEGIN_AS_SYSTEM), work);

/**
 * The same for statements that read and do not wait for one another. On a pool that pipelines they
 * travel together with what opens and closes their transaction: one round trip for all of it.
 */
export const readInCompany = <T>(
  pool: Pool,
  companyId: string,
  read: (tx: Queryable) => Promise<T>,
): Promise<T> => together(pool, beginInCompany(companyId), read);

/** As `readInCompany`, for statements that write: all of them happen or none. */
export const writeInCompany = <T>(
  pool: Pool,
  companyId: string,
  write: (tx: Queryable) => Promise<T>,
): Promise<T> => together(pool, beginInCompany(companyId), write);

/** As `readInCompany`, as the system. */
export const readAsSystem = <T>(pool: Pool, read: (tx: Queryable) => Promise<T>): Promise<T> =>
  together(pool, BEGIN_AS_SYSTEM, read);

/** Reads of the api repeat: under a name PostgreSQL parses and plans each once a connection. */
const nameOf = (text: string): string => createHash("sha256").update(text).digest("base64");

/** What `pg` has and its types do not name. */
interface Connected {
  connection: { stream: Duplex };
}

async function together<T>(
  pool: Pool,
  begin: string,
  read: (tx: Queryable) => Promise<T>,
): Promise<T> {
  if (!pool.options.pipeline) return transaction(pool, (tx) => tx.query(begin), read);
  const client = await pool.connect();
  const { stream } = (client as PoolClient & Connected).connection;
  let isClosed = false;
  // A statement that came later would run outside of the transaction, and of its role.
  const tx: Queryable = {
    query: (text, values) => {
      if (isClosed) throw new Error("a read came after its transaction had been closed");
      return client.query({ name: nameOf(text), text, values: values ?? [] });
    },
  };
  // Every statement is several small messages; one write for all of them wakes PostgreSQL once.
  stream.cork();
  const begun = client.query(begin);
  const answer = read(tx);
  isClosed = true;
  const closed = client.query("commit");
  stream.uncork();
  const [opening, result, closing] = await Promise.allSettled([begun, answer, closed]);
  client.release(closing.status === "rejected");
  if (opening.status === "rejected") throw opening.reason;
  if (result.status === "rejected") throw result.reason;
  if (closing.status === "rejected") throw closing.reason;
  return result.value;
}

/** Runs `work` between what `begin` says and a commit; rolls back when either throws. */
export async function transaction<T>(
  pool: Pool,
  begin: (client: PoolClient) => Promise<unknown>,
  work: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await begin(client);
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

/**
 * From here to its end a transaction reads pages in the order of an index, however much a table has grown
 * since it was last analyzed, and not by sorting all that is left.
 */
export async function inOrderOfIndexes(tx: Queryable): Promise<void> {
  await tx.query(
    "set local enable_bitmapscan = off; set local enable_seqscan = off; set local enable_sort = off",
  );
}

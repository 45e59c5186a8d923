import { once } from "node:events";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

import type { SourceRecord } from "../quickbooks/source.ts";
import { sql } from "./sql.ts";

/**
 * Where a page lies before it is merged: one a connection, emptied by every commit. All of it is text as
 * it came; the merge reads its moments, dates and amounts. Rows lie as they are, or PostgreSQL would
 * compress each that is larger than 2 kB, here already.
 */
const CREATE = `create temporary table if not exists stage (
    kind text collate "C", quickbooks_id text collate "C", version text, modified_at text,
    number text, party text, date text, total text, balance text, currency text, payload text
  ) with (toast_tuple_target = 8160) on commit delete rows;
  grant select, insert, truncate on stage to evenbooks_app`;

const COPY = `copy stage (kind, quickbooks_id, version, modified_at, number, party, date, total,
  balance, currency, payload) from stdin with (format binary)`;

/** The stage table's rows, each value of its own type. */
export const STAGED = sql`(select kind, quickbooks_id, version, modified_at::timestamptz as modified_at,
    number, party, date::date as date, total::numeric as total, balance::numeric as balance, currency,
    payload from stage)`;

const staged = new WeakSet<PoolClient>();

/** Makes the stage table of a connection, once, before its transaction begins. */
export async function prepareStage(client: PoolClient): Promise<void> {
  if (staged.has(client)) return;
  await client.query(CREATE);
  staged.add(client);
}

/** Copies records into the stage table: the fastest way in, and COPY needs no right on the table itself. */
export async function copyToStage(
  client: PoolClient,
  records: readonly SourceRecord[],
): Promise<void> {
  const stream = client.query(copyFrom(COPY));
  const failed = once(stream, "error").then(([error]) => {
    throw error as Error;
  });
  failed.catch(() => undefined);
  stream.end(Buffer.concat([BEGIN, ...records.flatMap(tupleOf), END]));
  await Promise.race([once(stream, "finish"), failed]);
}

/** What stands before the first row and behind the last one in COPY's binary format. */
const BEGIN = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const END = Buffer.from([0xff, 0xff]);
const COLUMNS = 11;
const LENGTH_BYTES = 4;
const NULL = -1;

/** One row in COPY's binary format: how many columns, and each behind its length; the payload goes in as the bytes it came as. */
function tupleOf(record: SourceRecord): Buffer[] {
  const texts = [
    record.kind,
    record.quickbooksId,
    record.version,
    record.modifiedAt,
    column(record.number),
    column(record.party),
    record.date,
    record.total,
    record.balance,
    column(record.currency),
  ];
  let length = 2 + LENGTH_BYTES * COLUMNS;
  for (const text of texts) if (text !== null) length += Buffer.byteLength(text);
  const tuple = Buffer.allocUnsafe(length);
  let at = tuple.writeInt16BE(COLUMNS, 0);
  for (const text of texts) {
    const from = at + LENGTH_BYTES;
    const bytes = text === null ? NULL : tuple.write(text, from);
    tuple.writeInt32BE(bytes, at);
    at = from + Math.max(bytes, 0);
  }
  tuple.writeInt32BE(record.payload.length, at);
  return [tuple, record.payload];
}

/** A column for people: U+0000, which PostgreSQL has no place for, is left out. */
const column = (text: string | null): string | null => text?.replaceAll("\0", "") ?? null;

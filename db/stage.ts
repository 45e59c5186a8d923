import { once } from "node:events";

import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";

import type { SourceRecord } from "../quickbooks/source.ts";

/** Where a page lies before it is merged: one a connection, emptied by every commit. */
const CREATE = `create temporary table if not exists stage (
    kind text collate "C", quickbooks_id text collate "C", version text, modified_at timestamptz,
    number text, party text, date date, total numeric, balance numeric, currency text, payload text
  ) on commit delete rows;
  grant select, insert, truncate on stage to evenbooks_app`;

const COPY = `copy stage (kind, quickbooks_id, version, modified_at, number, party, date, total,
  balance, currency, payload) from stdin`;

const BYTES_PER_CHARACTER_MAX = 3;

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
  stream.end(bytesOf(records.map(lineOf)));
  await Promise.race([once(stream, "finish"), failed]);
}

/** The lines as UTF-8. Written one by one: a page as one long string would cost twice the time. */
function bytesOf(lines: readonly string[]): Buffer {
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  const bytes = Buffer.allocUnsafe(characters * BYTES_PER_CHARACTER_MAX);
  let end = 0;
  for (const line of lines) end += bytes.write(line, end);
  return bytes.subarray(0, end);
}

const lineOf = (record: SourceRecord): string =>
  `${field(record.kind)}\t${field(record.quickbooksId)}\t${field(record.version)}\t${record.modifiedAt}\t` +
  `${column(record.number)}\t${column(record.party)}\t${column(record.date)}\t${column(record.total)}\t` +
  `${column(record.balance)}\t${column(record.currency)}\t${field(record.payload)}\n`;

/** A column for people: U+0000, which PostgreSQL has no place for, is left out. */
const column = (text: string | null): string =>
  text === null ? "\\N" : field(text.includes("\0") ? text.replaceAll("\0", "") : text);

/** COPY's text format gives a meaning to four characters alone. */
function field(text: string): string {
  let escaped = text;
  if (escaped.includes("\\")) escaped = escaped.replaceAll("\\", "\\\\");
  if (escaped.includes("\t")) escaped = escaped.replaceAll("\t", "\\t");
  if (escaped.includes("\n")) escaped = escaped.replaceAll("\n", "\\n");
  if (escaped.includes("\r")) escaped = escaped.replaceAll("\r", "\\r");
  return escaped;
}

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
  balance, currency, payload) from stdin with (encoding 'UTF8')`;

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
  stream.end(Buffer.concat(records.flatMap(lineOf)));
  await Promise.race([once(stream, "finish"), failed]);
}

const NEWLINE = Buffer.from("\n");

/** One line of COPY's text format; the payload goes in as the bytes it came as. */
const lineOf = (record: SourceRecord): Buffer[] => [
  Buffer.from(
    `${field(record.kind)}\t${field(record.quickbooksId)}\t${field(record.version)}\t${record.modifiedAt}\t` +
      `${column(record.number)}\t${column(record.party)}\t${column(record.date)}\t${column(record.total)}\t` +
      `${column(record.balance)}\t${column(record.currency)}\t`,
  ),
  ...escaped(record.payload),
  NEWLINE,
];

/** A column for people: U+0000, which PostgreSQL has no place for, is left out. */
const column = (text: string | null): string =>
  text === null ? "\\N" : field(text.includes("\0") ? text.replaceAll("\0", "") : text);

/** COPY's text format gives a meaning to four characters alone. */
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const SPECIAL = /[\\\t\n\r]/g;

const field = (text: string): string =>
  text.replace(SPECIAL, (character) => ESCAPES[character] ?? "");

const BACKSLASH = 92;
const WHITE = ["\t", "\n", "\r"];

/** The same for bytes, cut before each backslash so that a second one goes between. JSON holds no other special byte, unless it is set out for people. */
function escaped(payload: Buffer): Buffer[] {
  if (WHITE.some((character) => payload.includes(character))) {
    return [Buffer.from(field(payload.toString("utf8")))];
  }
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = payload.indexOf(BACKSLASH); at >= 0; at = payload.indexOf(BACKSLASH, at + 1)) {
    pieces.push(payload.subarray(from, at + 1), ONE_BACKSLASH);
    from = at + 1;
  }
  pieces.push(payload.subarray(from));
  return pieces;
}

const ONE_BACKSLASH = Buffer.from("\\");

import { expect } from "vitest";

import type { OnlineKind } from "../../../quickbooks/online/kinds.ts";
import { readRecord } from "../../../quickbooks/online/record.ts";
import type { AppliedAmount, SourceRecord } from "../../../quickbooks/source.ts";

const KNOWN = `"Id":"9","SyncToken":"0","MetaData":{"LastUpdatedTime":"2026-08-05T15:43:18-04:00"}`;

/** A record with id 9 as it comes, its members after those that every record has. */
export const textOf = (members: string): string =>
  `{${KNOWN}${members === "" ? "" : `,${members}`}}`;

/** The record that is read of it, its payload as it came. */
export function recordOf(kind: OnlineKind, members: string): SourceRecord {
  const read = readRecord(kind, Buffer.from(textOf(members)));
  if (read.is !== "record") throw new Error(`no record: ${JSON.stringify(read)}`);
  expect(read.record.payload.toString("utf8")).toBe(textOf(members));
  return read.record;
}

/** What it says to be applied: "credit: credit_memo 5 -> invoice 1: 30.00". */
export const saidBy = (kind: OnlineKind, members: string): string[] =>
  recordOf(kind, members).applied.map(wordsOf);

const wordsOf = ({ role, fromKind, fromId, toKind, toId, amount }: AppliedAmount): string =>
  `${role}: ${fromKind} ${fromId} -> ${toKind} ${toId}: ${amount}`;

/** A line of a payment; the amount as it is to stand there. */
export const line = (amount: string, type: string, id: string): string =>
  `{"Amount":${amount},"LinkedTxn":[{"TxnId":"${id}","TxnType":"${type}"}]}`;

/** The members of a payment. */
export const paid = (total: string, unapplied: string, lines: readonly string[]): string =>
  `"TotalAmt":${total},"UnappliedAmt":${unapplied},"Line":[${lines.join(",")}]`;

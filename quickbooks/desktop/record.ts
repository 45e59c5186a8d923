import type { RecordKind } from "../../core/record-kinds.ts";
import type { PageContent, SourceRecord, Trouble } from "../source.ts";
import { instantOf, offsetShown } from "./clock.ts";
import { addDecimals, isDecimal } from "./decimals.ts";
import type { DesktopKind } from "./kinds.ts";
import type { Learned } from "./learned.ts";
import { idElement } from "./queries.ts";
import type { RawRecord } from "./reader.ts";

const ID_LENGTH_MAX = 36;
const RAW_LENGTH_MAX = 500;

/** Our records out of QuickBooks' own; one that lacks what we need is a trouble of its own. */
export function readRecords(
  kind: RecordKind,
  desktop: DesktopKind,
  raw: readonly RawRecord[],
  learned: Learned,
): PageContent {
  const records: SourceRecord[] = [];
  const troubles: Trouble[] = [];
  for (const each of raw) {
    try {
      records.push(readRecord(kind, desktop, each, learned));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      troubles.push(troubleOf(kind, desktop, each, error.message));
    }
  }
  return { records, troubles };
}

function readRecord(
  kind: RecordKind,
  desktop: DesktopKind,
  { text, fields }: RawRecord,
  learned: Learned,
): SourceRecord {
  const quickbooksId = needed(fields, idElement(desktop));
  if (quickbooksId.length > ID_LENGTH_MAX) throw new RangeError("its id is too long");
  const time = needed(fields, "TimeModified");
  const version = fields.get("EditSequence") ?? "";
  const modifiedAt = instantOf(time, version);
  learned.offsetMs = offsetShown(time, modifiedAt);
  return {
    kind,
    quickbooksId,
    version,
    modifiedAt,
    number: first(fields, desktop.number),
    party: first(fields, desktop.party),
    date: desktop.family === "transaction" ? first(fields, ["TxnDate"]) : null,
    total: totalOf(fields, desktop),
    balance: amount(first(fields, desktop.balance)),
    currency: first(fields, ["CurrencyRef/FullName"]),
    payload: Buffer.from(text),
  };
}

function totalOf(fields: Map<string, string>, { total }: DesktopKind): string | null {
  if (!("sum" in total)) return amount(first(fields, total));
  const parts = total.sum.map((path) => amount(fields.get(path) ?? null));
  const present = parts.filter((part) => part !== null);
  return present.length === 0 ? null : addDecimals(present);
}

function amount(text: string | null): string | null {
  if (text === null) return null;
  if (!isDecimal(text)) throw new RangeError(`${text.slice(0, 40)} is no amount`);
  return text;
}

function needed(fields: Map<string, string>, path: string): string {
  const text = fields.get(path);
  if (text === undefined || text === "") throw new RangeError(`it has no ${path}`);
  return text;
}

function first(fields: Map<string, string>, paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = fields.get(path);
    if (text !== undefined && text !== "") return text;
  }
  return null;
}

function troubleOf(
  kind: RecordKind,
  desktop: DesktopKind,
  { text, fields }: RawRecord,
  why: string,
): Trouble {
  const quickbooksId = fields.get(idElement(desktop)) ?? null;
  return {
    kind,
    quickbooksId,
    key: `unreadable-record:${kind}:${quickbooksId ?? text.slice(0, 60)}`,
    message: `A record of QuickBooks cannot be read: ${why}.`,
    raw: text.slice(0, RAW_LENGTH_MAX),
  };
}

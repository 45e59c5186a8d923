import { createHash } from "node:crypto";

import { addDecimals, isDecimal, negated } from "../../core/money.ts";
import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import type { PageContent, SourceRecord, Trouble } from "../source.ts";
import { appliedIn, putOn } from "./applications.ts";
import { learnWallClock, readTime, type WallClock } from "./clock.ts";
import { desktopKind, idElement, type DesktopKind } from "./kinds.ts";
import type { RawRecord, Response } from "./reader.ts";

const ID_LENGTH_MAX = 36;
const RAW_LENGTH_MAX = 500;

/**
 * Our records out of QuickBooks' own, and what they show of the PC's clock; one that cannot be read, or
 * lacks what we need, is a trouble of its own.
 */
export function readRecords(
  kind: RecordKind,
  { records: raw, spoilt }: Pick<Response, "records" | "spoilt">,
  clock: WallClock,
): PageContent {
  const desktop = desktopKind(kind);
  const element = idElement(desktop);
  const records: SourceRecord[] = [];
  const troubles: Trouble[] = spoilt.map(({ text, why }) => {
    const id = new RegExp(`<${element}>([^<]{1,${ID_LENGTH_MAX}})</`).exec(text)?.[1] ?? null;
    return troubleOf(kind, { id, text, why });
  });
  for (const each of raw) {
    try {
      records.push(readRecord(kind, desktop, each, clock));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const id = each.fields.get(element) ?? null;
      troubles.push(troubleOf(kind, { id, text: each.text, why: error.message }));
    }
  }
  return { records, troubles };
}

function readRecord(
  kind: RecordKind,
  desktop: DesktopKind,
  raw: RawRecord,
  clock: WallClock,
): SourceRecord {
  const { text, fields } = raw;
  const quickbooksId = needed(fields, idElement(desktop));
  if (quickbooksId.length > ID_LENGTH_MAX) throw new RangeError("its id is too long");
  const version = fields.get("EditSequence") ?? "";
  const modified = readTime(needed(fields, "TimeModified"), version, clock);
  learnWallClock(clock, modified);
  return {
    kind,
    quickbooksId,
    version,
    modifiedAt: new Date(modified.ms).toISOString(),
    number: first(fields, desktop.number),
    party: first(fields, desktop.party),
    date: desktop.family === "transaction" ? dateOf(fields) : null,
    total: totalOf(fields, desktop),
    balance: balanceOf(raw, desktop),
    currency: first(fields, ["CurrencyRef/FullName"]),
    applied: appliedIn(kind, quickbooksId, raw),
    payload: Buffer.from(text),
  };
}

function totalOf(fields: Map<string, string>, { total }: DesktopKind): string | null {
  if (!("sum" in total)) return amount(first(fields, total));
  const parts = total.sum.map((path) => amount(first(fields, [path])));
  const present = parts.filter((part) => part !== null);
  return present.length === 0 ? null : addDecimals(present);
}

/** As it is told; where a release does not tell it, what is due less what was put on it. */
function balanceOf(raw: RawRecord, desktop: DesktopKind): string | null {
  const { fields } = raw;
  const told = amount(first(fields, desktop.balance));
  if (told !== null || desktop.balanceUnlessPaid.length === 0) return told;
  if (fields.get("IsPaid") === "true") return "0.00";
  const due = amount(first(fields, desktop.balanceUnlessPaid));
  return due === null ? null : addDecimals([due, negated(putOn(raw))]);
}

function amount(text: string | null): string | null {
  if (text !== null && !isDecimal(text)) {
    throw new RangeError(`"${text.slice(0, 40)}" is no amount`);
  }
  return text;
}

function dateOf(fields: Map<string, string>): string | null {
  const date = first(fields, ["TxnDate"]);
  if (date === null) return null;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    throw new RangeError(`"${date.slice(0, 40)}" is no date`);
  }
  return date;
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
  { id, text, why }: { id: string | null; text: string; why: string },
): Trouble {
  const name = id ?? createHash("sha256").update(text).digest("hex").slice(0, 16);
  return {
    kind,
    quickbooksId: id,
    key: `unreadable-record:${kind}:${name}`,
    message: `QuickBooks' ${kindLabel(kind)} ${id ?? "without a readable id"} cannot be read: ${why}.`,
    raw: text.slice(0, RAW_LENGTH_MAX),
  };
}

/** A record that QuickBooks itself cannot show: everything around it was read. */
export const refusedRecord = (
  kind: RecordKind,
  {
    id,
    what,
    status,
  }: { id: string | null; what: string; status: Pick<Response, "statusCode" | "statusMessage"> },
): Trouble => ({
  kind,
  quickbooksId: id,
  key: `refused-record:${kind}:${id ?? what}`,
  message: `QuickBooks cannot show ${what}: "${status.statusMessage}" (${status.statusCode}).`,
  raw: String(status.statusCode),
});

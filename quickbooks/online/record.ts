import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

import type { SourceRecord, Trouble } from "../source.ts";
import { amountIn } from "./amounts.ts";
import { appliedIn } from "./applications.ts";
import { ONLINE_KINDS, type OnlineKind } from "./kinds.ts";

const RAW_MAX = 500;
/** No id of QuickBooks is longer or holds a control character, and PostgreSQL keeps no U+0000. */
const ID = /^[^\p{Cc}]{1,64}$/u;
/** Years of four digits, as PostgreSQL and people read them. */
const YEARS_MS = { from: Date.parse("0001-01-01"), until: Date.parse("9999-12-31") };

/** What a record of a page turned out to be. */
export type ReadRecord =
  | { is: "record"; record: SourceRecord }
  | { is: "deletion"; quickbooksId: string; deletedAt: string | null }
  | { is: "trouble"; trouble: Trouble };

/** Reads one record's bytes: names and dates from its JSON, amounts from its own digits. Never throws. */
export function readRecord(kind: OnlineKind, bytes: Buffer): ReadRecord {
  const text = bytes.toString("utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return trouble(kind, text, `its JSON does not parse (${String(error).slice(0, 120)})`);
  }
  if (typeof parsed !== "object" || parsed === null) return trouble(kind, text, "it is no object");
  const json = parsed as Record<string, unknown>;
  const quickbooksId = json["Id"];
  const modified = timeOf(json["MetaData"]);
  if (typeof quickbooksId !== "string" || quickbooksId === "") {
    return trouble(kind, text, "it has no Id");
  }
  if (!ID.test(quickbooksId)) return trouble(kind, text, "its Id is none");
  if (json["status"] === "Deleted") {
    return { is: "deletion", quickbooksId, deletedAt: modified };
  }
  if (modified === null) return trouble(kind, text, "it has no MetaData.LastUpdatedTime");
  const version = json["SyncToken"] ?? "0";
  if (typeof version !== "string" || !/^\d{1,18}$/.test(version)) {
    return trouble(kind, text, "its SyncToken is no number");
  }
  const payload = isUtf8(bytes) ? bytes : Buffer.from(text);
  try {
    const applied = appliedIn({ kind, id: quickbooksId, bytes: payload, text, json });
    const known = { quickbooksId, version, modifiedAt: modified, applied, payload };
    return { is: "record", record: columnsOf(kind, text, json, known) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return trouble(kind, text, error.message);
  }
}

function columnsOf(
  kind: OnlineKind,
  text: string,
  json: Record<string, unknown>,
  known: Pick<SourceRecord, "quickbooksId" | "version" | "modifiedAt" | "applied" | "payload">,
): SourceRecord {
  const from = ONLINE_KINDS[kind];
  return {
    kind,
    ...known,
    number: from.number === null ? null : textOf(json[from.number]),
    party: firstOf(from.party, (property) => nameOf(json[property])),
    date: from.family === "transaction" ? dateOf(json["TxnDate"]) : null,
    total: from.total === null ? null : amountIn(text, from.total, json),
    balance: firstOf(from.balance, (property) => amountIn(text, property, json)),
    currency: valueOf(json["CurrencyRef"]),
  };
}

const HAS_OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** The moment a record was last changed, as RFC 3339 in UTC, or null. A time that names no zone is in UTC, wherever we run. */
function timeOf(metaData: unknown): string | null {
  if (typeof metaData !== "object" || metaData === null) return null;
  const text = (metaData as Record<string, unknown>)["LastUpdatedTime"];
  if (typeof text !== "string") return null;
  const at = Date.parse(HAS_OFFSET.test(text) ? text : `${text}Z`);
  return at >= YEARS_MS.from && at <= YEARS_MS.until ? new Date(at).toISOString() : null;
}

function trouble(kind: OnlineKind, text: string, what: string): ReadRecord {
  const id = /"Id"\s*:\s*"([^"\\]{1,50})"/.exec(text)?.[1] ?? null;
  const name = id ?? createHash("sha256").update(text).digest("hex").slice(0, 16);
  return {
    is: "trouble",
    trouble: {
      kind,
      quickbooksId: id,
      key: `unreadable-record:${kind}:${name}`,
      message: `${ONLINE_KINDS[kind].entity} ${id ?? "without a readable id"} cannot be read: ${what}.`,
      raw: text.slice(0, RAW_MAX),
    },
  };
}

function firstOf(
  properties: readonly string[],
  read: (property: string) => string | null,
): string | null {
  for (const property of properties) {
    const found = read(property);
    if (found !== null) return found;
  }
  return null;
}

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** A day of XML Schema's `date`, which may name a zone. */
const DAY = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/;

/** A day that the calendar has: PostgreSQL refuses any other, and the whole page with it. */
function dateOf(value: unknown): string | null {
  const day = typeof value === "string" ? DAY.exec(value)?.[1] : undefined;
  if (day === undefined) return null;
  const at = Date.parse(day);
  const isDay = !day.startsWith("0000") && !Number.isNaN(at);
  return isDay && new Date(at).toISOString().startsWith(day) ? day : null;
}

/** A name stands there itself, or under `name` of a reference. */
const nameOf = (value: unknown): string | null =>
  textOf(value) ??
  (typeof value === "object" && value !== null
    ? textOf((value as Record<string, unknown>)["name"])
    : null);

const valueOf = (value: unknown): string | null =>
  typeof value === "object" && value !== null
    ? textOf((value as Record<string, unknown>)["value"])
    : null;

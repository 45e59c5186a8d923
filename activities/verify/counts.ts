import { faultIn } from "../../core/faults.ts";
import { addDecimals } from "../../core/money.ts";
import { isTransactionKind, kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import { quarantined } from "../../db/attention.ts";
import {
  heldByMonth,
  type HeldInMonth,
  type ReconciliationLine,
} from "../../db/reconciliations.ts";
import { countHeldByKind } from "../../db/records.ts";
import { inCompany } from "../../db/transactions.ts";
import { withheldKinds } from "../../db/withheld-kinds.ts";
import { countTheirs, countUnlessWithheld, heal } from "../compare.ts";
import { endOfMonth } from "../months.ts";
import type { StandingStep } from "../standing-step.ts";
import { wholeListing } from "../steps.ts";
import { reasonOf } from "../withhold.ts";
import { naming } from "./name-differing.ts";
import { NOTHING, REFUSED, UNKNOWN } from "./lines.ts";

/** Months that are told of a kind, newest first. */
const MONTHS_TOLD_MAX = 60;
/** Months that QuickBooks is asked for where a kind's counts differ, newest first. */
const MONTHS_ASKED_MAX = 36;

const NOT_ASKED = "What we hold; QuickBooks is asked by month where the counts of a kind differ.";

export interface ComparedCounts {
  lines: ReconciliationLine[];
  /** The kinds that QuickBooks counts; the others it does not offer any more. */
  offered: RecordKind[];
}

/**
 * Counts of each kind, with what is left out because it cannot be taken; of transactions by month, too: as
 * we hold them, and as QuickBooks counts them where the kind's counts differ, because every month asked for
 * is a call. And what each kind comes to, which QuickBooks cannot be asked.
 */
export async function compareCounts(
  run: StandingStep,
  kinds: readonly RecordKind[],
  datedFrom: string | null,
): Promise<ComparedCounts> {
  const { pool } = run.deps;
  const { companyId } = run.lease;
  const ours = await inCompany(pool, companyId, (tx) => countHeldByKind(tx, companyId, datedFrom));
  const held = await heldByMonth(pool, companyId);
  const offered: RecordKind[] = [];
  const lines = await Promise.all(
    kinds.map(async (kind) => {
      const counted = await countUnlessWithheld(run, wholeListing(kind, datedFrom));
      const heldNow = ours.get(kind) ?? 0;
      if ("fault" in counted) return [withheldLine(kind, heldNow, reasonOf(kind, counted.fault))];
      offered.push(kind);
      const leftOut = await inCompany(pool, companyId, (tx) =>
        quarantined(tx, { companyId, kind }),
      );
      const line = countLine(kind, null, { ours: heldNow, theirs: counted.theirs, leftOut });
      const months = isTransactionKind(kind) ? monthsOf(held, kind) : [];
      return [
        line,
        ...(await compareMonths(run, kind, { months, isAsked: line.agrees === false })),
      ];
    }),
  );
  return { lines: [...lines.flat(), ...totals(held)], offered };
}

/** Kinds that QuickBooks did not offer when they were asked for last: what we hold of them, and why nothing can be said. */
export async function withheldLines({
  deps: { pool },
  lease: { companyId },
}: StandingStep): Promise<ReconciliationLine[]> {
  return inCompany(pool, companyId, async (tx) => {
    const ours = await countHeldByKind(tx, companyId, null);
    const withheld = await withheldKinds(tx, companyId);
    return withheld.map(({ kind, message }) => withheldLine(kind, ours.get(kind) ?? 0, message));
  });
}

const withheldLine = (kind: RecordKind, ours: number, why: string): ReconciliationLine => ({
  ...NOTHING,
  ...UNKNOWN,
  subject: "count",
  kind,
  ours: String(ours),
  note: why,
});

function countLine(
  kind: RecordKind,
  month: string | null,
  { ours, theirs, leftOut }: { ours: number; theirs: number | null; leftOut: number },
): ReconciliationLine {
  const line = { ...NOTHING, subject: "count" as const, kind, month, ours: String(ours) };
  if (theirs === null) return { ...line, theirs: null, agrees: null, note: REFUSED };
  const isExplained = leftOut > 0 && theirs === ours + leftOut;
  const note = isExplained
    ? `${leftOut} of QuickBooks' records cannot be taken, and wait as attention.`
    : null;
  return { ...line, theirs: String(theirs), agrees: theirs === ours || isExplained, note };
}

/** How many records of a kind each month has, newest first. */
function monthsOf(
  held: readonly HeldInMonth[],
  kind: RecordKind,
): [month: string, count: number][] {
  const months = new Map<string, number>();
  for (const { month, records, ...each } of held) {
    if (each.kind === kind && month !== null) months.set(month, (months.get(month) ?? 0) + records);
  }
  return [...months].slice(0, MONTHS_TOLD_MAX);
}

const compareMonths = (
  run: StandingStep,
  kind: RecordKind,
  { months, isAsked }: { months: [month: string, count: number][]; isAsked: boolean },
): Promise<ReconciliationLine[]> =>
  Promise.all(
    months.map(async ([month, count], index) => {
      if (!isAsked || index >= MONTHS_ASKED_MAX) {
        const line = { ...NOTHING, ...UNKNOWN, subject: "count" as const, kind, month };
        return { ...line, ours: String(count), note: NOT_ASKED };
      }
      const listing = { ...wholeListing(kind, month), datedUntil: endOfMonth(month) };
      const theirs = await countTheirs(run, listing);
      return countLine(kind, month, { ours: count, theirs, leftOut: 0 });
    }),
  );

/** What the records of each kind come to, by currency. */
function totals(held: readonly HeldInMonth[]): ReconciliationLine[] {
  const sums = new Map<string, { of: HeldInMonth; records: number; totals: string[] }>();
  for (const of of held) {
    if (of.total === null) continue;
    const key = `${of.kind} ${of.currency ?? ""}`;
    const before = sums.get(key) ?? { of, records: 0, totals: [] };
    const records = before.records + of.records;
    sums.set(key, { of, records, totals: [...before.totals, of.total] });
  }
  return [...sums.values()].map(({ of: { kind, currency }, records, totals: all }) => ({
    ...NOTHING,
    ...UNKNOWN,
    subject: "total",
    kind,
    ours: addDecimals(all),
    note: `What ${records} ${kindLabel(kind)} records come to${currency === null ? "" : ` in ${currency}`}; QuickBooks counts and does not add up.`,
  }));
}

/**
 * Finds the records that made counts differ, by counts over ever smaller stretches; names them, and heals
 * them. The lines come back with how many were found.
 */
export async function healCounts(
  run: StandingStep,
  lines: readonly ReconciliationLine[],
  datedFrom: string | null,
): Promise<ReconciliationLine[]> {
  const healed: ReconciliationLine[] = [];
  for (const line of lines) {
    const { kind } = line;
    const isDue = line.agrees === false && line.month === null && kind !== null;
    healed.push(isDue ? { ...line, note: await healCount(run, kind, datedFrom) } : line);
  }
  return healed;
}

async function healCount(
  run: StandingStep,
  kind: RecordKind,
  datedFrom: string | null,
): Promise<string> {
  const { at } = await run.source.readCompany(run.signal);
  const found = naming(run, "count");
  try {
    await heal(found.run, { kind, scope: "all", datedFrom }, at);
  } catch (error) {
    if (faultIn(error)?.kind !== "page-refused") throw error;
    return REFUSED;
  }
  return `${found.named()} records were found to differ, and were read anew.`;
}

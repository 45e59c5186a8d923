import type { Kind } from "./kinds.ts";

/**
 * QuickBooks numbers all transactions in one sequence, and customers, vendors and employees in
 * another (facts 10.5). Each sequence is cut into periods; a kind owns some lanes of every period,
 * so that an id can be computed from a row's position and the other way round.
 */
interface Sequence {
  first: number;
  period: number;
  lanesOf: ReadonlyMap<Kind, readonly number[]>;
  ownerOf: readonly { kind: Kind; slot: number }[];
}

const TRANSACTION_LANES: readonly (readonly [Kind, number])[] = [
  ["Invoice", 213],
  ["Payment", 160],
  ["Bill", 43],
  ["BillPayment", 32],
  ["CreditMemo", 11],
  ["SalesReceipt", 10],
  ["Deposit", 8],
  ["Purchase", 7],
  ["Estimate", 4],
  ["JournalEntry", 3],
  ["PurchaseOrder", 2],
  ["VendorCredit", 2],
  ["TimeActivity", 2],
  ["RefundReceipt", 1],
  ["Transfer", 1],
  ["InventoryAdjustment", 1],
];
const NAME_LANES: readonly (readonly [Kind, number])[] = [
  ["Customer", 37],
  ["Vendor", 11],
  ["Employee", 2],
];
const FIRST_TRANSACTION = 101;
const CLASS_PREFIX = "500000000000";
const CLASS_FIRST = 7280;
const CLASS_DIGITS = 7;
/** The two codes of a US company without a number; lines of sales forms name them. */
const TEXT_TAX_CODES: readonly string[] = ["TAX", "NON"];

function sequence(first: number, lanes: readonly (readonly [Kind, number])[]): Sequence {
  const period = lanes.reduce((sum, [, width]) => sum + width, 0);
  const wishes = lanes.flatMap(([kind, width]) =>
    Array.from({ length: width }, (_, slot) => ({ kind, slot, at: (slot + 0.5) / width })),
  );
  const ownerOf = wishes.sort((a, b) => a.at - b.at);
  const lanesOf = new Map<Kind, number[]>(lanes.map(([kind]) => [kind, []]));
  for (const [lane, { kind }] of ownerOf.entries()) lanesOf.get(kind)?.push(lane);
  return { first, period, lanesOf, ownerOf };
}

const TRANSACTION_IDS = sequence(FIRST_TRANSACTION, TRANSACTION_LANES);
const NAME_IDS = sequence(1, NAME_LANES);
const SEQUENCES = [TRANSACTION_IDS, NAME_IDS] as const;

const sequenceOf = (kind: Kind): Sequence | undefined =>
  SEQUENCES.find((candidate) => candidate.lanesOf.has(kind));

/** The number behind the id of a kind's n-th row (n counts from 0). */
export function numberAt(kind: Kind, index: number): number {
  const shared = TRANSACTION_IDS.lanesOf.has(kind) ? TRANSACTION_IDS : sequenceOf(kind);
  if (shared === undefined) return index + 1;
  const lanes = shared.lanesOf.get(kind) ?? [0];
  const turn = Math.floor(index / lanes.length);
  return shared.first + turn * shared.period + (lanes[index - turn * lanes.length] ?? 0);
}

/** The id that QuickBooks shows for a number: ids of classes are beyond 2^53 (facts 10.5). */
export function idText(kind: Kind, number: number): string {
  if (kind === "Class") {
    return CLASS_PREFIX + String(CLASS_FIRST + number).padStart(CLASS_DIGITS, "0");
  }
  if (kind === "TaxCode") return TEXT_TAX_CODES[number - 1] ?? String(number - 1);
  return String(number);
}

/** The number behind an id; undefined when no row of this kind can have it. */
export function numberOf(kind: Kind, id: string): number | undefined {
  if (kind === "Class") {
    if (!id.startsWith(CLASS_PREFIX)) return undefined;
    return Number(id.slice(CLASS_PREFIX.length)) - CLASS_FIRST;
  }
  if (kind === "TaxCode") {
    const text = TEXT_TAX_CODES.indexOf(id);
    if (text >= 0) return text + 1;
  }
  if (!/^[1-9]\d{0,15}$/.test(id)) return undefined;
  return kind === "TaxCode" ? Number(id) + 1 : Number(id);
}

/** The position of the generated row with a number; undefined when another kind owns the number. */
export function indexOf(kind: Kind, number: number): number | undefined {
  const shared = sequenceOf(kind);
  if (shared === undefined) return number - 1;
  const turn = Math.floor((number - shared.first) / shared.period);
  const owner = shared.ownerOf[number - shared.first - turn * shared.period];
  if (owner?.kind !== kind) return undefined;
  return turn * (shared.lanesOf.get(kind)?.length ?? 1) + owner.slot;
}

/** Kinds that take their ids from the same sequence as this one. */
export const siblingsOf = (kind: Kind): readonly Kind[] => [
  ...(sequenceOf(kind)?.lanesOf.keys() ?? [kind]),
];

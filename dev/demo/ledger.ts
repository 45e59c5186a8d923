import { z } from "zod";

import { addDecimals, compareDecimals } from "../../core/money.ts";

const Applied = z.object({
  fromKind: z.string(),
  fromId: z.string(),
  toKind: z.string(),
  toId: z.string(),
  amount: z.string(),
  discount: z.string().optional(),
});
export type Applied = z.infer<typeof Applied>;

const DocumentState = z.object({
  kind: z.string(),
  id: z.string(),
  total: z.string(),
  balance: z.string(),
  customerOrVendor: z.string().nullable(),
});
export type DocumentState = z.infer<typeof DocumentState>;

/** Who paid what in the simulated QuickBooks, by its own books; kinds are the API's in lower case. */
export const Ledger = z.object({
  applications: z.array(Applied),
  documents: z.array(DocumentState),
});
export type Ledger = z.infer<typeof Ledger>;

/** From what on what, as a key. */
export const pairOf = (one: Pick<Applied, "fromKind" | "fromId" | "toKind" | "toId">): string =>
  `${one.fromKind} ${one.fromId} on ${one.toKind} ${one.toId}`.toLowerCase();

/** One application that differs between two states of the books; null where there is none. */
export interface Difference {
  before: string | null;
  after: string | null;
}

/** What differs between two lists of applications, by its pair. */
export function differences(
  before: readonly Applied[],
  after: readonly Applied[],
): Map<string, Difference> {
  const [old, now] = [amounts(before), amounts(after)];
  const pairs = [...new Set([...old.keys(), ...now.keys()])].map(
    (pair) => [pair, { before: old.get(pair) ?? null, after: now.get(pair) ?? null }] as const,
  );
  return new Map(pairs.filter(([, one]) => !isSameAmount(one.before, one.after)));
}

/** The same amount, however many decimals it is written with; or both are nothing. */
export const isSameAmount = (one: string | null, other: string | null): boolean =>
  one === null || other === null ? one === other : compareDecimals(one, other) === 0;

function amounts(applications: readonly Applied[]): Map<string, string> {
  const sums = new Map<string, string>();
  for (const one of applications) {
    const pair = pairOf(one);
    sums.set(pair, addDecimals([sums.get(pair) ?? "0", one.amount, one.discount ?? "0"]));
  }
  return sums;
}

import { addDecimals, compareDecimals, isDecimal, isZero, negated } from "../../core/money.ts";
import type { AppliedAmount, NamedRecord } from "../source.ts";
import { amountIn, amountsNamed } from "./amounts.ts";
import { eachElement, eachMember } from "./cut.ts";
import { kindOfEntity, type OnlineKind } from "./kinds.ts";

/** What Intuit calls the records that a LinkedTxn names, where it is not the name of the entity. */
const ALIASES: ReadonlyMap<string, OnlineKind> = new Map([
  ["BillPaymentCheck", "bill_payment"],
  ["BillPaymentCreditCard", "bill_payment"],
  ["Expense", "expense"],
  ["Check", "expense"],
  ["CreditCardCredit", "expense"],
]);

/** Which side of a payment a kind is on; kinds that are named nowhere may be on either. */
const SIDES: Partial<Record<OnlineKind, "owed" | "credit">> = {
  invoice: "owed",
  bill: "owed",
  credit_memo: "credit",
  vendor_credit: "credit",
};
/** Lines of an unknown side are tried on both; a payment with more of them than this is read as owed alone. */
const UNSURE_MAX = 10;

const PAYERS = new Set<OnlineKind>(["payment", "bill_payment"]);
const APPLIERS = new Set<OnlineKind>(["payment", "bill_payment"]);

/** One line of a payment: what it is about, and how much of it. */
interface PaidLine {
  kind: OnlineKind;
  id: string;
  amount: string;
}

interface Read {
  kind: OnlineKind;
  id: string;
  bytes: Buffer;
  text: string;
  json: Record<string, unknown>;
}

/**
 * The amounts that a record says to sit on documents (facts 8.1). A payment's lines name what is owed
 * and the credits it joins to that: credits are used up first, in the order of the lines, and money
 * pays the rest. So a payment of zero that joins a credit memo to an invoice moves no money at all.
 * Throws RangeError where an amount cannot be read.
 */
export function appliedIn(read: Read): AppliedAmount[] {
  const { kind, id, text, json } = read;
  if (kind === "invoice") {
    const deposit = amountIn(text, "Deposit", json);
    if (deposit === null || isZero(deposit)) return [];
    const itself = { fromKind: kind, fromId: id, toKind: kind, toId: id };
    return [{ ...itself, role: "deposit", amount: deposit, exchangeRate: rateIn(read) }];
  }
  if (!PAYERS.has(kind)) return [];
  const lines = paidLines(read);
  if (lines.length === 0) return [];
  const exchangeRate = rateIn(read);
  const money = moneyOf(read);
  const isCredit = sidesOf(lines, money);
  const owed = lines.filter((_, index) => !isCredit[index]);
  const credits = lines.filter((_, index) => isCredit[index]);
  return allocate(owed, credits, { kind, id }).map((each) => ({ ...each, exchangeRate }));
}

/** The payments that a document's payload names (a document names no credits: the payments that join them do). */
export function appliersIn(payload: string): NamedRecord[] {
  const json = JSON.parse(payload) as Record<string, unknown>;
  return linksOf(json).flatMap(({ kind, id }) =>
    APPLIERS.has(kind) ? [{ kind, quickbooksId: id }] : [],
  );
}

/** Does a payment lie in a deposit? Then QuickBooks refuses to change it (facts 8.1). */
export const isDeposited = (payload: string): boolean =>
  linksOf(JSON.parse(payload) as Record<string, unknown>).some(({ kind }) => kind === "deposit");

/** What a deposit's lines say to lie in it; money that comes from no other record is named by nothing. */
export function depositedIn(payload: string): NamedRecord[] {
  const { Line: lines } = JSON.parse(payload) as Record<string, unknown>;
  if (!Array.isArray(lines)) return [];
  return lines
    .filter(isObject)
    .flatMap(linksOf)
    .map(({ kind, id }) => ({ kind, quickbooksId: id }));
}

function rateIn({ text, json }: Read): string | null {
  const rate = amountIn(text, "ExchangeRate", json);
  if (rate !== null && !isDecimal(rate)) throw new RangeError(`"${rate.slice(0, 40)}" is no rate`);
  return rate;
}

/** How much money a payment put on documents: its total less what is not applied. */
function moneyOf({ text, json }: Read): string | null {
  const total = amountIn(text, "TotalAmt", json);
  if (total === null) return null;
  return addDecimals([total, negated(amountIn(text, "UnappliedAmt", json) ?? "0")]);
}

/** The lines of a payment that name another record; their amounts are the text's own digits. */
function paidLines({ bytes, text, json }: Read): PaidLine[] {
  const parsed = json["Line"];
  if (!Array.isArray(parsed)) return [];
  const lines: PaidLine[] = [];
  const add = (content: unknown, amountOf: (line: Record<string, unknown>) => string | null) => {
    if (!isObject(content)) return;
    const [link] = linksOf(content);
    const amount = amountOf(content);
    if (link === undefined || amount === null || isZero(amount)) return;
    lines.push({ ...link, amount });
  };
  // Where each line has its amount and there are no others, the first one is the first line's: nothing is to be cut.
  const amounts = parsed.every(hasAmount) ? amountsNamed(text, "Amount", parsed.length) : null;
  if (amounts !== null) {
    for (const [at, line] of parsed.entries()) add(line, () => amounts[at] ?? null);
    return merged(lines);
  }
  let index = 0;
  const read = (line: Buffer): void =>
    add(parsed[index++], (content) => amountIn(line.toString("utf8"), "Amount", content));
  // Of a name that comes twice the last one counts, as it does in `json`.
  let start = 0;
  eachMember(bytes, 0, (key, from) => {
    if (key === "Line") start = from;
    return null;
  });
  if (start > 0) eachElement(bytes, start, read);
  return merged(lines);
}

const hasAmount = (line: unknown): boolean => isObject(line) && typeof line["Amount"] === "number";

/** Two lines about the same record are one, or none if they cancel each other out. */
function merged(lines: readonly PaidLine[]): PaidLine[] {
  const byRecord = new Map<string, PaidLine>();
  for (const line of lines) {
    const key = `${line.kind} ${line.id}`;
    const before = byRecord.get(key);
    const amount = before === undefined ? line.amount : addDecimals([before.amount, line.amount]);
    byRecord.set(key, { ...line, amount });
  }
  return [...byRecord.values()].filter(({ amount }) => !isZero(amount));
}

/**
 * Which lines are credits. A journal entry or a deposit may be on either side: the one is right with
 * which what is owed less the credits is the money that was applied.
 */
function sidesOf(lines: readonly PaidLine[], money: string | null): boolean[] {
  const sides = lines.map(({ kind }) => SIDES[kind] === "credit");
  const unsure = lines.flatMap(({ kind }, index) => (SIDES[kind] === undefined ? [index] : []));
  if (money === null || unsure.length === 0 || unsure.length > UNSURE_MAX) return sides;
  const signed = (isCredit: readonly boolean[]) => (at: number) => {
    const amount = lines[at]?.amount ?? "0";
    return isCredit[at] === true ? negated(amount) : amount;
  };
  const sure = [...lines.keys()].filter((at) => !unsure.includes(at));
  const known = addDecimals(sure.map(signed(sides)));
  for (let tried = 0; tried < 2 ** unsure.length; tried++) {
    const candidate = [...sides];
    unsure.forEach((line, bit) => (candidate[line] = (tried >> bit) % 2 === 1));
    const sum = addDecimals([known, ...unsure.map(signed(candidate))]);
    if (compareDecimals(sum, money) === 0) return candidate;
  }
  return sides;
}

/** Puts credits on what is owed, both in the order of the lines, and money on what they leave. */
function allocate(
  owed: readonly PaidLine[],
  credits: readonly PaidLine[],
  payment: { kind: OnlineKind; id: string },
): Omit<AppliedAmount, "exchangeRate">[] {
  const open = owed.map((line) => ({ ...line }));
  const applied: Omit<AppliedAmount, "exchangeRate">[] = [];
  // Each step uses up the credit or what is owed: there are no more steps than lines.
  let first = 0;
  for (const credit of credits) {
    let left = credit.amount;
    for (let line = open[first]; line !== undefined && !isZero(left); line = open[first]) {
      const amount = compareDecimals(left, line.amount) < 0 ? left : line.amount;
      left = addDecimals([left, negated(amount)]);
      line.amount = addDecimals([line.amount, negated(amount)]);
      if (!isZero(amount)) applied.push({ ...pair(credit, line), role: "credit", amount });
      if (isZero(line.amount)) first++;
    }
  }
  for (const line of open) {
    if (isZero(line.amount)) continue;
    applied.push({ ...pair(payment, line), role: "payment", amount: line.amount });
  }
  return applied;
}

const pair = (
  from: { kind: OnlineKind; id: string },
  to: { kind: OnlineKind; id: string },
): Pick<AppliedAmount, "fromKind" | "fromId" | "toKind" | "toId"> => ({
  fromKind: from.kind,
  fromId: from.id,
  toKind: to.kind,
  toId: to.id,
});

/** The records that a LinkedTxn list names, those of kinds that we do not know left out. */
function linksOf(json: Record<string, unknown>): { kind: OnlineKind; id: string }[] {
  const links = json["LinkedTxn"];
  if (!Array.isArray(links)) return [];
  return links.flatMap((link: unknown) => {
    if (!isObject(link)) return [];
    const { TxnId: id, TxnType: type } = link;
    // PostgreSQL keeps no U+0000, and QuickBooks has no such record.
    if (typeof id !== "string" || id.includes("\0") || typeof type !== "string") return [];
    const kind = ALIASES.get(type) ?? kindOfEntity(type);
    return kind === null ? [] : [{ kind, id }];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

import { addDecimals, isDecimal, isZero, negated } from "../../core/money.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type { AppliedAmount, NamedRecord } from "../source.ts";
import { KIND_OF_TXN } from "./kinds.ts";
import type { RawRecord } from "./reader.ts";

/** These say themselves what they are applied to; of everything else the document's own links say it. */
const SELF_SPOKEN = new Set<RecordKind>([
  "payment",
  "bill_payment",
  "credit_memo",
  "vendor_credit",
  "refund_receipt",
]);
const CREDITS = new Set<RecordKind>(["credit_memo", "vendor_credit"]);
/** What a document came from: no link of theirs is money. */
const ORDERS = new Set<RecordKind>(["estimate", "sales_order", "purchase_order"]);
const DEPOSIT_LINE = /<DepositLineRet>([^]*?)<\/DepositLineRet>/g;
const LINK = /<LinkedTxn>([^]*?)<\/LinkedTxn>/g;

/**
 * The amounts that a record says to sit on documents (facts 3.7, 3.8): payments and refunds by what they
 * name, a discount as an amount of its own; credits by their links, because no payment record need exist
 * for them; journal entries and deposits by the links of the document. Throws RangeError where an amount
 * cannot be read.
 */
export function appliedIn(kind: RecordKind, id: string, record: RawRecord): AppliedAmount[] {
  const rate = record.fields.get("ExchangeRate") ?? "";
  if (rate !== "" && !isDecimal(rate)) throw new RangeError(`"${rate.slice(0, 40)}" is no rate`);
  const exchangeRate = rate === "" ? null : rate;
  return record.groups.flatMap(({ name, fields }) => {
    const other = KIND_OF_TXN.get(fields.get("TxnType") ?? "");
    const otherId = fields.get("TxnID");
    if (other === undefined || otherId === undefined) return [];
    const said = { kind, id, other, otherId };
    const amounts = name === "LinkedTxn" ? linked(said, fields) : paid(said, fields);
    return amounts
      .filter(({ amount }) => !isZero(amount))
      .map((amount) => ({ ...amount, exchangeRate }));
  });
}

/** The payments and credits that an invoice's or a bill's links name. */
export function appliersIn(_: RecordKind, payload: string): NamedRecord[] {
  return [...payload.matchAll(LINK)].flatMap(([, link = ""]) =>
    namedIn(link).filter(({ kind }) => SELF_SPOKEN.has(kind)),
  );
}

/** What a deposit's lines say to lie in it; a line of its own names nothing. */
export const depositedIn = (payload: string): NamedRecord[] =>
  [...payload.matchAll(DEPOSIT_LINE)].flatMap(([, line = ""]) => namedIn(line));

function namedIn(element: string): NamedRecord[] {
  const quickbooksId = /<TxnID>([^<]+)<\/TxnID>/.exec(element)?.[1];
  const kind = KIND_OF_TXN.get(/<TxnType>([^<]*)<\/TxnType>/.exec(element)?.[1] ?? "");
  return quickbooksId === undefined || kind === undefined ? [] : [{ kind, quickbooksId }];
}

interface Said {
  kind: RecordKind;
  id: string;
  other: RecordKind;
  otherId: string;
}

type Amount = Omit<AppliedAmount, "exchangeRate">;

function paid({ kind, id, other, otherId }: Said, fields: ReadonlyMap<string, string>): Amount[] {
  const ends = { fromKind: kind, fromId: id, toKind: other, toId: otherId };
  return [
    { ...ends, role: "payment", amount: amountOf(fields, "Amount") },
    { ...ends, role: "payment", amount: amountOf(fields, "RefundAmount") },
    { ...ends, role: "discount", amount: amountOf(fields, "DiscountAmount") },
  ];
}

/** What a document's links by amount come to: so much was put on it. Throws as `appliedIn` does. */
export const putOn = ({ groups }: RawRecord): string =>
  addDecimals(
    groups.flatMap(({ name, fields }) => {
      const other = KIND_OF_TXN.get(fields.get("TxnType") ?? "");
      if (name !== "LinkedTxn" || !isByAmount(fields, other)) return [];
      return [amountOfLink(fields)];
    }),
  );

/** As a link is that does not say, because the word is optional. */
const isByAmount = (fields: ReadonlyMap<string, string>, other: RecordKind | undefined): boolean =>
  fields.get("LinkType") !== "QUANTYPE" && (other === undefined || !ORDERS.has(other));

/** What lowers a record is negative on an invoice (facts 8, point 8), so the sign says nothing. */
function amountOfLink(fields: ReadonlyMap<string, string>): string {
  const told = amountOf(fields, "Amount");
  return told.startsWith("-") ? negated(told) : told;
}

function linked({ kind, id, other, otherId }: Said, fields: ReadonlyMap<string, string>): Amount[] {
  if (!isByAmount(fields, other)) return [];
  const amount = amountOfLink(fields);
  if (CREDITS.has(kind)) {
    // What pays a credit out again says so itself, but for a check.
    if (SELF_SPOKEN.has(other)) return [];
    const away = { fromKind: kind, fromId: id, toKind: other, toId: otherId };
    const back = { fromKind: other, fromId: otherId, toKind: kind, toId: id };
    return other === "expense"
      ? [{ ...back, role: "payment", amount }]
      : [{ ...away, role: "credit", amount }];
  }
  if (SELF_SPOKEN.has(other)) return [];
  const ends = { fromKind: other, fromId: otherId, toKind: kind, toId: id };
  return [{ ...ends, role: "credit", amount }];
}

function amountOf(fields: ReadonlyMap<string, string>, name: string): string {
  const text = fields.get(name) ?? "0";
  if (!isDecimal(text)) throw new RangeError(`"${text.slice(0, 40)}" is no amount`);
  return text;
}

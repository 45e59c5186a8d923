import type { Books, Shelf } from "../books/books.ts";
import { ACTIVE, idOf } from "../books/books.ts";
import { decimalsOf, decimalsOfRow, isMulticurrency } from "../books/coins.ts";
import { columnOf, hasTotal } from "../books/columns.ts";
import type { Kind } from "../books/kinds.ts";
import { isList } from "../books/kinds.ts";
import { accountAt, nameOf } from "../books/names.ts";
import { docNumberOf, hasDocNumber, paymentRefOf } from "../books/numbers.ts";
import { vendorOfPayable } from "../books/payables.ts";
import { customerOfForm } from "../books/form-party.ts";
import { payloadOf } from "../books/payload.ts";
import { customerOfSale } from "../books/sales.ts";
import { createdAt } from "../books/times.ts";
import { invalid } from "./refusal.ts";

/** Reads one property of a row: seconds, days, cents, 0 or 1, or text. */
export type Getter = (index: number) => number | string;

export interface Property {
  name: string;
  type: "id" | "time" | "date" | "number" | "text" | "flag";
  getter: (books: Books, shelf: Shelf) => Getter;
}

export const ID = "Id";
export const UPDATED = "MetaData.LastUpdatedTime";
export const FLAG = "Active";

const property = (
  name: string,
  type: Property["type"],
  getter: Property["getter"],
): readonly [string, Property] => [name.toLowerCase(), { name, type, getter }];

const unescape = (text: string): string =>
  text.includes("\\") ? String(JSON.parse(`"${text}"`)) : text;

const EVERYWHERE = [
  property(
    ID,
    "id",
    (books, { kind }) =>
      (index) =>
        idOf(books, kind, index),
  ),
  property(
    UPDATED,
    "time",
    (_books, { updated }) =>
      (index) =>
        updated[index] ?? 0,
  ),
  property(
    "MetaData.CreateTime",
    "time",
    (books, { kind }) =>
      (index) =>
        createdAt(books, kind, index),
  ),
];

const column = (
  name: string,
  type: "number" | "date",
  of: "total" | "balance" | "date" | "due",
): readonly [string, Property] =>
  property(name, type, (books, shelf) => {
    const numbers = columnOf(books, shelf, of);
    const isPlain = !isMulticurrency(books) && decimalsOf(books.plan.currency) === 2;
    if (type === "date" || isPlain) return (index) => numbers[index] ?? 0;
    // Filters count in hundredths, whatever the currency.
    return (index) => ((numbers[index] ?? 0) * 100) / 10 ** decimalsOfRow(books, shelf.kind, index);
  });

const named = (name: string): readonly [string, Property] =>
  property(
    name,
    "text",
    (_books, { kind }) =>
      (index) =>
        unescape(nameOf(kind, index)),
  );

const customerRef = (read: (books: Books, kind: Kind, index: number) => number) =>
  property(
    "CustomerRef",
    "text",
    (books, { kind }) =>
      (index) =>
        idOf(books, "Customer", read(books, kind, index)),
  );
const vendorRef = property(
  "VendorRef",
  "text",
  (books, { kind }) =>
    (index) =>
      idOf(books, "Vendor", vendorOfPayable(books, kind, index)),
);
const active = property(
  FLAG,
  "flag",
  (_books, { state }) =>
    (index) =>
      state[index] === ACTIVE ? 1 : 0,
);
const accountText = (name: string, field: "type" | "classification" | "sub") =>
  property(name, "text", () => (index) => accountAt(index)[field]);

/** Lists whose rows are people; their name is DisplayName. */
const PEOPLE: ReadonlySet<Kind> = new Set(["Customer", "Vendor", "Employee"]);

/**
 * What each kind can be filtered and sorted by, beside what is common to all (facts 4 and 10.8).
 * What is not written here is refused, as an undocumented property is.
 */
const OWN: Partial<Record<Kind, readonly (readonly [string, Property])[]>> = {
  Customer: [
    column("Balance", "number", "balance"),
    named("FullyQualifiedName"),
    named("CompanyName"),
  ],
  Vendor: [column("Balance", "number", "balance"), named("CompanyName")],
  Account: [
    named("FullyQualifiedName"),
    accountText("AccountType", "type"),
    accountText("AccountSubType", "sub"),
    accountText("Classification", "classification"),
  ],
  Class: [named("FullyQualifiedName")],
  Department: [named("FullyQualifiedName")],
  Item: [named("FullyQualifiedName")],
  Invoice: [
    column("Balance", "number", "balance"),
    column("DueDate", "date", "due"),
    customerRef((books, _kind, index) => customerOfSale(books, "Invoice", index)),
  ],
  Payment: [
    customerRef((books, _kind, index) => customerOfSale(books, "Payment", index)),
    property("PaymentRefNum", "text", (books) => (index) => paymentRefOf(books, index)),
  ],
  CreditMemo: [customerRef((books, _kind, index) => customerOfSale(books, "CreditMemo", index))],
  SalesReceipt: [customerRef(customerOfForm)],
  RefundReceipt: [customerRef(customerOfForm)],
  Estimate: [customerRef(customerOfForm)],
  Bill: [column("Balance", "number", "balance"), column("DueDate", "date", "due"), vendorRef],
  BillPayment: [vendorRef],
  VendorCredit: [vendorRef],
  PurchaseOrder: [vendorRef],
};

/** Deposit.TotalAmt cannot be filtered (facts 10.8). */
const TOTAL_HIDDEN: ReadonlySet<Kind> = new Set(["Deposit"]);
const KNOWN_ROWS_READ = 50;

const tables = new Map<Kind, ReadonlyMap<string, Property>>();

function tableOf(kind: Kind): ReadonlyMap<string, Property> {
  const known = tables.get(kind);
  if (known !== undefined) return known;
  const family = isList(kind)
    ? [active, named(PEOPLE.has(kind) ? "DisplayName" : "Name")]
    : [column("TxnDate", "date", "date")];
  if (hasTotal(kind) && !TOTAL_HIDDEN.has(kind)) family.push(column("TotalAmt", "number", "total"));
  if (hasDocNumber(kind)) {
    family.push(property("DocNumber", "text", () => (index) => docNumberOf(kind, index)));
  }
  const table = new Map([...EVERYWHERE, ...family, ...(OWN[kind] ?? [])]);
  tables.set(kind, table);
  return table;
}

/** The property of a name in any case; throws QuickBooks' refusal for any other. */
export function propertyOf(books: Books, shelf: Shelf, name: string): Property {
  const found = tableOf(shelf.kind).get(name.toLowerCase());
  if (found !== undefined) return found;
  // The two texts of facts 10.8: a property that payloads show, and one that nobody knows.
  if (shownBy(books, shelf).has(name.toLowerCase())) {
    throw invalid(`property '${name}' is not queryable`);
  }
  throw invalid(`Property ${name} not found for Entity ${shelf.kind}`);
}

function shownBy(books: Books, shelf: Shelf): Set<string> {
  const shown = new Set<string>(["docnumber", "linkedtxn", "line"]);
  for (let index = 0; index < Math.min(KNOWN_ROWS_READ, shelf.size); index++) {
    const payload: unknown = JSON.parse(payloadOf(books, shelf.kind, index));
    if (typeof payload !== "object" || payload === null) continue;
    for (const key of Object.keys(payload)) shown.add(key.toLowerCase());
  }
  return shown;
}

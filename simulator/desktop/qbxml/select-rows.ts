import { fullName, type Row } from "../file/books.ts";
import { ITEM_KINDS, isListKind, type ListKind } from "../file/kinds.ts";
import { byName } from "../file/make-lists.ts";
import { centsOf } from "../file/money.ts";
import { methodType } from "../file/names.ts";
import { balancesOf } from "../render/balances.ts";
import type { Desk } from "./desk.ts";
import { childOf, textOf, textsOf, type XmlElement } from "./document.ts";
import { featureOff, matcher, momentRange, nameRange, rowFilter } from "./filters.ts";
import type { Found } from "./found.ts";
import { notFound, OK, StatusError } from "./status.ts";

/** Lists that QuickBooks has and the simulated company leaves empty. */
const EMPTY_LISTS = [
  "OtherName",
  "SalesRep",
  "CustomerType",
  "VendorType",
  "JobType",
  "CustomerMsg",
  "ShipMethod",
  "PayrollItemWage",
  "PayrollItemNonWage",
  "Vehicle",
  "UnitOfMeasureSet",
  "Currency",
  "ItemInventoryAssembly",
  "ItemFixedAsset",
  "ItemPayment",
  "ItemSubtotal",
  "ItemSalesTaxGroup",
  "ItemGroup",
  "PriceLevel",
  "Template",
  "DataExtDef",
];

/** The kinds that a list query answers; undefined when it asks for something else. */
export function listKindsOf(query: string): readonly ListKind[] | undefined {
  const noun = query.slice(0, -"Query".length);
  if (noun === "Item") return ITEM_KINDS;
  if (noun === "Terms") return ["StandardTerms", "DateDrivenTerms"];
  if (noun === "Entity") return ["Customer", "Employee", "Vendor"];
  if (isListKind(noun)) return [noun];
  return EMPTY_LISTS.includes(noun) ? [] : undefined;
}

const LIST_ID = /^[0-9A-F]+-\d+$/i;

/** The records that a list query is about, in the order of the answer. Throws StatusError. */
export function selectRows(
  desk: Desk,
  kinds: readonly ListKind[],
  request: XmlElement,
): Found<Row> {
  const { books } = desk.file;
  const ids = textsOf(request, "ListID");
  if (ids.length > 0) {
    return gather(ids, (id) => {
      if (!LIST_ID.test(id)) {
        throw new StatusError(
          3000,
          `The given object ID "${id}" in the field "list id" is invalid.`,
        );
      }
      const found = kinds.map((kind) => desk.file.books.byId[kind].get(id));
      return found.find((record): record is Row => record !== undefined && "name" in record);
    });
  }
  const names = textsOf(request, "FullName");
  if (names.length > 0) {
    const byFullName = new Map(
      kinds.flatMap((kind) => books.rows[kind].map((row) => [fullName(row).toLowerCase(), row])),
    );
    return gather(names, (name) => byFullName.get(name.toLowerCase()));
  }
  const isAsked = rowPredicate(desk, request);
  return {
    records: kinds.flatMap((kind) => books.rows[kind].filter(isAsked)).sort(byName),
    status: OK,
  };
}

/** Records by what was given for each; the first one missing gives the status. */
export function gather<T>(
  asked: readonly string[],
  find: (text: string) => T | undefined,
): Found<T> {
  const records: T[] = [];
  let missing: string | undefined;
  for (const text of asked) {
    const found = find(text);
    if (found === undefined) missing ??= text;
    else records.push(found);
  }
  return { records, status: missing === undefined ? OK : notFound(missing) };
}

function rowPredicate(desk: Desk, request: XmlElement): (row: Row) => boolean {
  const { file } = desk;
  if (childOf(request, "CurrencyFilter") !== undefined) throw featureOff();
  const modified = momentRange(request, ["FromModifiedDate", "ToModifiedDate"], file.settings);
  const activity = textOf(request, "ActiveStatus") || "ActiveOnly";
  const isNamed = matcher(childOf(request, "NameFilter"), "Name");
  const isInRange = nameRange(childOf(request, "NameRangeFilter"));
  const accountTypes = new Set(textsOf(request, "AccountType"));
  const methodTypes = new Set(textsOf(request, "PaymentMethodType"));
  const classFilter = childOf(request, "ClassFilter");
  const isOfClass = classFilter === undefined ? () => true : () => rowFilter(classFilter)(null);
  const hasBalance = balanceFilter(desk, childOf(request, "TotalBalanceFilter"));
  return (row) =>
    (activity === "All" || row.isActive === (activity === "ActiveOnly")) &&
    row.modified >= modified.from &&
    row.modified <= modified.to &&
    isNamed(row.name) &&
    isInRange(fullName(row)) &&
    (accountTypes.size === 0 || accountTypes.has(row.values["AccountType"] ?? "Expense")) &&
    (methodTypes.size === 0 || methodTypes.has(methodType(row.name))) &&
    isOfClass() &&
    hasBalance(row);
}

function balanceFilter({ file }: Desk, filter: XmlElement | undefined): (row: Row) => boolean {
  if (filter === undefined) return () => true;
  const bound = centsOf(textOf(filter, "Amount")) ?? 0;
  const { total } = balancesOf(file.books);
  const compare: Record<string, (cents: number) => boolean> = {
    LessThan: (cents) => cents < bound,
    LessThanEqual: (cents) => cents <= bound,
    Equal: (cents) => cents === bound,
    GreaterThan: (cents) => cents > bound,
    GreaterThanEqual: (cents) => cents >= bound,
  };
  const isAsked = compare[textOf(filter, "Operator")] ?? (() => false);
  return (row) => isAsked(total.get(row) ?? 0);
}

import type { Txn } from "../file/books.ts";
import { balanceOf } from "../file/form.ts";
import { isTxnKind, type TxnKind } from "../file/kinds.ts";
import { localDay } from "../file/times.ts";
import type { Desk } from "./desk.ts";
import { childOf, textOf, textsOf, type XmlElement } from "./document.ts";
import {
  accountsIn,
  dayRange,
  featureOff,
  itemsIn,
  matcher,
  momentRange,
  refRange,
  rowFilter,
} from "./filters.ts";
import type { Found } from "./found.ts";
import { gather } from "./select-rows.ts";
import { OK, StatusError } from "./status.ts";

/** Transactions that QuickBooks has and the simulated company leaves out. */
const EMPTY_KINDS = ["ItemReceipt", "CreditCardCredit"];

/** The kinds that a transaction query answers; undefined when it asks for something else. */
export function txnKindsOf(query: string): readonly TxnKind[] | undefined {
  const noun = query.slice(0, -"Query".length);
  if (isTxnKind(noun)) return [noun];
  return EMPTY_KINDS.includes(noun) ? [] : undefined;
}

const TXN_ID = /^[0-9A-F]+-\d+$/i;

/** Transactions by their ids. Throws StatusError. */
export function txnsById(
  desk: Desk,
  kinds: readonly TxnKind[],
  ids: readonly string[],
): Found<Txn> {
  const { byId } = desk.file.books;
  return gather(ids, (id) => {
    if (!TXN_ID.test(id)) {
      throw new StatusError(3000, `The given object ID "${id}" in the field "txn id" is invalid.`);
    }
    const found = kinds.map((kind) => byId[kind].get(id)).find((record) => record !== undefined);
    return found !== undefined && "serial" in found ? found : undefined;
  });
}

/** The transactions that a query is about, oldest first. Throws StatusError. */
export function selectTxns(desk: Desk, kinds: readonly TxnKind[], request: XmlElement): Found<Txn> {
  if (kinds.includes("SalesOrder") && / Pro /.test(`${desk.file.settings.product} `)) {
    throw featureOff();
  }
  const ids = textsOf(request, "TxnID");
  if (ids.length > 0) return txnsById(desk, kinds, ids);
  const all = kinds.flatMap((kind) => desk.file.books.txns[kind]);
  const isAsked = refPredicate(request) ?? txnPredicate(desk, request);
  return { records: all.filter(isAsked), status: OK };
}

/** RefNumber or RefNumberCaseSensitive; undefined when neither was given. */
export function refPredicate(request: XmlElement): ((txn: Txn) => boolean) | undefined {
  const exact = new Set(textsOf(request, "RefNumberCaseSensitive"));
  if (exact.size > 0) return ({ refNumber }) => exact.has(refNumber);
  const any = new Set(textsOf(request, "RefNumber").map((ref) => ref.toLowerCase()));
  return any.size > 0 ? ({ refNumber }) => any.has(refNumber.toLowerCase()) : undefined;
}

function txnPredicate({ file }: Desk, request: XmlElement): (txn: Txn) => boolean {
  if (childOf(request, "CurrencyFilter") !== undefined) throw featureOff();
  const { settings } = file;
  const changed = childOf(request, "ModifiedDateRangeFilter");
  const modified = momentRange(changed, ["FromModifiedDate", "ToModifiedDate"], settings);
  const dated = childOf(request, "TxnDateRangeFilter");
  const days = dayRange(dated, localDay(file.now(), settings));
  const entity = childOf(request, "EntityFilter") ?? childOf(request, "TimeTrackingEntityFilter");
  const isParty = rowFilter(entity);
  const account = childOf(request, "AccountFilter");
  const isAccount = rowFilter(account);
  const item = childOf(request, "ItemFilter");
  const isItem = rowFilter(item);
  const isNumbered = matcher(childOf(request, "RefNumberFilter"), "RefNumber");
  const isInRange = refRange(childOf(request, "RefNumberRangeFilter"));
  const paid = textOf(request, "PaidStatus") || "All";
  return (txn) =>
    txn.modified >= modified.from &&
    txn.modified <= modified.to &&
    txn.day >= days.from &&
    txn.day <= days.to &&
    (entity === undefined || isParty(txn.party)) &&
    (account === undefined || accountsIn(txn).some(isAccount)) &&
    (item === undefined || itemsIn(txn).some(isItem)) &&
    isNumbered(txn.refNumber) &&
    isInRange(txn.refNumber) &&
    (paid === "All" || (balanceOf(txn) === 0) === (paid === "PaidOnly"));
}

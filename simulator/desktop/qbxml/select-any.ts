import type { Txn } from "../file/books.ts";
import { balanceOf } from "../file/form.ts";
import { TXN_KINDS, type TxnKind } from "../file/kinds.ts";
import { amount } from "../file/money.ts";
import { dayText, localDay, stamp } from "../file/times.ts";
import { leaf, note, ref, textLeaf, type Ink } from "../render/ink.ts";
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
  type Range,
} from "./filters.ts";
import type { Found } from "./found.ts";
import { refPredicate, txnsById } from "./select-txns.ts";
import { OK } from "./status.ts";

const KINDS = TXN_KINDS.filter((kind) => kind !== "TimeTracking");
const NON_POSTING: readonly TxnKind[] = ["Estimate", "SalesOrder", "PurchaseOrder"];

/** The transactions that TransactionQuery is about, in the order of their entry. Throws StatusError. */
export function selectAny(desk: Desk, request: XmlElement): Found<Txn> {
  const ids = textsOf(request, "TxnID");
  if (ids.length > 0) return txnsById(desk, KINDS, ids);
  const filter = childOf(request, "TransactionTypeFilter");
  const types = filter === undefined ? [] : textsOf(filter, "TxnTypeFilter");
  const isAll = types.length === 0 || types.includes("All");
  const isAsked = anyPredicate(desk, request);
  const records = KINDS.filter((kind) => isAll || types.includes(kind))
    .flatMap((kind) => desk.file.books.txns[kind].filter(isAsked))
    .sort((one, other) => one.number - other.number);
  return { records, status: OK };
}

function anyPredicate({ file }: Desk, request: XmlElement): (txn: Txn) => boolean {
  if (childOf(request, "CurrencyFilter") !== undefined) throw featureOff();
  const { settings } = file;
  const today = localDay(file.now(), settings);
  const changed = childOf(request, "TransactionModifiedDateRangeFilter");
  const isMacro = changed !== undefined && textOf(changed, "DateMacro") !== "";
  const modified: Range = isMacro
    ? { from: -Infinity, to: Infinity }
    : momentRange(changed, ["FromModifiedDate", "ToModifiedDate"], settings);
  const modifiedDays = isMacro ? dayRange(changed, today) : { from: -Infinity, to: Infinity };
  const days = dayRange(childOf(request, "TransactionDateRangeFilter"), today);
  const hasRef = refPredicate(request) ?? (() => true);
  const isNumbered = matcher(childOf(request, "RefNumberFilter"), "RefNumber");
  const isInRange = refRange(childOf(request, "RefNumberRangeFilter"));
  const hasRows = rowsPredicate(request);
  const posting = textOf(request, "TransactionPostingStatusFilter") || "Either";
  const paid = textOf(request, "TransactionPaidStatusFilter") || "Either";
  return (txn) =>
    txn.modified >= modified.from &&
    txn.modified <= modified.to &&
    localDay(txn.modified, settings) >= modifiedDays.from &&
    localDay(txn.modified, settings) <= modifiedDays.to &&
    txn.day >= days.from &&
    txn.day <= days.to &&
    hasRef(txn) &&
    isNumbered(txn.refNumber) &&
    isInRange(txn.refNumber) &&
    hasRows(txn) &&
    (posting === "Either" || NON_POSTING.includes(txn.kind) === (posting === "NonPosting")) &&
    (paid === "Either" || isOpen(txn) === (paid === "Open"));
}

const isOpen = (txn: Txn): boolean =>
  (txn.kind === "Invoice" || txn.kind === "Bill") && balanceOf(txn) > 0;

/** The filters for who, which account, which item and which class. */
function rowsPredicate(request: XmlElement): (txn: Txn) => boolean {
  const entity = childOf(request, "TransactionEntityFilter");
  const type = entity === undefined ? "" : textOf(entity, "EntityTypeFilter");
  const isParty = rowFilter(entity);
  const account = childOf(request, "TransactionAccountFilter");
  const isAccount = rowFilter(account);
  const item = childOf(request, "TransactionItemFilter");
  const isItem = rowFilter(item);
  const klass = childOf(request, "TransactionClassFilter");
  const isClass = rowFilter(klass);
  return (txn) =>
    (entity === undefined || (type === "" ? isParty(txn.party) : txn.party?.kind === type)) &&
    (account === undefined || accountsIn(txn).some(isAccount)) &&
    (item === undefined || itemsIn(txn).some(isItem)) &&
    (klass === undefined || isClass(txn.class));
}

/** A transaction as a row of TransactionQuery: no EditSequence, no lines. */
export const summaryOf = (ink: Ink, txn: Txn): string =>
  leaf("TxnType", txn.kind) +
  leaf("TxnID", txn.id) +
  leaf("TimeCreated", stamp(txn.created, ink)) +
  leaf("TimeModified", stamp(txn.modified, ink)) +
  ref(ink, "EntityRef", txn.party) +
  ref(ink, "AccountRef", txn.account ?? txn.toAccount) +
  leaf("TxnDate", dayText(txn.day)) +
  textLeaf(ink, "RefNumber", txn.refNumber) +
  leaf("Amount", amount(txn.totalCents)) +
  note(ink, "Memo", txn.memo);

import type { Line } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import { amount, quantity } from "../file/money.ts";
import { dayText } from "../file/times.ts";
import { flag, leaf, note, ref, textLeaf } from "./ink.ts";
import { lineId, links, type Page, type Render } from "./wanted.ts";

const expenseLine = ({ ink }: Page, line: Line): string =>
  "<ExpenseLineRet>\n" +
  lineId(line) +
  ref(ink, "AccountRef", line.account) +
  leaf("Amount", amount(line.amountCents)) +
  textLeaf(ink, "Memo", line.text) +
  ref(ink, "CustomerRef", line.party) +
  (line.party === null ? "" : leaf("BillableStatus", "Billable")) +
  "</ExpenseLineRet>\n";

const itemLine = ({ ink }: Page, line: Line): string =>
  "<ItemLineRet>\n" +
  lineId(line) +
  ref(ink, "ItemRef", line.item) +
  textLeaf(ink, "Desc", line.text) +
  leaf("Quantity", quantity(line.quantity)) +
  leaf("Cost", amount(line.rateCents)) +
  leaf("Amount", amount(line.amountCents)) +
  "</ItemLineRet>\n";

/** Expenses come before items, whatever their numbers. */
function lines(page: Page): string {
  const { txn, wanted } = page;
  if (!wanted.lines) return "";
  let expenses = "";
  let items = "";
  for (const line of txn.lines) {
    if (line.item === null) expenses += expenseLine(page, line);
    else items += itemLine(page, line);
  }
  return expenses + items;
}

export const bill: Render = (page) => {
  const { ink, txn, date } = page;
  return (
    ref(ink, "VendorRef", txn.party) +
    ref(ink, "APAccountRef", txn.account) +
    date +
    leaf("DueDate", dayText(txn.dueDay)) +
    leaf("AmountDue", amount(txn.totalCents)) +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    ref(ink, "TermsRef", txn.terms) +
    note(ink, "Memo", txn.memo) +
    flag("IsPaid", balanceOf(txn) === 0) +
    links(page) +
    lines(page) +
    leaf("OpenAmount", amount(balanceOf(txn)))
  );
};

export const vendorCredit: Render = (page) => {
  const { ink, txn, date } = page;
  return (
    ref(ink, "VendorRef", txn.party) +
    ref(ink, "APAccountRef", txn.account) +
    date +
    leaf("CreditAmount", amount(txn.totalCents)) +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    note(ink, "Memo", txn.memo) +
    links(page) +
    lines(page) +
    leaf("OpenAmount", amount(remainingOf(txn)))
  );
};

/** Checks and card charges differ in the place of their number. */
export const check: Render = (page) => {
  const { ink, txn, date } = page;
  const number = textLeaf(ink, "RefNumber", txn.refNumber);
  const sum = leaf("Amount", amount(txn.totalCents));
  const isCheck = txn.kind === "Check";
  return (
    ref(ink, "AccountRef", txn.account) +
    ref(ink, "PayeeEntityRef", txn.party) +
    (isCheck ? number + date + sum : date + sum + number) +
    note(ink, "Memo", txn.memo) +
    (isCheck ? flag("IsToBePrinted", txn.refNumber === "") + links(page) : "") +
    lines(page)
  );
};

const orderLine = ({ ink }: Page, line: Line, isReceived: boolean): string =>
  "<PurchaseOrderLineRet>\n" +
  lineId(line) +
  ref(ink, "ItemRef", line.item) +
  textLeaf(ink, "Desc", line.text) +
  leaf("Quantity", quantity(line.quantity)) +
  leaf("Rate", amount(line.rateCents)) +
  leaf("Amount", amount(line.amountCents)) +
  leaf("ReceivedQuantity", isReceived ? quantity(line.quantity) : "0") +
  flag("IsManuallyClosed", false) +
  "</PurchaseOrderLineRet>\n";

export const purchaseOrder: Render = (page) => {
  const { ink, txn, date, wanted } = page;
  const isReceived = txn.related.length > 0;
  return (
    ref(ink, "VendorRef", txn.party) +
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    leaf("DueDate", dayText(txn.dueDay)) +
    leaf("ExpectedDate", dayText(txn.dueDay)) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    flag("IsManuallyClosed", false) +
    flag("IsFullyReceived", isReceived) +
    note(ink, "Memo", txn.memo) +
    flag("IsToBePrinted", false) +
    links(page) +
    (wanted.lines ? txn.lines.map((line) => orderLine(page, line, isReceived)).join("") : "")
  );
};

import type { Line } from "../file/books.ts";
import { appliedIn, balanceOf, remainingOf, TAX_RATE } from "../file/form.ts";
import { amount, quantity } from "../file/money.ts";
import { dayText } from "../file/times.ts";
import { flag, leaf, note, ref, textLeaf } from "./ink.ts";
import { address } from "./rows.ts";
import { lineId, links, typed, type Page, type Render } from "./wanted.ts";

function saleLine({ ink, books }: Page, line: Line, name: string): string {
  const code = books.rows.SalesTaxCode[line.isTaxable ? 0 : 1];
  return (
    `<${name}>\n` +
    lineId(line) +
    ref(ink, "ItemRef", line.item) +
    textLeaf(ink, "Desc", line.text) +
    leaf("Quantity", quantity(line.quantity)) +
    leaf("Rate", amount(line.rateCents)) +
    leaf("Amount", amount(line.amountCents)) +
    ref(ink, "SalesTaxCodeRef", code) +
    `</${name}>\n`
  );
}

function lines(page: Page, name: string): string {
  if (!page.wanted.lines) return "";
  let text = "";
  for (const line of page.txn.lines) text += saleLine(page, line, name);
  return text;
}

const head = (page: Page, receivable: boolean): string => {
  const { ink, txn, date } = page;
  return (
    ref(ink, "CustomerRef", txn.party) +
    ref(ink, "ClassRef", txn.class) +
    (receivable ? ref(ink, "ARAccountRef", txn.account) : "") +
    date +
    textLeaf(ink, "RefNumber", txn.refNumber) +
    address(ink, "BillAddress", txn.party?.name ?? "", txn.bits)
  );
};

const taxes = ({ ink, books, txn }: Page): string =>
  leaf("Subtotal", amount(txn.subtotalCents)) +
  ref(ink, "ItemSalesTaxRef", books.rows.ItemSalesTax[0]) +
  leaf("SalesTaxPercentage", String(TAX_RATE / 100)) +
  leaf("SalesTaxTotal", amount(txn.taxCents));

const terms = ({ ink, txn }: Page): string =>
  ref(ink, "TermsRef", txn.terms) + leaf("DueDate", dayText(txn.dueDay));

const code = ({ ink, books }: Page): string =>
  ref(ink, "CustomerSalesTaxCodeRef", books.rows.SalesTaxCode[0]);

const memo = ({ ink, txn }: Page): string => note(ink, "Memo", txn.memo);

export const invoice: Render = (page) => {
  const { txn } = page;
  return (
    head(page, true) +
    flag("IsPending", false) +
    flag("IsFinanceCharge", false) +
    typed(page, "PONumber") +
    terms(page) +
    leaf("ShipDate", dayText(txn.day)) +
    taxes(page) +
    leaf("AppliedAmount", amount(-appliedIn(txn))) +
    leaf("BalanceRemaining", amount(balanceOf(txn))) +
    memo(page) +
    flag("IsPaid", balanceOf(txn) === 0) +
    flag("IsToBePrinted", txn.bits % 2 === 0) +
    flag("IsToBeEmailed", false) +
    code(page) +
    typed(page, "Other") +
    links(page) +
    lines(page, "InvoiceLineRet")
  );
};

export const creditMemo: Render = (page) => {
  const { txn } = page;
  return (
    head(page, true) +
    flag("IsPending", false) +
    typed(page, "PONumber") +
    terms(page) +
    taxes(page) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    leaf("CreditRemaining", amount(remainingOf(txn))) +
    memo(page) +
    flag("IsToBePrinted", false) +
    code(page) +
    typed(page, "Other") +
    links(page) +
    lines(page, "CreditMemoLineRet")
  );
};

export const salesReceipt: Render = (page) => {
  const { ink, txn } = page;
  return (
    head(page, false) +
    flag("IsPending", false) +
    typed(page, "CheckNumber") +
    ref(ink, "PaymentMethodRef", txn.method) +
    leaf("DueDate", dayText(txn.day)) +
    taxes(page) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    memo(page) +
    flag("IsToBePrinted", false) +
    code(page) +
    ref(ink, "DepositToAccountRef", txn.toAccount) +
    typed(page, "Other") +
    lines(page, "SalesReceiptLineRet")
  );
};

export const estimate: Render = (page) => {
  const { txn } = page;
  return (
    head(page, false) +
    flag("IsActive", true) +
    typed(page, "PONumber") +
    terms(page) +
    taxes(page) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    memo(page) +
    flag("IsToBeEmailed", false) +
    code(page) +
    typed(page, "Other") +
    links(page) +
    lines(page, "EstimateLineRet")
  );
};

export const salesOrder: Render = (page) => {
  const { txn } = page;
  return (
    head(page, false) +
    typed(page, "PONumber") +
    terms(page) +
    taxes(page) +
    leaf("TotalAmount", amount(txn.totalCents)) +
    flag("IsManuallyClosed", false) +
    flag("IsFullyInvoiced", txn.related.length > 0) +
    memo(page) +
    flag("IsToBePrinted", false) +
    code(page) +
    typed(page, "Other") +
    links(page) +
    lines(page, "SalesOrderLineRet")
  );
};

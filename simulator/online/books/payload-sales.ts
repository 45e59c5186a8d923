import type { Books } from "./books.ts";
import { DELETED, generatedOf, idOf, isGenerated, patchOf, shelfOf } from "./books.ts";
import { currencyOf, decimalsOf, decimalsOfRow, homeOf, isMulticurrency } from "./coins.ts";
import { dueOf } from "./columns.ts";
import { customerOfForm, estimateOfInvoice, invoiceOfEstimate } from "./form-party.ts";
import { docNumberOf } from "./numbers.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { money, plain } from "./money.ts";
import * as names from "./names.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { hash } from "./random.ts";
import { DISCOUNT_PERCENT, formOf, salesForm, type SalesForm } from "./sales-form.ts";
import {
  customerOfSale,
  invoiceBalance,
  invoiceLinks,
  isVoided,
  paidOnInvoice,
  memoRemaining,
  memoTotal,
} from "./sales.ts";
import { dayText } from "./time.ts";

const isThere = (books: Books, kind: Kind, index: number): boolean =>
  index >= 0 && isGenerated(books, kind, index) && shelfOf(books, kind).state[index] !== DELETED;

function saleLines(books: Books, { form, isVoid }: Printed, decimals: number): string {
  const taxable = form.tax > 0 ? "TAX" : "NON";
  let text = "";
  for (const [n, line] of form.lines.entries()) {
    const amount = isVoid ? "0" : money(line.amount, decimals);
    const numbers = isVoid
      ? ""
      : `"UnitPrice":${plain(line.price, decimals)},"Qty":${plain(line.quantity)},`;
    text +=
      `{"Id":"${n + 1}","LineNum":${n + 1},"Description":"${names.goodsText(line.bits >>> 3)}",` +
      `"Amount":${amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{` +
      `"ItemRef":${names.refTo(books, "Item", line.item)},${numbers}` +
      `"ItemAccountRef":${names.refTo(books, "Account", names.INCOME)},` +
      `"TaxCodeRef":{"value":"${taxable}"}}},`;
  }
  const subtotal = isVoid ? "0" : money(form.subtotal, decimals);
  text += `{"Amount":${subtotal},"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}`;
  // A discount follows the sub-total (facts 10.10).
  if (form.discount > 0 && !isVoid) {
    text +=
      `,{"Amount":${money(form.discount, decimals)},"DetailType":"DiscountLineDetail",` +
      `"DiscountLineDetail":{"PercentBased":true,"DiscountPercent":${DISCOUNT_PERCENT},` +
      `"DiscountAccountRef":${names.refTo(books, "Account", names.INCOME)}}}`;
  }
  return text;
}

function taxDetail({ form, isVoid }: Printed, decimals: number): string {
  if (form.tax === 0 || isVoid) return `"TxnTaxDetail":{"TotalTax":0}`;
  const tax = money(form.tax, decimals);
  return (
    `"TxnTaxDetail":{"TxnTaxCodeRef":{"value":"2"},"TotalTax":${tax},"TaxLine":[{"Amount":${tax},` +
    `"DetailType":"TaxLineDetail","TaxLineDetail":{"TaxRateRef":{"value":"3"},` +
    `"PercentBased":true,"TaxPercent":8,"NetAmountTaxable":${money(form.subtotal, decimals)}}}]}`
  );
}

/** The numbers of a form, and whether it prints none of them. */
interface Printed {
  form: SalesForm;
  isVoid: boolean;
}

interface Sheet {
  kind: Kind;
  index: number;
  form: SalesForm;
  customer: number;
  isVoid?: boolean;
  /** Entity's own fields before and behind the common ones; each ends with a comma, or is empty. */
  before?: string;
  links?: string;
  behind?: string;
}

/** `"HomeTotalAmt":...,` and `"HomeBalance":...,` in a multicurrency company, or nothing. */
function home(books: Books, { kind, index, form, isVoid = false }: Sheet): string {
  if (!isMulticurrency(books)) return "";
  const decimals = decimalsOf(books.plan.currency);
  const row = { kind, index };
  const total = money(homeOf(books, row, isVoid ? 0 : form.total), decimals);
  if (kind !== "Invoice" && kind !== "CreditMemo") return `"HomeTotalAmt":${total},`;
  const left = kind === "Invoice" ? invoiceBalance(books, index) : memoRemaining(books, index);
  return `"HomeTotalAmt":${total},"HomeBalance":${money(homeOf(books, row, left), decimals)},`;
}

/** What all sales forms share; recordings show this order of fields. */
function salesSheet(books: Books, sheet: Sheet): string {
  const { kind, index, form, customer, isVoid = false } = sheet;
  const bits = hash(books.plan.seed, kindNumber(kind) + 1000, index);
  const decimals = decimalsOfRow(books, kind, index);
  const printed = { form, isVoid };
  const total = isVoid ? "0" : money(form.total, decimals);
  const crew = bits % 3 === 0 ? `,"StringValue":"Crew ${bits % 12}"` : "";
  const note = names.memoText(bits >>> 9);
  const classRef = bits % 5 === 0 ? `"ClassRef":${classOf(books, bits)},` : "";
  const memo = names.memoText(bits);
  return (
    `{${sheet.before ?? ""}${head(books, kind, index)},` +
    `"CustomField":[{"DefinitionId":"1","Name":"Crew #","Type":"StringType"${crew}}],` +
    `"DocNumber":"${docNumberOf(kind, index)}",${txnDate(books, kind, index)},` +
    `${currencyOf(books, kind, index)}${privateNote(books, kind, index, isVoid ? "Voided" : note)},` +
    `${sheet.links ?? ""}"Line":[${saleLines(books, printed, decimals)}],${taxDetail(printed, decimals)},` +
    `"CustomerRef":${names.refTo(books, "Customer", customer)},` +
    (memo === "" ? "" : `"CustomerMemo":{"value":"${memo}"},`) +
    `"BillAddr":${names.address(2 * customer + 2, bits)},` +
    `"ShipAddr":${names.address(2 * customer + 3, bits >>> 2)},${classRef}` +
    `"TotalAmt":${total},${home(books, sheet)}"ApplyTaxAfterDiscount":false,"PrintStatus":"NeedToPrint",` +
    `"EmailStatus":"NotSet"${sheet.behind ?? ""}}`
  );
}

const classOf = (books: Books, bits: number): string =>
  names.refTo(books, "Class", bits % Math.max(1, generatedOf(books, "Class")));

const depositTo = (books: Books): string =>
  `"DepositToAccountRef":${names.refTo(books, "Account", names.UNDEPOSITED)}`;

const email = (customer: number): string =>
  `,"BillEmail":{"Address":"books+${customer}@example.com"}`;

/** An invoice's payload. */
export function invoice(books: Books, index: number): string {
  const isVoid = isVoided(books, index);
  const customer = customerOfSale(books, "Invoice", index);
  const decimals = decimalsOfRow(books, "Invoice", index);
  const paid = paidOnInvoice(books, index);
  const links = invoiceLinks(books, index).map(
    (link) => `{"TxnId":"${idOf(books, link.kind, link.index)}","TxnType":"${link.kind}"}`,
  );
  const origin = estimateOfInvoice(index);
  if (origin !== undefined && isThere(books, "Estimate", origin)) {
    links.push(`{"TxnId":"${idOf(books, "Estimate", origin)}","TxnType":"Estimate"}`);
  }
  return salesSheet(books, {
    kind: "Invoice",
    index,
    form: salesForm(books, "Invoice", index),
    customer,
    isVoid,
    before:
      `"AllowIPNPayment":false,"AllowOnlinePayment":false,"AllowOnlineCreditCardPayment":false,` +
      `"AllowOnlineACHPayment":false,`,
    links: `"LinkedTxn":[${links.join(",")}],`,
    behind:
      `${email(customer)},"SalesTermRef":${names.refTo(books, "Term", 2)},` +
      `"DueDate":"${dayText(dueOf(books, "Invoice", index))}",` +
      (paid === 0 ? "" : `"Deposit":${money(paid, decimals)},`) +
      `"Balance":${money(invoiceBalance(books, index), decimals)}`,
  });
}

/** A credit memo's payload; it names no payment that took it up (facts 8.1). */
export function creditMemo(books: Books, index: number): string {
  const total = memoTotal(books, index);
  const own = salesForm(books, "CreditMemo", index);
  const rest = money(memoRemaining(books, index), decimalsOfRow(books, "CreditMemo", index));
  return salesSheet(books, {
    kind: "CreditMemo",
    index,
    form: own.total === total ? own : formOf(books, index, total),
    customer: customerOfSale(books, "CreditMemo", index),
    isVoid: patchOf(books, "CreditMemo", index)?.isVoid === true,
    behind: `,"Balance":${rest},"RemainingCredit":${rest}`,
  });
}

/** A sales receipt's payload. */
export const salesReceipt = (books: Books, index: number): string =>
  salesSheet(books, {
    kind: "SalesReceipt",
    index,
    form: salesForm(books, "SalesReceipt", index),
    customer: customerOfForm(books, "SalesReceipt", index),
    behind:
      `,"Balance":0,"PaymentMethodRef":${names.refTo(books, "PaymentMethod", 1)},` +
      `"PaymentRefNum":"${10_000 + index}",${depositTo(books)}`,
  });

/** A refund receipt's payload. */
export const refundReceipt = (books: Books, index: number): string =>
  salesSheet(books, {
    kind: "RefundReceipt",
    index,
    form: salesForm(books, "RefundReceipt", index),
    customer: customerOfForm(books, "RefundReceipt", index),
    behind: `,"Balance":0,${depositTo(books)}`,
  });

/** An estimate's payload; one that became an invoice is closed and names it. */
export function estimate(books: Books, index: number): string {
  const sold = invoiceOfEstimate(index);
  const isSold = isGenerated(books, "Estimate", index) && isThere(books, "Invoice", sold);
  const link = isSold ? `{"TxnId":"${idOf(books, "Invoice", sold)}","TxnType":"Invoice"}` : "";
  const customer = customerOfForm(books, "Estimate", index);
  return salesSheet(books, {
    kind: "Estimate",
    index,
    form: salesForm(books, "Estimate", index),
    customer,
    links: `"TxnStatus":"${isSold ? "Closed" : "Pending"}","LinkedTxn":[${link}],`,
    behind: email(customer),
  });
}
